// CAs that speak ACME (RFC 8555), with renewal information (RFC 9773) and profiles
// (draft-ietf-acme-profiles).
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "acme_client/ca_clients.h"
#include "acme_client/self_check.h"
#include "base/log_sink.h"
#include "crypto/key.h"
#include "model/issuer.h"

namespace certstead {

class AcmeSession;

struct AcmeIssuerOptions {
  HttpClientFactory ca_client;
  HttpClientFactory self_check_client;
  SelfCheckPorts self_check_ports;
};

// Both ports for every CA of the kind "acme". Keeps, per CA, one client with its connections, the directory
// for an hour, and unused nonces; nothing else outlives a call. Safe from any thread; `clock` and `log` must
// outlive it.
//
// Beyond the contracts of the ports:
// - the account needs its `url` for everything but register_account;
// - an Error with the id "account-gone" asks for the account to be registered again, "terms-not-agreed" for a
// person;
// - `eab_hmac` is the key itself, decoded from the base64url that the CA shows;
// - directory() answers with what was read within the last minute, or reads now;
// - roll_key is safe to repeat with the same two keys.
class AcmeIssuer final : public Issuer, public AccountAuthority {
 public:
  AcmeIssuer(AcmeIssuerOptions options, const Clock& clock, LogSink& log);
  ~AcmeIssuer() override;

  Step next_step(const Order& order, Instant now) const override;
  std::string account_label(std::string_view account_url) const override;
  Result<Order> advance(const Order& order, const Step& step, const AccountAccess& access,
                        Deadline deadline) override;
  Status revoke(BytesView certificate_der, int reason, const AccountAccess& access,
                Deadline deadline) override;
  Result<RenewalInfo> renewal_info(const IssuerRecord& issuer, std::string_view ari_id,
                                   Deadline deadline) override;

  Result<DirectoryFacts> directory(const IssuerRecord& issuer, Deadline deadline) override;
  Result<Account> register_account(const AccountAccess& access, const SecretBytes& eab_hmac,
                                   Deadline deadline) override;
  Status roll_key(const AccountAccess& access, const SecretBytes& next_key, Deadline deadline) override;
  Status deactivate(const AccountAccess& access, Deadline deadline) override;

 private:
  struct Ca;
  Result<std::shared_ptr<Ca>> ca_of(const IssuerRecord& issuer);
  Result<Order> self_check(Order order, std::size_t index, const IssuerRecord& issuer, Deadline deadline);

  const AcmeIssuerOptions options_;
  const Clock& clock_;
  LogSink& log_;
  std::mutex mutex_;  // guards cas_
  std::map<std::string, std::shared_ptr<Ca>> cas_;
};

}  // namespace certstead
