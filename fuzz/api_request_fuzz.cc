// What a caller of the REST interface sends: method, path, query and body, up to where a use case begins.
#include <cstddef>
#include <cstdint>

#include "api/body.h"
#include "api/problem.h"
#include "api/router.h"
#include "base/text.h"

namespace {

void read_bodies(const certstead::HttpExchange& http) {
  const auto body = certstead::read_body(http);
  if (!body) {
    certstead::to_reply(body.error());
    return;
  }
  certstead::IssuerRecord issuer;
  static_cast<void>(certstead::read_request(*body));
  static_cast<void>(certstead::read_account(*body));
  static_cast<void>(certstead::read_issuer(*body, issuer));
  static_cast<void>(certstead::read_revoke(*body));
  static_cast<void>(certstead::read_roots(*body));
}

}  // namespace

// The input is "METHOD PATH QUERY" in the first line, and a body behind it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t line_end = std::min(text.find('\n'), text.size());
  const std::vector<std::string_view> words = certstead::split(text.substr(0, line_end), ' ');
  const auto word = [&](std::size_t i) { return i < words.size() ? words[i] : std::string_view(); };
  const auto match = certstead::find_route(certstead::routes(), word(0), word(1));
  if (match) {
    const auto query = certstead::Query::parse(word(2), match->route->query);
    if (query) static_cast<void>(query->number("limit", 1, 1, 500));
  }
  certstead::HttpExchange http;
  http.headers.add("Content-Type", "application/json");
  http.body = line_end < text.size() ? text.substr(line_end + 1) : std::string_view();
  read_bodies(http);
  return 0;
}
