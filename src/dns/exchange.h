// One request to a provider and its answer, within the bounds that a definition has.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "dns/redactor.h"
#include "model/dns_provider.h"
#include "net/http_client.h"

namespace certstead {

// Where a definition may go.
struct ExchangeRules {
  // "api.example.com", "*.example.com" (one label), "api.example.com:8443": https alone.
  std::vector<std::string> hosts;
  // "http://10.0.0.5:8081": origins that the account itself names. Also http, also private addresses.
  std::vector<std::string> origins;
};

// The clients through which requests go, by who named the host. They outlive every Exchange; tests put their
// own in.
struct ExchangeClients {
  HttpClient* open = nullptr;   // hosts of a definition: public addresses only
  HttpClient* named = nullptr;  // origins of the account: private addresses too, never link-local ones
};

// The real ones.
struct OwnedClients {
  std::unique_ptr<HttpClient> open, named;
  ExchangeClients view() const { return {open.get(), named.get()}; }
};
// `trusted_roots_pem` beside the system's roots; mostly "".
Result<OwnedClients> make_exchange_clients(const std::string& trusted_roots_pem = {});

// What is sent in one step.
struct ExchangeCall {
  std::string step;  // "add", as errors and the trace name it
  HttpRequest request;
  bool secret_answer = false;  // the answer brings a token: its body stays out of the trace
  // Called with the answer before it is traced, so that the redactor can learn what it brings. May be empty.
  std::function<void(const HttpResponse&)> look = {};
};

class Exchange {
 public:
  // `trace` may be empty.
  Exchange(ExchangeClients clients, ExchangeRules rules, DnsTrace trace)
      : clients_(clients), rules_(std::move(rules)), trace_(std::move(trace)) {}

  // Sends once, 30 s at most; the answer may have 4 MiB. Any status is success. The redirects of a GET are
  // followed, five at most, each to an allowed host, and without headers of ours on another origin. Errors:
  // kDenied for a URL or redirect that leads elsewhere ("dns-host"), and those of HttpClient::send, each with
  // the step and the URL without query. Secrets that `redactor` knows are in neither errors nor trace.
  Result<HttpResponse> send(const ExchangeCall& call, const Redactor& redactor, Deadline deadline) const;

  // The error for an answer that means failure. `message` is what the provider said about it, or "". 401 and
  // 403 are kDenied, 429 is kLimited, 408 and 5xx are kUnavailable (all with what Retry-After says), others
  // kInvalid.
  static Error refusal(const ExchangeCall& call, const HttpResponse& response, const std::string& message,
                       const Redactor& redactor);
  // For an answer that can't be understood, whatever its status.
  static Error nonsense(const ExchangeCall& call, const HttpResponse& response, const std::string& why,
                        const Redactor& redactor);

  // Writes a line into the trace, redacted.
  void note(const std::string& step, std::string_view text, const Redactor& redactor) const;
  const ExchangeRules& rules() const { return rules_; }

 private:
  Result<HttpResponse> follow(const ExchangeCall& call, const Redactor& redactor, Deadline deadline) const;
  void trace_request(const ExchangeCall& call, const Redactor& redactor) const;
  void trace_answer(const ExchangeCall& call, const HttpResponse& response, const Redactor& redactor) const;

  ExchangeClients clients_;
  ExchangeRules rules_;
  DnsTrace trace_;
};

// Whether `host` is of the form that ExchangeRules::hosts wants: at least two labels, no address.
bool is_allowed_host_pattern(std::string_view host);

}  // namespace certstead
