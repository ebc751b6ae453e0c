#include "acme_client/order_steps.h"

#include <algorithm>
#include <boost/json/value.hpp>

#include "acme_client/next_step.h"
#include "acme_client/retry_after.h"
#include "base/encoding.h"
#include "base/text.h"
#include "json/json.h"

namespace certstead {
namespace {

std::optional<Duration> retry_after(const HttpResponse& response, Instant now) {
  const std::string* header = response.headers.find("Retry-After");
  return header ? read_retry_after(*header, now) : std::nullopt;
}

boost::json::array identifiers(const std::vector<HostPattern>& names) {
  boost::json::array list;
  for (const HostPattern& name : names) list.push_back({{"type", "dns"}, {"value", name.ascii()}});
  return list;
}

// A transport failure after which nobody knows whether the CA has taken the request.
bool may_have_arrived(const Error& error) {
  return error.code == Code::kUnavailable && error.id != "acme-bad-nonce" && error.id != "acme-garbage";
}

}  // namespace

Order ended(Order order, std::string detail, std::string id) {
  order.error = std::move(detail);
  order.error_id = std::move(id);
  return order;
}

void moved_on(Order& order) {
  order.polls = 0;
  order.not_before.reset();
}

Order OrderSteps::wait_for_ca(Order order, std::optional<Duration> retry_after) const {
  const Duration asked = std::min(retry_after.value_or(Duration{0}), kLongestPoll);
  order.not_before = clock_.now() + std::max(asked, poll_pause(order.polls));
  ++order.polls;
  return order;
}

std::string OrderSteps::ca_refused(std::string_view what) const {
  return access_.issuer.name + " refused " + std::string(what);
}

Result<HttpResponse> OrderSteps::fetch(const std::string& url, std::string_view accept) {
  return session_.post(url, signer_, {}, deadline_, accept);
}

Result<Order> OrderSteps::refused(Order order, const Problem& problem, std::string_view what) const {
  Error error = to_error(problem, ca_refused(what));
  if (!is_final(problem)) return error;
  if (error.retry_after) order.error_retry_after = clock_.now() + *error.retry_after;
  return ended(std::move(order), std::move(error.detail), std::move(error.id));
}

Result<std::string> OrderSteps::new_order_payload(const Order& order, const AcmeDirectory& directory) const {
  boost::json::object payload;
  payload["identifiers"] = identifiers(order.names);
  if (!order.profile.empty()) {
    const auto& offered = directory.facts.profiles;
    if (std::find(offered.begin(), offered.end(), order.profile) == offered.end())
      return invalid(access_.issuer.name + " has no profile \"" + printable(order.profile, 60) + "\"; " +
                         (offered.empty() ? "it offers none, so leave it out."
                                          : "it offers " + join(offered, ", ") + "."),
                     "profile-unknown");
    payload["profile"] = order.profile;
  }
  if (!order.replaces.empty()) payload["replaces"] = order.replaces;
  return to_json_text(payload);
}

Result<Order> OrderSteps::create(Order order) {
  TRY(const auto directory, session_.directory(deadline_));
  if (directory->renewal_info.empty()) order.replaces.clear();
  for (;;) {
    const auto payload = new_order_payload(order, *directory);
    if (!payload) return ended(std::move(order), payload.error().detail, payload.error().id);
    TRY(const HttpResponse response, session_.post(directory->new_order, signer_, *payload, deadline_));
    const auto problem = problem_of(response, clock_.now());
    if (!problem) return absorb_new(std::move(order), response);
    // Whatever a CA dislikes about the certificate to replace (replaced already, forgotten, another
    // account's): the order matters more.
    if (order.replaces.empty() || !is_final(*problem))
      return refused(std::move(order), *problem, "the order");
    order.replaces.clear();
  }
}

Result<Order> OrderSteps::absorb_new(Order order, const HttpResponse& response) const {
  // From here on the CA has an order: failing softly would make another one with every attempt.
  const std::string url(response.headers.get("Location"));
  const Status usable = session_.urls().check(url, "Location");
  if (!usable)
    return ended(std::move(order),
                 "The CA made an order and does not say where it is: " + usable.error().detail,
                 "acme-location");
  const auto body = json_body(response);
  const auto found = body ? read_order(*body, session_.urls()) : Result<AcmeOrder>(body.error());
  if (!found) return ended(std::move(order), garbled(found.error()).detail, "acme-garbage");
  order.url = url;
  for (const std::string& authorization : found->authorizations)
    order.authorizations.emplace_back().url = authorization;
  return absorb(std::move(order), *found, response);
}

Result<Order> OrderSteps::absorb(Order order, const HttpResponse& response) const {
  TRY(const std::string_view body, json_body(response));
  const auto found = read_order(body, session_.urls());
  if (!found) return garbled(found.error());
  return absorb(std::move(order), *found, response);
}

Order OrderSteps::absorb(Order order, const AcmeOrder& found, const HttpResponse& response) const {
  if (!found.finalize.empty()) order.finalize_url = found.finalize;
  if (!found.certificate.empty()) order.certificate_url = found.certificate;
  const AcmeStatus before = std::exchange(order.status, found.status);
  if (found.status == AcmeStatus::kInvalid) {
    const std::string why = found.error ? describe(*found.error) : "it gives no reason";
    return ended(std::move(order), access_.issuer.name + " calls the order invalid: " + why,
                 found.error ? error_id(*found.error) : "order-invalid");
  }
  // "ready" after the CSR was sent is no news: it has to be sent again, but not in a tight circle.
  const bool news = found.status != before && !(order.finalize_sent && found.status == AcmeStatus::kReady);
  if (news) moved_on(order);
  const bool waiting = found.status == AcmeStatus::kProcessing ||
                       (found.status == AcmeStatus::kPending && (!news || order.authorizations.empty())) ||
                       (found.status == AcmeStatus::kReady && !news) ||
                       (found.status == AcmeStatus::kValid && order.certificate_url.empty());
  return waiting ? wait_for_ca(std::move(order), retry_after(response, clock_.now())) : order;
}

Result<Order> OrderSteps::poll_order(Order order) {
  TRY(const HttpResponse response, fetch(order.url));
  if (const auto problem = problem_of(response, clock_.now()))
    return refused(std::move(order), *problem, "to tell about the order");
  return absorb(std::move(order), response);
}

Order OrderSteps::perhaps_processing(Order order, std::optional<Duration> wait) const {
  order.finalize_sent = true;
  order.status = AcmeStatus::kProcessing;
  return wait_for_ca(std::move(order), wait);
}

Result<Order> OrderSteps::finalize(Order order) {
  if (order.csr.empty()) return internal("There is no certification request to finalize the order with.");
  if (order.finalize_url.empty())
    return ended(std::move(order), access_.issuer.name + " gives no URL to finalize the order at.",
                 "acme-garbage");
  const std::string payload = R"({"csr":")" + base64url_encode(order.csr) + "\"}";
  auto response = session_.post(order.finalize_url, signer_, payload, deadline_);
  if (!response) {
    if (!may_have_arrived(response.error())) return response.error();
    return perhaps_processing(std::move(order), std::nullopt);
  }
  if (const auto problem = problem_of(*response, clock_.now())) {
    const bool not_ready = problem->type == "orderNotReady";
    if (!not_ready && problem->status < 500)
      return refused(std::move(order), *problem, "the certification request");
    return perhaps_processing(std::move(order), problem->retry_after);
  }
  order.finalize_sent = true;
  const auto body = json_body(*response);
  auto found = body ? read_order(*body, session_.urls()) : Result<AcmeOrder>(body.error());
  if (!found) return perhaps_processing(std::move(order), std::nullopt);
  // Accepted, whatever a slow copy of the CA's database says: asking twice for a certificate helps nobody.
  if (found->status == AcmeStatus::kReady || found->status == AcmeStatus::kPending)
    found->status = AcmeStatus::kProcessing;
  moved_on(order);
  return absorb(std::move(order), *found, *response);
}

}  // namespace certstead
