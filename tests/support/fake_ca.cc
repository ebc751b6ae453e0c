#include "fake_ca.h"

#include "acme_client/dns_values.h"
#include "acme_client/next_step.h"
#include "base/id.h"
#include "crypto/csr.h"
#include "crypto/digest.h"
#include "crypto/issue.h"
#include "model/dns_challenge.h"

namespace certstead {
namespace {

std::string key_id(const SecretBytes& der) {
  return sha256_hex(PrivateKey::from_der(der.reveal()).value().public_key().spki());
}

}  // namespace

FakeCa::FakeCa(const Clock& clock) : clock_(clock) {
  root_key_ = PrivateKey::generate(KeyType::kP256).value();
  CertificateTemplate root{.common_name = "Fake CA root",
                           .public_key = root_key_->public_key(),
                           .not_before = clock.now() - std::chrono::days{365},
                           .not_after = clock.now() + std::chrono::days{3650},
                           .is_ca = true};
  root_ = issue_certificate(root, *root_key_, std::nullopt).value();
}

void FakeCa::fail_with(std::optional<Error> error) {
  const std::lock_guard hold(mutex_);
  failure_ = std::move(error);
}

void FakeCa::offer_renewal_info(Instant start, Instant end) {
  window_ = RenewalInfo{start, end, "https://ca.test/why", std::chrono::hours{6}};
}

Step FakeCa::next_step(const Order& order, Instant now) const { return certstead::next_step(order, now); }

std::string FakeCa::account_label(std::string_view account_url) const {
  return certstead::account_label(account_url);
}

void FakeCa::create(Order& order) {
  ++orders_;
  order.url = "https://ca.test/order/" + order.id;
  order.finalize_url = order.url + "/finalize";
  order.status = AcmeStatus::kPending;
  order.authorizations.clear();
  for (const HostPattern& name : order.names) {
    Authorization authorization;
    authorization.url = "https://ca.test/authz/" + make_id();
    authorization.identifier = name.domain().ascii();
    authorization.wildcard = name.is_wildcard();
    order.authorizations.push_back(std::move(authorization));
  }
}

void FakeCa::answer(Order& order, std::size_t index) {
  Authorization& authorization = order.authorizations.at(index);
  authorization.challenge->answered = true;
  const ChosenChallenge& one = *authorization.challenge;
  const bool over_dns = is_dns_challenge(one.type);
  if (!over_dns && sees && !sees(one.token)) ++unseen_;
  if (over_dns && sees_txt && !sees_txt(one.validation_name, one.txt_value)) ++unseen_;
}

void FakeCa::sign(Order& order) {
  const CsrFacts csr = read_csr(order.csr).value();
  const Instant now = clock_.now();
  CertificateTemplate leaf{.dns_names = csr.dns_names,
                           .public_key = csr.public_key,
                           .not_before = now - std::chrono::minutes{5},
                           .not_after = now + life_,
                           .server_auth = true};
  const std::string slot(key_type_name(order.key_type));
  if (lie_ == Lie::kWrongKey) leaf.public_key = PrivateKey::generate(KeyType::kP256).value().public_key();
  if (lie_ == Lie::kExpired) leaf.not_after = now - std::chrono::seconds{1};
  if (lie_ == Lie::kMissingName) leaf.dns_names.pop_back();
  order.chain = {issue_certificate(leaf, *root_key_, root_).value().der()};
  if (lie_ == Lie::kPrevious) order.chain = last_chain_[slot];
  if (lie_ == Lie::kGarbage) order.chain = {to_bytes("no certificate at all")};
  last_chain_[slot] = order.chain;
}

Result<Order> FakeCa::advance(const Order& given, const Step& step, const AccountAccess& access, Deadline) {
  const std::lock_guard hold(mutex_);
  if (failure_) return *failure_;
  if (forgotten_) return not_found("the CA does not know the account", "account-gone");
  if (access.account.url.empty()) return internal("an order without a registered account");
  Order order = given;
  if (std::holds_alternative<CreateOrder>(step)) create(order);
  if (const auto* s = std::get_if<FetchAuthorization>(&step)) {
    Authorization& authorization = order.authorizations.at(s->index);
    authorization.status = AcmeStatus::kPending;
    const std::string token = make_id();
    ChosenChallenge challenge{"http-01", authorization.url + "/c", token, token + ".thumbprint"};
    const ChallengePlan plan = plan_of(order, authorization.identifier, authorization.wildcard);
    if (is_dns_challenge(plan.type)) {
      const HostPattern name = HostPattern::parse(plan.name).value();
      challenge.type = plan.type;
      challenge.dns_account = plan.dns_account;
      challenge.txt_value = dns01_value(shared_token_.empty() ? token : shared_token_);
      challenge.validation_name =
          (plan.type == kDnsAccount01 ? account_label(access.account.url) + "." : "") + dns01_name(name);
      challenge.issuer_domains = {"ca.test"};
      if (plan.type == kDnsPersist01) {
        challenge.validation_name = persist_name(name);
        challenge.txt_value = persist_text({"ca.test", access.account.url, name.is_wildcard(), {}});
      }
    }
    authorization.challenge = std::move(challenge);
  }
  if (const auto* s = std::get_if<SelfCheck>(&step))
    order.authorizations.at(s->index).challenge->checked = true;
  if (const auto* s = std::get_if<AnswerChallenge>(&step)) answer(order, s->index);
  if (const auto* s = std::get_if<PollAuthorization>(&step))
    order.authorizations.at(s->index).status = AcmeStatus::kValid;
  if (std::holds_alternative<Finalize>(step)) {
    order.finalize_sent = true;
    order.status = AcmeStatus::kValid;
    order.certificate_url = order.url + "/cert";
  }
  if (std::holds_alternative<PollOrder>(step)) {
    order.status = order.finalize_sent ? AcmeStatus::kValid : AcmeStatus::kReady;
    if (order.finalize_sent) order.certificate_url = order.url + "/cert";
  }
  if (std::holds_alternative<Download>(step)) sign(order);
  return order;
}

Status FakeCa::revoke(BytesView certificate_der, int reason, const AccountAccess&, Deadline) {
  const std::lock_guard hold(mutex_);
  if (failure_) return *failure_;
  const std::string serial = Certificate::from_der(certificate_der).value().serial();
  if (!revoked_.emplace(serial, reason).second) return conflict("it was revoked before");
  return Done{};
}

Result<RenewalInfo> FakeCa::renewal_info(const IssuerRecord&, std::string_view, Deadline) {
  if (ari_broken_) return unavailable("renewal information answers 500");
  if (!window_) return not_found("this CA offers no renewal information");
  return *window_;
}

Result<DirectoryFacts> FakeCa::directory(const IssuerRecord&, Deadline) {
  const std::lock_guard hold(mutex_);
  if (failure_) return *failure_;
  DirectoryFacts facts;
  facts.terms_of_service = terms_;
  facts.external_account_required = eab_;
  facts.caa_identities = caa_;
  facts.offers_renewal_info = window_.has_value() || ari_broken_;
  return facts;
}

Result<Account> FakeCa::register_account(const AccountAccess& access, const SecretBytes& eab_hmac, Deadline) {
  const std::lock_guard hold(mutex_);
  if (failure_) return *failure_;
  if (eab_ && eab_hmac.empty()) return denied("no external account", "eab-needed");
  ++registrations_;
  forgotten_ = false;
  Account account = access.account;
  account.url = "https://ca.test/account/" + std::to_string(registrations_);
  account.status = "valid";
  account_key_ = key_id(access.key);
  return account;
}

Status FakeCa::roll_key(const AccountAccess& access, const SecretBytes& next_key, Deadline) {
  const std::lock_guard hold(mutex_);
  const std::string next = key_id(next_key);
  if (account_key_ == next) return Done{};
  if (account_key_ != key_id(access.key)) return denied("neither key is the account's");
  account_key_ = next;
  if (!std::exchange(rollover_breaks_, false)) return Done{};
  return unavailable("the connection broke after the request was sent");
}

Status FakeCa::deactivate(const AccountAccess&, Deadline) { return Done{}; }

}  // namespace certstead
