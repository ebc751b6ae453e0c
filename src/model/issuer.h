// Port: a CA that signs for us.
#pragma once

#include <optional>

#include "base/secret.h"
#include "model/account.h"
#include "model/issuer_record.h"
#include "model/order.h"
#include "model/step.h"

namespace certstead {

// The account as it is used for one call: the record and its opened key.
struct AccountAccess {
  const IssuerRecord& issuer;
  const Account& account;
  const SecretBytes& key;  // DER
};

struct RenewalInfo {  // RFC 9773 section 4.2
  Instant window_start, window_end;
  std::string explanation_url;
  Duration poll_after{};  // clamped to 1 min .. 1 day
};

class Issuer {
 public:
  virtual ~Issuer() = default;
  // What to do next with `order`. Pure: no I/O, the same answer for the same arguments.
  virtual Step next_step(const Order& order, Instant now) const = 0;
  // The label that dns-account-01 puts before "_acme-challenge" for the account with this URL
  // (draft-ietf-acme-dns-account-label, section 3.2). Pure.
  virtual std::string account_label(std::string_view account_url) const = 0;
  // Does one step of the first group of step.h and returns the order with what was learnt. A failure that
  // ends the order comes back as an order with `error`; an Error means "this step, again, later" (retry_after
  // says when). Blocks until `deadline` at most.
  virtual Result<Order> advance(const Order& order, const Step& step, const AccountAccess& access,
                                Deadline deadline) = 0;
  // Revokes with the account's key. kConflict if it is revoked already.
  virtual Status revoke(BytesView certificate_der, int reason, const AccountAccess& access,
                        Deadline deadline) = 0;
  // When the CA wants the certificate renewed. kNotFound if the CA does not offer renewal information.
  virtual Result<RenewalInfo> renewal_info(const IssuerRecord& issuer, std::string_view ari_id,
                                           Deadline deadline) = 0;
};

struct DirectoryFacts {
  std::string terms_of_service;  // URL, "" if the CA has none
  std::string website;
  bool external_account_required = false;
  bool offers_renewal_info = false;
  std::vector<std::string> profiles;
  std::vector<std::string> caa_identities = {};  // what CAA records call it (RFC 8555 section 9.7.6), checked
};

// Port: accounts at a CA.
class AccountAuthority {
 public:
  virtual ~AccountAuthority() = default;
  // Reads the directory. Blocks until `deadline` at most.
  virtual Result<DirectoryFacts> directory(const IssuerRecord& issuer, Deadline deadline) = 0;
  // Registers `access.account` (its agreed_terms must be the directory's) or finds it by its key; returns it
  // with url and status. `eab_hmac` is empty without EAB. kDenied with id "terms-not-agreed" or "eab-needed"
  // says what is missing.
  virtual Result<Account> register_account(const AccountAccess& access, const SecretBytes& eab_hmac,
                                           Deadline deadline) = 0;
  // Replaces the account's key at the CA by `next_key` (RFC 8555 section 7.3.5). Done also if the CA already
  // has it.
  virtual Status roll_key(const AccountAccess& access, const SecretBytes& next_key, Deadline deadline) = 0;
  virtual Status deactivate(const AccountAccess& access, Deadline deadline) = 0;
};

}  // namespace certstead
