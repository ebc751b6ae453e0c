#include "dns/exchange.h"

#include <algorithm>

#include "base/text.h"
#include "dns/url.h"

namespace certstead {
namespace {

constexpr Duration kLongest = std::chrono::seconds{30};
constexpr std::size_t kMostAnswer = std::size_t{4} << 20;
constexpr std::size_t kMostTraced = 4096;

bool matches(std::string_view pattern, const Url& url) {
  const std::size_t colon = pattern.find(':');
  const std::string_view port = colon == std::string_view::npos ? "" : pattern.substr(colon + 1);
  pattern = pattern.substr(0, colon);
  if (url.port != port) return false;
  if (!pattern.starts_with("*.")) return url.host == lower_ascii(pattern);
  const std::size_t dot = url.host.find('.');
  return dot != std::string::npos && dot > 0 && url.host.substr(dot) == lower_ascii(pattern.substr(1));
}

// Lets requests through to allowed places only, each by the client that is right for it.
class GuardedClient final : public HttpClient {
 public:
  GuardedClient(const ExchangeClients& clients, const ExchangeRules& rules, std::string origin)
      : clients_(clients), rules_(rules), origin_(std::move(origin)) {}

  Result<HttpResponse> send(const HttpRequest& request, Deadline deadline) override {
    TRY(const Url url, parse_url(request.url));
    if (std::ranges::find(rules_.origins, url.origin()) != rules_.origins.end()) {
      return clients_.named->send(stripped(request, url), deadline);
    }
    const bool is_allowed =
        std::ranges::any_of(rules_.hosts, [&](const std::string& pattern) { return matches(pattern, url); });
    if (!is_allowed || url.scheme != "https") {
      return denied(printable(url.origin(), 200) + " is not among the hosts that this provider may reach",
                    "dns-host");
    }
    return clients_.open->send(stripped(request, url), deadline);
  }

