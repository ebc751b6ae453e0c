// An account at a CA, and the port of the store that keeps them.
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/key_type.h"
#include "model/audit.h"
#include "model/sealed.h"

namespace certstead {

struct Account {
  std::string id;
  std::string issuer;  // name of the issuer
  std::string name;    // unique with the issuer; "default" unless chosen
  std::string email;   // may be empty
  KeyType key_type = KeyType::kP256;
  std::string url;           // the CA's kid; empty until registered
  std::string status;        // "new", "valid", "deactivated", "revoked"
  std::string agreed_terms;  // URL of the terms of service that a person agreed to; empty: none
  std::string eab_kid;
  SealedSecret eab_hmac;  // empty without EAB
  std::vector<Grant> eab_grants;
  SealedSecret key;
  std::vector<Grant> grants;
  SealedSecret next_key;  // during a key rollover: made, sealed, not known to be accepted yet
  std::vector<Grant> next_grants;
  Instant created;
  std::int64_t revision = 0;
};

class Accounts {
 public:
  virtual ~Accounts() = default;
  // kConflict if the issuer has an account of that name.
  virtual Status create_account(const Account& account, const AuditNote& note) = 0;
  // Replaces the record. kConflict unless `account.revision` is the stored one; returns the new revision.
  virtual Result<std::int64_t> update_account(const Account& account, const AuditNote& note) = 0;
  virtual Result<Account> find_account(std::string_view issuer, std::string_view name) = 0;
  virtual Result<std::vector<Account>> list_accounts() = 0;
  // kConflict while a credential set uses it.
  virtual Status delete_account(std::string_view issuer, std::string_view name, const AuditNote& note) = 0;
};

}  // namespace certstead
