#include "gateway/proxy_headers.h"

#include <algorithm>
#include <array>

#include "base/clock.h"
#include "base/text.h"
#include "net/http1_io.h"

namespace certstead {
namespace {

// Framing fields are among them: they are written anew for the next hop.
constexpr auto kHopByHop = std::to_array<std::string_view>(
    {"Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE",
     "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length", "Expect", "HTTP2-Settings"});

std::vector<std::string> connection_options(const HttpHeaders& headers) {
  std::vector<std::string> names;
  for (const std::string_view value : headers.all("Connection")) {
    for (const std::string_view name : split(value, ',')) names.push_back(lower_ascii(trim(name)));
  }
  return names;
}

// Fields without those that end at this hop.
HttpHeaders end_to_end(const HttpHeaders& headers) {
  const std::vector<std::string> named = connection_options(headers);
  HttpHeaders out;
  for (const auto& [name, value] : headers) {
    const bool hop =
        std::ranges::any_of(kHopByHop, [&, field = std::string_view(name)](std::string_view known) {
          return equals_ignoring_case(known, field);
        });
    if (!hop && std::ranges::find(named, lower_ascii(name)) == named.end()) out.add(name, value);
  }
  return out;
}

// Programs that see headers as variables can't tell '_' from '-'.
bool tells_of_the_client(std::string_view name) {
  std::string plain = lower_ascii(name);
  std::ranges::replace(plain, '_', '-');
  return plain.starts_with("x-forwarded-") || plain == "forwarded" || plain == "x-real-ip";
}

void append(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

bool has_no_body(int status) { return status == 204 || status == 304; }

}  // namespace

OutgoingHead upstream_request(const Http1Head& head, const RequestTarget& target, std::string_view client) {
  OutgoingHead out;
  out.bytes = head.method + " " + target.target + " HTTP/1.1\r\n";
  // HTTP/1.0 clients may leave the Host out; the upstream speaks 1.1 and needs one.
  append(out.bytes, "Host", target.host.empty() ? "localhost" : target.host);
  for (const auto& [name, value] : end_to_end(head.headers)) {
    if (!tells_of_the_client(name) && !equals_ignoring_case(name, "Host")) append(out.bytes, name, value);
  }
  append(out.bytes, "X-Forwarded-For", client);
  append(out.bytes, "X-Forwarded-Proto", "https");
  if (!target.host.empty()) append(out.bytes, "X-Forwarded-Host", target.host);
  if (head.chunked) {
    out.framing = BodyFraming::kChunked;
    append(out.bytes, "Transfer-Encoding", "chunked");
  } else if (head.content_length) {
    out.framing = *head.content_length > 0 ? BodyFraming::kLength : BodyFraming::kNone;
    append(out.bytes, "Content-Length", std::to_string(*head.content_length));
  }
  out.bytes += "\r\n";
  return out;
}

HttpHeaders client_headers(const Http1Head& head) {
  HttpHeaders out = end_to_end(head.headers);
  if (!out.has("Date")) out.add("Date", to_http_date(SystemClock().now()));
  return out;
}

OutgoingHead client_response(const Http1Head& head, HttpHeaders headers, const ResponseRules& rules) {
  OutgoingHead out;
  if (head.content_length && head.status != 204) {
    headers.add("Content-Length", std::to_string(*head.content_length));
  }
  if (!rules.to_head && !has_no_body(head.status)) {
    if (head.content_length) {
      out.framing = *head.content_length > 0 ? BodyFraming::kLength : BodyFraming::kNone;
    } else {
      out.framing = rules.http10 ? BodyFraming::kClose : BodyFraming::kChunked;
    }
  }
  if (out.framing == BodyFraming::kChunked) headers.add("Transfer-Encoding", "chunked");
  if (!rules.keep_alive || out.framing == BodyFraming::kClose) headers.add("Connection", "close");
  out.bytes = response_head(head.status, headers);
  return out;
}

}  // namespace certstead
