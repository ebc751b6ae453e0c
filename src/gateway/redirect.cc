#include "gateway/redirect.h"

#include "base/text.h"
#include "net/http1_request.h"

namespace certstead {
namespace {

// "a.test" of "a.test:80", "[::1]" of "[::1]:80".
std::string_view without_port(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  const std::size_t bracket = host.rfind(']');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  return has_port ? host.substr(0, colon) : host;
}

}  // namespace

HttpReply redirect_to_https(const HttpExchange& exchange, std::uint16_t port) {
  const HttpHeaders plain_text = {{"Content-Type", "text/plain; charset=utf-8"}};
  if (!is_authority(exchange.host) || !exchange.target.starts_with('/')) {
    return {400, plain_text, "this server speaks HTTPS; the request names no host to go to\n"};
  }
  std::string location = "https://" + lower_ascii(without_port(exchange.host));
  if (port != 443) location += ":" + std::to_string(port);
  location += exchange.target;
  const bool safe = exchange.method == "GET" || exchange.method == "HEAD";
  HttpReply reply{safe ? 301 : 308, plain_text, "this server speaks HTTPS\n"};
  reply.headers.add("Location", location);
  return reply;
}

}  // namespace certstead
