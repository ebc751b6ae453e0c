// The steps of an order that are conversations with the CA.
#pragma once

#include "acme_client/acme_session.h"
#include "model/issuer.h"

namespace certstead {

// For one call of Issuer::advance. Each method does its step with a copy of the order and returns it with
// what was learnt; see Issuer::advance for what is an order with an `error` and what is an Error.
class OrderSteps {
 public:
  // `key` is the account's; all of it must outlive the object.
  OrderSteps(AcmeSession& session, const AccountAccess& access, const PrivateKey& key, const Clock& clock,
             Deadline deadline)
      : session_(session),
        access_(access),
        signer_{key, access.account.url},
        clock_(clock),
        deadline_(deadline) {}

  Result<Order> create(Order order);
  Result<Order> fetch_authorization(Order order, std::size_t index);
  Result<Order> answer_challenge(Order order, std::size_t index);
  Result<Order> poll_authorization(Order order, std::size_t index);
  Result<Order> finalize(Order order);
  Result<Order> poll_order(Order order);
  Result<Order> download(Order order);

 private:
  Result<HttpResponse> fetch(const std::string& url, std::string_view accept = "application/json");
  // An order that `problem` ends, or the Error to try again with.
  Result<Order> refused(Order order, const Problem& problem, std::string_view what) const;
  std::string ca_refused(std::string_view what) const;

  Result<std::string> new_order_payload(const Order& order, const AcmeDirectory& directory) const;
  Result<Order> absorb_new(Order order, const HttpResponse& response) const;
  Result<Order> absorb(Order order, const HttpResponse& response) const;
  Order absorb(Order order, const AcmeOrder& found, const HttpResponse& response) const;
  Order perhaps_processing(Order order, std::optional<Duration> retry_after) const;

  Result<AcmeAuthorization> read_authorization_of(const Order& order, const HttpResponse& response) const;
  Order choose_challenge(Order order, std::size_t index, const AcmeAuthorization& found) const;
  Order absorb(Order order, std::size_t index, const AcmeAuthorization& found,
               const HttpResponse& response) const;
  Result<Order> after_refused_answer(Order order, std::size_t index, const Problem& problem);
  Order answered(Order order, std::size_t index) const;

  Result<std::vector<Bytes>> choose_chain(const HttpResponse& first, const Order& order);

  // Another look without news: counts it and says when the next may follow.
  Order wait_for_ca(Order order, std::optional<Duration> retry_after) const;

  AcmeSession& session_;
  const AccountAccess& access_;
  const AcmeSigner signer_;
  const Clock& clock_;
  const Deadline deadline_;
};

// What a CA's order with this status word can't become any more.
Order ended(Order order, std::string detail, std::string id);
// News: polling starts from the shortest pause again.
void moved_on(Order& order);

}  // namespace certstead
