// A small ACME CA inside the test process. It checks every request as a strict CA does and can be told to
// misbehave.
#pragma once

#include <functional>
#include <map>
#include <set>

#include "base/clock.h"
#include "base/secret.h"
#include "crypto/certificate.h"
#include "jose/jws.h"
#include "net/http_client.h"

namespace certstead {

// One POST after it passed the checks.
struct StubRequest {
  std::string path;  // "/order/1"
  std::string payload;
  PublicKey key;
  std::string kid;
};

class StubCa {
 public:
  explicit StubCa(const Clock& clock);

  std::string directory_url() const { return base + "/dir"; }
  // A client whose requests this CA answers; it must not outlive the CA.
  std::unique_ptr<HttpClient> client();

  // Every request that reached it: "POST /new-order", in order.
  std::vector<std::string> requests;
  std::size_t count(std::string_view request) const;
  // What a strict CA would have refused: nonces used twice, wrong url headers, bad signatures. Must stay
  // empty.
  std::vector<std::string> violations;
  // Keys and order URLs that it knows.
  std::map<std::string, PublicKey> accounts;
  std::size_t orders_made() const { return orders_.size(); }
  std::vector<std::string> answered;  // names whose challenge was answered
  std::string last_new_order;         // payload
  std::string last_new_account;

  // How it is set up.
  std::string base = "https://ca.test";
  std::string directory_extra;  // members of the directory beside the URLs, with a comma in front
  bool offers_renewal_info = false;
  std::string challenges;  // JSON of the list of challenges, "" for http-01 as it should be
  std::string token = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA";
  std::string challenge_type = "http-01";  // of the challenge that can be met
  // Looks at what was published when the CA is told to; false is a failed validation.
  std::function<bool(const std::string& host, bool wildcard)> looks;
  std::string authorization_status = "pending";  // of new authorizations
  int polls_until_verdict = 0;  // authorizations stay pending for so many looks after the answer
  int polls_until_issued = 0;   // orders stay processing for so many looks after the finalizing
  bool validation_fails = false;
  std::vector<std::string> alternates;  // common names of the roots above further chains
  SecretBytes eab_key;                  // not empty: accounts must be bound with it

  // Called before a request is looked at: an answer given here is the answer. Errors are those of the
  // network.
  std::function<std::optional<Result<HttpResponse>>(const std::string& request)> instead;
  // Called with an answer before it goes out.
  std::function<void(const std::string& request, HttpResponse& response)> change;

  HttpResponse problem(int status, std::string_view type, std::string_view more = "") const;
  std::string fresh_nonce();
  Certificate root() const { return root_; }

 private:
  struct StubOrder {
    std::string kid, names, status = "pending";
    std::vector<std::string> hosts;
    int polls_left = 0;
    std::string pem;
    Bytes csr;
  };
  struct StubAuthorization {
    std::string host, status, order;
    bool wildcard = false, answered = false;
    int polls_left = 0;
  };

  friend class StubClient;
  Result<HttpResponse> answer(const HttpRequest& request);
  HttpResponse handle(const HttpRequest& request, const std::string& path);
  HttpResponse post(const HttpRequest& request, const std::string& path);
  std::optional<HttpResponse> check_nonce(const Jws& jws);
  HttpResponse dispatch(const StubRequest& request);
  HttpResponse directory() const;
  HttpResponse new_account(const StubRequest& request);
  HttpResponse key_change(const StubRequest& request);
  HttpResponse new_order(const StubRequest& request);
  HttpResponse show_order(const std::string& id, int status = 200);
  HttpResponse show_authorization(const std::string& id);
  HttpResponse answer_challenge(const std::string& id);
  HttpResponse finalize(const std::string& id, const StubRequest& request);
  HttpResponse certificate(const std::string& id);
  std::string chain_pem(const StubOrder& order, const Certificate& root, const PrivateKey& root_key) const;
  void settle(StubAuthorization& authorization);

  const Clock& clock_;
  PrivateKey root_key_;
  Certificate root_;
  std::set<std::string> nonces_, used_;
  int next_nonce_ = 0;
  std::vector<StubOrder> orders_;
  std::vector<StubAuthorization> authorizations_;
};

}  // namespace certstead
