#include "headers/header_policy.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::size_t kLongestName = 100;
constexpr std::size_t kLongestValue = 4096;

bool is_token_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_of_the_message(std::string_view name) {
  static constexpr std::array kNames = {
      "connection", "content-encoding", "content-length", "content-range",     "http2-settings", "keep-alive",
      "te",         "trailer",          "trailers",       "transfer-encoding", "upgrade"};
  const std::string lower = lower_ascii(name);
  return lower.starts_with("proxy-") || std::ranges::find(kNames, lower) != kNames.end();
}

Status check_name(const std::string& name) {
  const std::string shown = "\"" + printable(name, 60) + "\"";
  if (name.empty()) return invalid("there is no header name before the colon; write Name: value");
  if (name.size() > kLongestName || !std::ranges::all_of(name, is_token_char))
    return invalid(shown + " is no header name; it is made of at most 100 letters, digits and hyphens");
  if (is_of_the_message(name))
    return invalid(
        "the header " + shown +
        " belongs to each single message or connection and is set by the server itself; take it out");
  return Done{};
}

Status check_value(const Header& header) {
  if (header.value.empty())
    return invalid("the header \"" + header.name + "\" has no value; give one or take the line out");
  if (header.value.size() > kLongestValue)
    return invalid("the value of \"" + header.name + "\" has " + std::to_string(header.value.size()) +
                   " bytes; at most 4096 are allowed");
  const auto is_plain = [](char c) { return c >= ' ' && c <= '~'; };
  if (!std::ranges::all_of(header.value, is_plain))
    return invalid("the value of \"" + header.name +
                   "\" has a character that is not printable ASCII: " + printable(header.value, 100));
  if (header.value.front() == ' ' || header.value.back() == ' ')
    return invalid("the value of \"" + header.name + "\" begins or ends with a blank; take it out");
  return Done{};
}

}  // namespace

Status check_policy_header(const Header& header) {
  CHECK_OK(check_name(header.name));
  return check_value(header);
}

HeaderPolicy baseline_headers(std::chrono::seconds hsts_age) {
  return {{{std::string(kHstsHeader), "max-age=" + std::to_string(hsts_age.count()) + "; includeSubDomains"},
           {"X-Frame-Options", "SAMEORIGIN"},
           {"X-Content-Type-Options", "nosniff"},
           {"Referrer-Policy", "strict-origin-when-cross-origin"},
           {"Content-Security-Policy", "frame-ancestors 'self'; object-src 'none'; base-uri 'self'"}}};
}

}  // namespace certstead
