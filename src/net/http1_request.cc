#include "net/http1_request.h"

#include <algorithm>

#include "base/text.h"
#include "net/ip_address.h"

namespace certstead {
namespace {

bool is_reg_name(std::string_view text) {
  return !text.empty() && text.size() <= 255 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

// Cuts "http://authority" off an absolute-form target.
Status reduce_absolute_form(RequestTarget& out) {
  const std::size_t scheme_end = out.target.find("://");
  if (scheme_end == std::string::npos) return invalid("the request target is neither a path nor a URL");
  const std::string scheme = lower_ascii(out.target.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https") return invalid("the request target has a foreign scheme");
  const std::size_t start = scheme_end + 3;
  const std::size_t end = std::min(out.target.find_first_of("/?", start), out.target.size());
  const std::string authority = out.target.substr(start, end - start);
  if (!equals_ignoring_case(authority, out.host)) {
    return invalid("the Host field and the request target name different hosts");
  }
  std::string rest = out.target.substr(end);
  if (!rest.starts_with('/')) rest.insert(0, 1, '/');
  out.target = std::move(rest);
  return Done{};
}

Status check_host(const Http1Head& head, RequestTarget& out) {
  const auto hosts = head.headers.all("Host");
  if (hosts.size() > 1) return invalid("there is more than one Host field");
  if (hosts.empty()) {
    if (head.minor_version == 0) return Done{};
    return invalid("the Host field is missing");
  }
  if (!is_authority(hosts[0])) return invalid("the Host field is no host name");
  out.host = hosts[0];
  return Done{};
}

}  // namespace

bool is_authority(std::string_view text) {
  std::string_view host = text;
  std::string_view port;
  const std::size_t colon = text.rfind(':');
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return false;
    const auto address = IpAddress::parse(text.substr(1, close - 1));
    if (!address || address->is_v4()) return false;
    if (close + 1 == text.size()) return true;
    if (text[close + 1] != ':') return false;
    port = text.substr(close + 2);
  } else {
    host = text.substr(0, colon);
    if (!is_reg_name(host)) return false;
    if (colon == std::string_view::npos) return true;
    port = text.substr(colon + 1);
  }
  const auto number = parse_number(port);
  return port.size() <= 5 && number && *number >= 1 && *number <= 65535;
}

Result<RequestTarget> check_request(const Http1Head& head) {
  if (head.method == "TRACE") return denied("TRACE is not served");
  RequestTarget out;
  out.target = head.target;
  CHECK_OK(check_host(head, out));
  if (out.target == "*") {
    if (head.method != "OPTIONS") return invalid("the request target \"*\" belongs to OPTIONS alone");
  } else if (!out.target.starts_with('/')) {
    CHECK_OK(reduce_absolute_form(out));
  }
  const std::size_t mark = out.target.find('?');
  out.path = out.target.substr(0, mark);
  if (mark != std::string::npos) out.query = out.target.substr(mark + 1);
  if (const std::string* expect = head.headers.find("Expect")) {
    if (!equals_ignoring_case(*expect, "100-continue")) return invalid("the expectation is not known here");
    out.expects_continue = head.minor_version == 1;
  }
  return out;
}

int refusal_status(const Error& error) {
  if (error.code == Code::kLimited) return 431;
  if (error.code == Code::kDenied) return 405;
  if (error.code == Code::kUnavailable) return 408;
  return 400;
}

}  // namespace certstead
