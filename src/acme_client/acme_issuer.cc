#include "acme_client/acme_issuer.h"

#include <algorithm>

#include "acme_client/account_steps.h"
#include "acme_client/acme_session.h"
#include "acme_client/dns_values.h"
#include "acme_client/next_step.h"
#include "acme_client/order_steps.h"
#include "acme_client/retry_after.h"
#include "base/encoding.h"
#include "base/text.h"

namespace certstead {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr std::size_t kMostCas = 100;  // records change rarely; beyond this the whole map is made anew
constexpr int kQuickSelfChecks =
    5;  // a challenge was published a moment ago and may take another to be served

Status need_url(const Account& account) {
  if (!account.url.empty()) return Done{};
  return denied("The account \"" + printable(account.name, 60) + "\" is not registered at " + account.issuer +
                    " yet; register it first.",
                "account-gone");
}

// An id out of our own hands, but it becomes part of a URL.
bool is_ari_id(std::string_view id) {
  return !id.empty() && id.size() <= 200 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '_' || c == '.';
  });
}

Result<Order> not_ours(const Step& step) {
  return internal("The step " + std::string(step_name(step)) + " is not the issuer's.");
}

// Does one conversation; the steps of the manager are no business of ours.
struct Conversation {
  OrderSteps& steps;
  const Order& order;
  const Step& step;
  Result<Order> operator()(const CreateOrder&) const { return steps.create(order); }
  Result<Order> operator()(const FetchAuthorization& s) const {
    return steps.fetch_authorization(order, s.index);
  }
  Result<Order> operator()(const AnswerChallenge& s) const { return steps.answer_challenge(order, s.index); }
  Result<Order> operator()(const PollAuthorization& s) const {
    return steps.poll_authorization(order, s.index);
  }
  Result<Order> operator()(const Finalize&) const { return steps.finalize(order); }
  Result<Order> operator()(const PollOrder&) const { return steps.poll_order(order); }
  Result<Order> operator()(const Download&) const { return steps.download(order); }
  Result<Order> operator()(const SelfCheck&) const { return not_ours(step); }
  Result<Order> operator()(const MakeKey&) const { return not_ours(step); }
  Result<Order> operator()(const PublishChallenge&) const { return not_ours(step); }
  Result<Order> operator()(const PlanChallenges&) const { return not_ours(step); }
  Result<Order> operator()(const CheckPropagation&) const { return not_ours(step); }
  Result<Order> operator()(const AcceptChain&) const { return not_ours(step); }
  Result<Order> operator()(const AwaitAnswer&) const { return not_ours(step); }
  Result<Order> operator()(const WaitUntil&) const { return not_ours(step); }
  Result<Order> operator()(const Complete&) const { return not_ours(step); }
  Result<Order> operator()(const GiveUp&) const { return not_ours(step); }
};

// Steps name an authorization by its place; a place that is not there must not get further.
bool is_in_order(const Step& step, const Order& order) {
  return std::visit(
      [&](const auto& one) {
        if constexpr (requires { one.index; }) return one.index < order.authorizations.size();
        return true;
      },
      step);
}

}  // namespace

struct AcmeIssuer::Ca {
  std::unique_ptr<AcmeSession> session;
  std::unique_ptr<HttpClient> self_check;
};

AcmeIssuer::AcmeIssuer(AcmeIssuerOptions options, const Clock& clock, LogSink& log)
    : options_(std::move(options)), clock_(clock), log_(log) {}

AcmeIssuer::~AcmeIssuer() = default;

Result<std::shared_ptr<AcmeIssuer::Ca>> AcmeIssuer::ca_of(const IssuerRecord& issuer) {
  const std::string key = issuer.directory_url + "\n" + issuer.allowed_networks + "\n" + issuer.trusted_pem;
  const std::lock_guard hold(mutex_);
  if (const auto known = cas_.find(key); known != cas_.end()) return known->second;
  CHECK_OK(CaUrlRule(issuer.directory_url).check(issuer.directory_url, "directory"));
  auto ca = std::make_shared<Ca>();
  TRY(std::unique_ptr<HttpClient> client, options_.ca_client(issuer));
  TRY(ca->self_check, options_.self_check_client(issuer));
  ca->session = std::make_unique<AcmeSession>(std::move(client), issuer.directory_url, clock_, log_);
  if (cas_.size() >= kMostCas) cas_.clear();
  cas_[key] = ca;
  return ca;
}

Step AcmeIssuer::next_step(const Order& order, Instant now) const { return certstead::next_step(order, now); }

std::string AcmeIssuer::account_label(std::string_view account_url) const {
  return certstead::account_label(account_url);
}

