#include "vault/member_record.h"

namespace certstead {

MemberRecord member_record(const Identity& identity, std::string name, Instant now) {
  MemberRecord record;
  record.id = identity.id;
  record.name = std::move(name);
  record.role = role_name(identity.role);
  record.sealing_certificate = identity.sealing.certificate.der();
  record.signing_certificate = identity.signing.certificate.der();
  record.all_credentials = identity.role == Role::kMember;
  record.created = now;
  return record;
}

}  // namespace certstead
