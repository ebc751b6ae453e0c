#include "manager/set_readers.h"

#include <algorithm>

namespace certstead {

std::vector<Recipient> recipients_among(const std::vector<MemberRecord>& members, const CredentialSet& set) {
  std::vector<Recipient> out;
  for (const MemberRecord& member : members) {
    const bool named = std::find(set.members.begin(), set.members.end(), member.id) != set.members.end();
    if (named) out.push_back({member.id, member.sealing_certificate});
  }
  return out;
}

Result<std::vector<Recipient>> members_of_set(const Context& context, const CredentialSet& set) {
  TRY(const auto members, context.store.members.list_members());
  return recipients_among(members, set);
}

Result<std::vector<Recipient>> readers_of_set(const Context& context, const CredentialSet& set) {
  TRY(std::vector<Recipient> out, members_of_set(context, set));
  if (set.exportable) {
    TRY(ExportIdentity identity, context.store.exports.export_identity());
    out.push_back({std::string(kExportRecipient), std::move(identity.certificate)});
  }
  return out;
}

bool granted_to_export(const std::vector<Grant>& grants) {
  return std::any_of(grants.begin(), grants.end(),
                     [](const Grant& grant) { return grant.recipient == kExportRecipient; });
}

}  // namespace certstead