Result<Order> AcmeIssuer::advance(const Order& order, const Step& step, const AccountAccess& access,
                                  Deadline deadline) {
  if (!is_in_order(step, order))
    return internal("The step names an authorization that the order does not have.");
  Result<Order> result = internal("no step was done");
  if (const auto* check = std::get_if<SelfCheck>(&step)) {
    result = self_check(order, check->index, access.issuer, deadline);
  } else {
    CHECK_OK(need_url(access.account));
    TRY(const auto ca, ca_of(access.issuer));
    TRY(const PrivateKey key, PrivateKey::from_der(access.key.reveal()));
    OrderSteps steps(*ca->session, access, key, clock_, deadline);
    result = std::visit(Conversation{steps, order, step}, step);
  }
  // Whatever was begun: its outcome is in what we return.
  if (result) result->step_begun.clear();
  return result;
}

Result<Order> AcmeIssuer::self_check(Order order, std::size_t index, const IssuerRecord& issuer,
                                     Deadline deadline) {
  Authorization& one = order.authorizations[index];
  if (!one.challenge) return internal("There is no challenge to look at for " + one.identifier + ".");
  TRY(const auto ca, ca_of(issuer));
  const Status seen = check_challenge(*ca->self_check, one.identifier, *one.challenge,
                                      options_.self_check_ports, log_, deadline);
  if (seen) {
    one.challenge->checked = true;
    moved_on(order);
    return order;
  }
  if (order.polls >= kQuickSelfChecks) return seen.error();
  order.not_before = clock_.now() + milliseconds{100} * (1 << order.polls);
  ++order.polls;
  return order;
}

Status AcmeIssuer::revoke(BytesView certificate_der, int reason, const AccountAccess& access,
                          Deadline deadline) {
  CHECK_OK(need_url(access.account));
  TRY(const auto ca, ca_of(access.issuer));
  TRY(const PrivateKey key, PrivateKey::from_der(access.key.reveal()));
  TRY(const auto directory, ca->session->directory(deadline));
  if (directory->revoke_cert.empty())
    return invalid(access.issuer.name + " does not revoke over ACME; ask it by another way.",
                   "no-revocation");
  const std::string payload = R"({"certificate":")" + base64url_encode(certificate_der) + R"(","reason":)" +
                              std::to_string(reason) + "}";
  TRY(const HttpResponse response,
      ca->session->post(directory->revoke_cert, {key, access.account.url}, payload, deadline));
  const auto problem = problem_of(response, clock_.now());
  if (!problem) return Done{};
  return to_error(*problem, access.issuer.name + " refused the revocation");
}

Result<RenewalInfo> AcmeIssuer::renewal_info(const IssuerRecord& issuer, std::string_view ari_id,
                                             Deadline deadline) {
  TRY(const auto ca, ca_of(issuer));
  TRY(const auto directory, ca->session->directory(deadline));
  if (directory->renewal_info.empty() || !is_ari_id(ari_id))
    return not_found(issuer.name + " offers no renewal information for this certificate.", "no-renewal-info");
  const std::string& base = directory->renewal_info;
  TRY(const HttpResponse response,
      ca->session->get(base + (base.ends_with('/') ? "" : "/") + std::string(ari_id), deadline));
  const std::string what = issuer.name + " gave no renewal information";
  if (const auto problem = problem_of(response, clock_.now())) return to_error(*problem, what);
  const auto body = json_body(response);
  auto info = body ? read_renewal_info(*body) : Result<RenewalInfo>(body.error());
  if (!info) return unavailable(what + ": " + info.error().detail, "acme-garbage");
  const std::string* header = response.headers.find("Retry-After");
  const auto asked = header ? read_retry_after(*header, clock_.now()) : std::nullopt;
  info->poll_after = std::clamp<Duration>(asked.value_or(hours{6}), minutes{1}, hours{24});
  return info;
}

Result<DirectoryFacts> AcmeIssuer::directory(const IssuerRecord& issuer, Deadline deadline) {
  TRY(const auto ca, ca_of(issuer));
  TRY(const auto directory, ca->session->directory(deadline, minutes{1}));
  return directory->facts;
}

Result<Account> AcmeIssuer::register_account(const AccountAccess& access, const SecretBytes& eab_hmac,
                                             Deadline deadline) {
  TRY(const auto ca, ca_of(access.issuer));
  TRY(const PrivateKey key, PrivateKey::from_der(access.key.reveal()));
  return AccountSteps(*ca->session, access, key, clock_, deadline).register_account(eab_hmac);
}

Status AcmeIssuer::roll_key(const AccountAccess& access, const SecretBytes& next_key, Deadline deadline) {
  CHECK_OK(need_url(access.account));
  TRY(const auto ca, ca_of(access.issuer));
  TRY(const PrivateKey key, PrivateKey::from_der(access.key.reveal()));
  TRY(const PrivateKey next, PrivateKey::from_der(next_key.reveal()));
  return AccountSteps(*ca->session, access, key, clock_, deadline).roll_key(next);
}

Status AcmeIssuer::deactivate(const AccountAccess& access, Deadline deadline) {
  CHECK_OK(need_url(access.account));
  TRY(const auto ca, ca_of(access.issuer));
  TRY(const PrivateKey key, PrivateKey::from_der(access.key.reveal()));
  return AccountSteps(*ca->session, access, key, clock_, deadline).deactivate();
}

}  // namespace certstead
