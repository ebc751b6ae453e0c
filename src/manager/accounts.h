// Use cases of accounts at CAs.
#pragma once

#include "manager/context.h"

namespace certstead {

struct AccountInput {
  std::string issuer;
  std::string name;  // "": "default"
  std::string email;
  std::string key_type;  // "": p256
  bool agree_tos = false;
  std::string eab_kid;
  SecretBytes eab_hmac;  // the text in base64url that the CA gives
};

class AccountDesk {
 public:
  explicit AccountDesk(Context context) : context_(context) {}

  // kInvalid ("email", "account-name") for what no account can be made of. Asks no CA, changes nothing.
  Status check(const AccountInput& input);
  // Makes the account's key, seals it, stores it, and registers the account at the CA. The same call again
  // finishes what was interrupted. kDenied "terms-not-agreed" (names the URL) or "eab-needed"; kConflict if
  // it is registered already.
  Result<Account> add(const AccountInput& input, const Actor& actor);
  // The account as it is, or made and registered now if it is absent: what a request needs. A changed terms
  // URL needs `agree_tos` again.
  Result<Account> ensure(const AccountInput& input, const Actor& actor);
  // Records agreement to the terms in the CA's present directory.
  Result<Account> agree(std::string_view issuer, std::string_view name, const Actor& actor);
  // A fresh key at the CA. Survives a crash between the CA's yes and the store's: both keys are tried.
  Result<Account> roll_key(std::string_view issuer, std::string_view name, const Actor& actor);
  // Deactivates it at the CA (for ever) and forgets it. kConflict while a set uses it.
  Status remove(std::string_view issuer, std::string_view name, const Actor& actor);
  Result<std::vector<Account>> list();
  Result<Account> show(std::string_view issuer, std::string_view name);

  // The account with its opened key, for one call to the CA.
  struct Opened {
    IssuerRecord issuer;
    Account account;
    SecretBytes key;
    AccountAccess access() const { return {issuer, account, key}; }
  };
  Result<Opened> open(std::string_view issuer, std::string_view name);
  // After the CA said that the account does not exist: registers it again with the same key.
  Result<Opened> register_again(std::string_view issuer, std::string_view name);

 private:
  Context context_;
};

}  // namespace certstead
