// What the store keeps of an identity.
#pragma once

#include "model/members.h"
#include "vault/identity.h"

namespace certstead {

// A new record of it: its certificates and role; a member gets all credentials. Pure.
MemberRecord member_record(const Identity& identity, std::string name, Instant now);

}  // namespace certstead
