#include "view_catalog.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/certificate.h"
#include "tlscache/selection.h"

namespace certstead {
namespace {

// Code points of RFC 8446 section 4.2.3 that a client of each kind offers, and the groups that all offer.
constexpr std::uint16_t kEcdsaSecp256r1Sha256 = 0x0403;
constexpr std::uint16_t kEcdsaSecp384r1Sha384 = 0x0503;
constexpr std::uint16_t kRsaPssRsaeSha256 = 0x0804;
constexpr std::uint16_t kSecp256r1 = 23;
constexpr std::uint16_t kSecp384r1 = 24;
constexpr std::uint16_t kX25519 = 29;

class ViewIndex final : public CredentialIndex {
 public:
  explicit ViewIndex(const ViewReader& view) : view_(view) {}
  Result<NameMatch> find(const DomainName& host) const override { return view_.find(host); }
  Result<std::vector<CredentialRef>> find_pattern(const HostPattern& pattern) const override {
    return view_.find_pattern(pattern);
  }
  Result<std::vector<CredentialRef>> find_tag(std::string_view tag) const override {
    return view_.find_tag(tag);
  }

 private:
  const ViewReader& view_;
};

ClientHello hello_for(std::string_view name, bool ecdsa, bool rsa) {
  ClientHello hello;
  hello.server_name_text = std::string(name);
  const auto parsed = DomainName::parse(name);
  if (parsed) hello.server_name = *parsed;
  std::vector<std::uint16_t> algorithms;
  if (ecdsa) algorithms.insert(algorithms.end(), {kEcdsaSecp256r1Sha256, kEcdsaSecp384r1Sha384});
  if (rsa) algorithms.push_back(kRsaPssRsaeSha256);
  hello.signature_algorithms = algorithms;
  hello.groups = {kX25519, kSecp256r1, kSecp384r1};
  return hello;
}

ViewEntry entry_of(const std::string& view, const CredentialRecord& record) {
  ViewEntry entry;
  entry.view = view;
  entry.set_id = record.set_id;
  entry.version_id = record.id;
  entry.version = record.version;
  entry.key_type = record.key_type;
  entry.names = record.names;
  entry.tags = record.tags;
  entry.not_after = record.not_after;
  const auto leaf = Certificate::from_der(record.leaf);
  if (leaf) entry.serial = leaf->serial();
  return entry;
}

}  // namespace

Result<std::vector<ViewEntry>> MemberViewCatalog::list(std::size_t limit) {
  std::vector<ViewEntry> out;
  for (const auto& view : member_.views()) {
    TRY(const auto records, view->reader().list("", limit));
    for (const CredentialRecord& record : records) out.push_back(entry_of(view->name(), record));
  }
  return out;
}

Result<ViewLookup> MemberViewCatalog::look_up(std::string_view view_name, std::string_view name, bool ecdsa,
                                              bool rsa) {
  const auto& views = member_.views();
  const auto view =
      std::find_if(views.begin(), views.end(), [&](const auto& v) { return v->name() == view_name; });
  if (view == views.end())
    return not_found("this host has no view \"" + printable(view_name, 40) + "\"", "view-unknown");
  const ViewReader& reader = (*view)->reader();
  TRY(const Selection selection,
      select_credential(hello_for(name, ecdsa, rsa), {}, "", ViewIndex(reader), clock_.now()));
  ViewLookup found;
  found.why = match_reason_name(selection.reason);
  if (selection.outcome != Outcome::kChosen) return found;
  TRY(const StoredCredential stored, reader.load(selection.credential.id));
  found.entry = entry_of((*view)->name(), stored.record);
  return found;
}

}  // namespace certstead