 private:
  // Any header may hold a secret: none goes to another origin.
  HttpRequest stripped(HttpRequest request, const Url& url) const {
    if (url.origin() != origin_) request.headers = {};
    return request;
  }
  const ExchangeClients& clients_;
  const ExchangeRules& rules_;
  const std::string origin_;
};

std::string shown_url(const std::string& text, const Redactor& redactor) {
  return printable(redactor.clean(text.substr(0, text.find('?'))), 200);
}

std::string place(const ExchangeCall& call, const Redactor& redactor) {
  return call.step + ": " + call.request.method + " " + shown_url(call.request.url, redactor);
}

std::optional<std::chrono::seconds> retry_after(const HttpResponse& response) {
  const std::string_view text = trim(response.headers.get("Retry-After"));
  constexpr std::uint64_t kDay = 86400;
  if (const auto seconds = parse_number(text)) return std::chrono::seconds(std::min(*seconds, kDay));
  const auto date = parse_http_date(text);
  if (!date || !response.server_date) return std::nullopt;
  const auto span = std::chrono::ceil<std::chrono::seconds>(*date - *response.server_date);
  return std::clamp(span, std::chrono::seconds{0}, std::chrono::seconds{kDay});
}

Code code_of(int status) {
  if (status == 401 || status == 403) return Code::kDenied;
  if (status == 429) return Code::kLimited;
  if (status == 408 || status == 425 || status >= 500) return Code::kUnavailable;
  return Code::kInvalid;
}

std::string status_text(int status) {
  const std::string_view reason = http_reason(status);
  return std::to_string(status) + (reason.empty() ? "" : " " + std::string(reason));
}

// Headers that carry credentials by their nature are not shown at all.
bool is_private_header(std::string_view name) {
  const std::string lower = lower_ascii(name);
  for (const std::string_view word : {"auth", "cookie", "key", "token", "secret", "signature", "password"}) {
    if (lower.find(word) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

Result<OwnedClients> make_exchange_clients(const std::string& trusted_roots_pem) {
  const auto options_for = [&](EgressPolicy egress) {
    HttpClientOptions options;
    options.egress = std::move(egress);
    options.trusted_roots_pem = trusted_roots_pem;
    if (!trusted_roots_pem.empty()) options.trusted_roots_directory = system_roots_directory();
    return options;
  };
  OwnedClients out;
  TRY(out.open, make_http_client(options_for(EgressPolicy())));
  TRY(EgressPolicy nearby,
      EgressPolicy::with_allowed({"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
                                  "100.64.0.0/10", "::1/128", "fc00::/7"}));
  TRY(out.named, make_http_client(options_for(std::move(nearby))));
  return out;
}

bool is_allowed_host_pattern(std::string_view host) {
  const std::size_t colon = host.find(':');
  if (colon != std::string_view::npos && !parse_number(host.substr(colon + 1))) return false;
  host = host.substr(0, colon);
  const bool any = host.starts_with("*.");
  if (any) host.remove_prefix(2);
  const std::vector<std::string_view> labels = split(host, '.');
  if (labels.size() < 2) return false;
  const auto is_label = [](std::string_view label) {
    return !label.empty() && std::ranges::all_of(label, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
  };
  const std::string_view last = labels.back();
  return std::ranges::all_of(labels, is_label) &&
         last.find_first_not_of("0123456789") != std::string_view::npos;
}

Result<HttpResponse> Exchange::send(const ExchangeCall& call, const Redactor& redactor,
                                    Deadline deadline) const {
  trace_request(call, redactor);
  auto response = follow(call, redactor, deadline.earlier(kLongest));
  if (response) {
    if (call.look) call.look(*response);
    trace_answer(call, *response, redactor);
    return response;
  }
  Error error = std::move(response).error();
  error.detail = redactor.clean(error.detail);
  error = error.within(place(call, redactor));
  note(call.step, "failed: " + error.detail, redactor);
  return error;
}

Result<HttpResponse> Exchange::follow(const ExchangeCall& call, const Redactor& /*redactor*/,
                                      Deadline deadline) const {
  HttpRequest request = call.request;
  for (const HttpHeader& header : request.headers) {
    if (!is_sendable_header(header.name, header.value)) {
      return invalid("the header " + printable(header.name, 60) + " holds a control character", "dns-header");
    }
  }
  request.max_response_bytes = std::min(request.max_response_bytes, kMostAnswer);
  TRY(const Url url, parse_url(request.url));
  GuardedClient guarded(clients_, rules_, url.origin());
  if (request.method != "GET") return guarded.send(request, deadline);
  RedirectRules rules;
  rules.max_hops = 5;
  TRY(FollowedResponse followed, follow_redirects(guarded, std::move(request), rules, deadline));
  return std::move(followed.response);
}

Error Exchange::refusal(const ExchangeCall& call, const HttpResponse& response, const std::string& message,
                        const Redactor& redactor) {
  Error error;
  error.code = code_of(response.status);
  error.detail = place(call, redactor) + ": the provider answers " + status_text(response.status);
  if (!message.empty()) error.detail += ": \"" + printable(redactor.clean(message)) + "\"";
  if (response.status >= 300 && response.status < 400) {
    error.detail += "; a redirect of this request is not followed";
  }
  error.id = "dns-provider-" + std::to_string(response.status);
  if (error.code == Code::kLimited || error.code == Code::kUnavailable)
    error.retry_after = retry_after(response);
  return error;
}

Error Exchange::nonsense(const ExchangeCall& call, const HttpResponse& response, const std::string& why,
                         const Redactor& redactor) {
  return unavailable(place(call, redactor) + ": the provider answers " + status_text(response.status) +
                         ", but " + redactor.clean(why),
                     "dns-provider-answer");
}

void Exchange::note(const std::string& step, std::string_view text, const Redactor& redactor) const {
  if (trace_) trace_({step, redactor.clean(text)});
}

void Exchange::trace_request(const ExchangeCall& call, const Redactor& redactor) const {
  if (!trace_) return;
  std::string text =
      "> " + call.request.method + " " + printable(redactor.clean(call.request.url), kMostTraced);
  for (const HttpHeader& header : call.request.headers) {
    const std::string value =
        is_private_header(header.name) ? "[redacted]" : printable(redactor.clean(header.value));
    text += "\n> " + printable(header.name, 60) + ": " + value;
  }
  if (!call.request.body.empty()) text += "\n> " + printable(redactor.clean(call.request.body), kMostTraced);
  trace_({call.step, std::move(text)});
}

void Exchange::trace_answer(const ExchangeCall& call, const HttpResponse& response,
                            const Redactor& redactor) const {
  if (!trace_) return;
  std::string text = "< " + status_text(response.status);
  if (call.secret_answer) {
    text += "\n< (an answer that brings a token is not shown)";
  } else if (!response.body.empty()) {
    text += "\n< " + printable(redactor.clean(response.body), kMostTraced);
  }
  trace_({call.step, std::move(text)});
}

}  // namespace certstead
