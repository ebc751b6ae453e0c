// A CA in the process, for what real ones don't do on request: signs at once, lies in the ways that a test
// asks for. It stands in for the ports Issuer and AccountAuthority; the pure decision is the product's own
// next_step.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include "crypto/certificate.h"
#include "model/issuer.h"

namespace certstead {

class FakeCa final : public Issuer, public AccountAuthority {
 public:
  explicit FakeCa(const Clock& clock);

  // How the next certificates come out.
  enum class Lie { kNone, kWrongKey, kExpired, kMissingName, kPrevious, kGarbage };
  void lie(Lie how) { lie_ = how; }
  void set_lifetime(Duration life) { life_ = life; }
  void set_terms(std::string url) { terms_ = std::move(url); }
  void set_caa_identities(std::vector<std::string> names) { caa_ = std::move(names); }
  void require_eab() { eab_ = true; }
  // Every outside step fails with this until it is cleared.
  void fail_with(std::optional<Error> error);
  void forget_accounts() { forgotten_ = true; }
  void offer_renewal_info(Instant start, Instant end);
  void fail_renewal_info() { ari_broken_ = true; }
  // The acceptance of a new account key is answered with a failure after it took effect.
  void break_next_rollover() { rollover_breaks_ = true; }

  int orders() const { return orders_; }
  int revocations() const { return static_cast<int>(revoked_.size()); }
  std::map<std::string, int> revoked() const { return revoked_; }  // serial -> reason
  int registrations() const { return registrations_; }
  const Certificate& root() const { return *root_; }
  std::string account_key_at_ca() const { return account_key_; }  // SHA-256 of its SPKI
  // Whether a published challenge could be seen at the moment when the CA was told to look.
  std::function<bool(const std::string& token)> sees;
  // The same for a TXT record.
  std::function<bool(const std::string& name, const std::string& value)> sees_txt;
  int unseen_challenges() const { return unseen_; }
  // All orders are given one token, as by a CA that hands out pending authorizations again.
  void share_token(std::string token) { shared_token_ = std::move(token); }

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
  void create(Order& order);
  void answer(Order& order, std::size_t index);
  void sign(Order& order);

  const Clock& clock_;
  std::mutex mutex_;
  std::optional<PrivateKey> root_key_;
  std::optional<Certificate> root_;
  std::optional<Error> failure_;
  std::atomic<Lie> lie_{Lie::kNone};
  Duration life_ = std::chrono::days{90};
  std::string terms_;
  bool eab_ = false, forgotten_ = false, rollover_breaks_ = false, ari_broken_ = false;
  std::optional<RenewalInfo> window_;
  std::atomic<int> orders_{0}, registrations_{0}, unseen_{0};
  std::map<std::string, int> revoked_;
  std::map<std::string, std::vector<Bytes>> last_chain_;  // key type -> what was sent last
  std::string account_key_;
  std::string shared_token_;
  std::vector<std::string> caa_;
};

}  // namespace certstead
