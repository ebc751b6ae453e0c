// Members and managers of the fleet, as the store knows them.
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.h"
#include "model/audit.h"

namespace certstead {

struct MemberRecord {
  std::string id;                                  // "local", or random
  std::string name;                                // host name
  std::string role;                                // "member" or "manager"
  Bytes sealing_certificate, signing_certificate;  // DER, under the fleet CA
  bool all_credentials = false;  // the local member of a fresh manager: every set names it by default
  std::int64_t applied_seq = 0;  // up to where its views durably show the feed; 0: it never said so
  Instant created;
  // When it last had come further, or had everything.
  std::optional<Instant> last_seen;
};

class Members {
 public:
  virtual ~Members() = default;
  virtual Status put_member(const MemberRecord& member, const AuditNote& note) = 0;  // adds or replaces
  virtual Result<std::vector<MemberRecord>> list_members() = 0;
  virtual Result<MemberRecord> find_member(std::string_view id) = 0;
  // kNotFound for a member that there is not. Tells the feed nothing.
  virtual Status report_applied(std::string_view id, std::int64_t seq, Instant at) = 0;
};

}  // namespace certstead
