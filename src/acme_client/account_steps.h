// Accounts at a CA (RFC 8555 section 7.3).
#pragma once

#include "acme_client/acme_session.h"
#include "model/issuer.h"

namespace certstead {

// For one call of AccountAuthority, whose contract these methods keep. All of it must outlive the object.
class AccountSteps {
 public:
  AccountSteps(AcmeSession& session, const AccountAccess& access, const PrivateKey& key, const Clock& clock,
               Deadline deadline)
      : session_(session), access_(access), key_(key), clock_(clock), deadline_(deadline) {}

  Result<Account> register_account(const SecretBytes& eab_hmac);
  Status roll_key(const PrivateKey& next_key);
  Status deactivate();

 private:
  std::string ca_refused(std::string_view what) const;
  Status check_conditions(const AcmeDirectory& directory, const SecretBytes& eab_hmac) const;
  Result<std::string> new_account_payload(const AcmeDirectory& directory, const SecretBytes& eab_hmac) const;
  // The URL of the account that has `key`; "" if none has.
  Result<std::string> find_by_key(const PrivateKey& key);

  AcmeSession& session_;
  const AccountAccess& access_;
  const PrivateKey& key_;
  const Clock& clock_;
  const Deadline deadline_;
};

}  // namespace certstead
