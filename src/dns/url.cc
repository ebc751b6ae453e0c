#include "dns/url.h"

#include <algorithm>

#include "base/text.h"

namespace certstead {
namespace {

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool is_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    const std::string_view inside = host.substr(1, host.size() - 2);
    return inside.find_first_not_of("0123456789abcdef:.") == std::string_view::npos;
  }
  return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, is_host_character);
}

Error wrong(const std::string& what) { return invalid("the URL " + what, "url"); }

Status split_authority(std::string_view authority, Url& out) {
  if (authority.find('@') != std::string_view::npos) return wrong("must not hold a user or password");
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  out.host = lower_ascii(authority.substr(0, colon));
  if (!is_host(out.host)) return wrong("names no proper host");
  if (colon == std::string_view::npos) return Done{};
  out.port = std::string(authority.substr(colon + 1));
  const auto number = parse_number(out.port);
  if (!number || *number < 1 || *number > 65535) return wrong("names no proper port");
  if (out.port == (out.scheme == "https" ? "443" : "80")) out.port.clear();
  return Done{};
}

}  // namespace

std::string Url::origin() const { return scheme + "://" + host + (port.empty() ? "" : ":" + port); }

Result<Url> parse_url(std::string_view text) {
  const auto is_fit = [](unsigned char c) { return c > 0x20 && c < 0x7f && c != '\\' && c != '"'; };
  if (text.size() > 8192) return wrong("is longer than 8192 characters");
  if (!std::ranges::all_of(text, is_fit)) return wrong("holds a character that no URL has");
  Url out;
  const std::size_t colon = text.find("://");
  out.scheme = lower_ascii(text.substr(0, colon == std::string_view::npos ? 0 : colon));
  if (out.scheme != "https" && out.scheme != "http") return wrong("must begin with https:// or http://");
  std::string_view rest = text.substr(colon + 3);
  if (rest.find('#') != std::string_view::npos) return wrong("must not have a fragment");
  const std::size_t end = rest.find_first_of("/?");
  CHECK_OK(split_authority(rest.substr(0, end), out));
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
  const std::size_t mark = rest.find('?');
  out.path = std::string(rest.substr(0, mark));
  if (out.path.empty()) out.path = "/";
  if (mark != std::string_view::npos) out.query = std::string(rest.substr(mark + 1));
  return out;
}

}  // namespace certstead
