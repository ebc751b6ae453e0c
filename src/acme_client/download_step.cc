#include "acme_client/chain_choice.h"
#include "acme_client/order_steps.h"
#include "base/text.h"

namespace certstead {
namespace {

constexpr std::string_view kChainType = "application/pem-certificate-chain";

// The chain in an answer; kInvalid if it holds none.
Result<std::vector<Certificate>> chain_in(const HttpResponse& response) {
  const std::string_view value = response.headers.get("Content-Type");
  const std::string_view type = trim(value.substr(0, value.find(';')));
  if (!type.empty() && !equals_ignoring_case(type, kChainType))
    return invalid("the certificate came as \"" + printable(type, 60) + "\" and not as a PEM chain",
                   "certificate-garbage");
  auto chain = Certificate::all_from_pem(response.body);
  if (!chain) return invalid(chain.error().detail, "certificate-garbage");
  if (chain->empty()) return invalid("there is no certificate in it", "certificate-garbage");
  return chain;
}

std::vector<Bytes> as_der(const std::vector<Certificate>& chain) {
  std::vector<Bytes> out;
  for (const Certificate& one : chain) out.push_back(one.der());
  return out;
}

}  // namespace

Result<std::vector<Bytes>> OrderSteps::choose_chain(const HttpResponse& first, const Order& order) {
  TRY(const std::vector<Certificate> standard, chain_in(first));
  if (order.preferred_chain.empty() || is_issued_under(standard, order.preferred_chain))
    return as_der(standard);
  for (const std::string& url : alternate_urls(first.headers, order.certificate_url)) {
    if (!session_.urls().check(url, "Link")) continue;
    // An alternate that can't be had is no reason to go without a certificate.
    const auto response = fetch(url, kChainType);
    if (!response || problem_of(*response, clock_.now())) continue;
    const auto other = chain_in(*response);
    if (other && is_issued_under(*other, order.preferred_chain)) return as_der(*other);
  }
  return as_der(standard);
}

Result<Order> OrderSteps::download(Order order) {
  TRY(const HttpResponse response, fetch(order.certificate_url, kChainType));
  if (const auto problem = problem_of(response, clock_.now()))
    return refused(std::move(order), *problem, "to hand out the certificate");
  auto chain = choose_chain(response, order);
  if (!chain)
    return ended(std::move(order),
                 access_.issuer.name + " sent something that is no certificate: " + chain.error().detail,
                 chain.error().id);
  order.chain = std::move(*chain);
  moved_on(order);
  return order;
}

}  // namespace certstead
