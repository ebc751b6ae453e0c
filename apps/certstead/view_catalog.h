// `certstead cache`: what the views of this host hold, and what a client would get.
#pragma once

#include "member/member.h"
#include "model/view_catalog.h"

namespace certstead {

class MemberViewCatalog final : public ViewCatalog {
 public:
  // Both outlive the catalog.
  MemberViewCatalog(const Member& member, const Clock& clock) : member_(member), clock_(clock) {}
  Result<std::vector<ViewEntry>> list(std::size_t limit) override;
  Result<ViewLookup> look_up(const ViewQuestion& question) override;
  Status set_lookup_log(std::string_view view, bool on) override;
  Result<std::vector<ViewLogState>> lookup_logs() override;

 private:
  Result<ViewKeeper*> view_named(std::string_view name) const;
  const Member& member_;
  const Clock& clock_;
};

}  // namespace certstead
