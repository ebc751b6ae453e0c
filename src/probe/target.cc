#include "probe/target.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "model/domain_name.h"
#include "probe/verify.h"

namespace certstead {
namespace {

struct Scheme {
  std::string_view name;
  std::uint16_t port;  // 0: it must be given
};
constexpr std::array<Scheme, 7> kAtOnce = {{{"https", 443},
                                            {"tls", 0},
                                            {"smtps", 465},
                                            {"imaps", 993},
                                            {"pop3s", 995},
                                            {"ldaps", 636},
                                            {"ftps", 990}}};
constexpr std::string_view kInClear = "+starttls";
constexpr std::string_view kName = "?name=";

Error no_target(std::string_view text, std::string_view why) {
  return invalid("\"" + printable(text, 120) + "\" is nothing to shake hands with: " + std::string(why),
                 "probe-target");
}

Status read_scheme(std::string_view scheme, std::string_view url, ProbeRequest& into) {
  if (scheme.ends_with(kInClear)) {
    const auto protocol = parse_starttls(scheme.substr(0, scheme.size() - kInClear.size()));
    if (!protocol) return no_target(url, protocol.error().detail);
    into.starttls = *protocol;
    into.port = default_port(*protocol);
    return Done{};
  }
  for (const Scheme& row : kAtOnce) {
    if (row.name != scheme) continue;
    into.port = row.port;
    return Done{};
  }
  return no_target(url,
                   "it must begin with https://, tls://, smtps://, imaps://, pop3s://, ldaps://, ftps:// or "
                   "PROTOCOL+starttls://");
}

}  // namespace

Result<std::string> name_in_handshake(std::string_view name) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::all_of(name.begin(), name.end(), is_ascii)) return std::string(name);
  TRY(const DomainName parsed, DomainName::parse(name));
  return parsed.ascii();
}

Status parse_host_port(std::string_view text, ProbeRequest& into) {
  const std::size_t colon = text.rfind(':');
  const bool has_port = colon != std::string_view::npos && text.find(']', colon) == std::string_view::npos &&
                        (text.front() == '[' || text.find(':') == colon);
  const auto host = name_in_handshake(text.substr(0, has_port ? colon : std::string_view::npos));
  if (!host) return no_target(text, host.error().detail);
  into.host = *host;
  if (into.host.empty()) return no_target(text, "there is no host");
  if (!has_port) return Done{};
  const std::optional<std::uint64_t> port = parse_number(text.substr(colon + 1));
  if (!port || *port == 0 || *port > 65535)
    return no_target(text, "the port must be a number from 1 to 65535");
  into.port = static_cast<std::uint16_t>(*port);
  return Done{};
}

Result<ProbeRequest> parse_target(std::string_view url) {
  const std::size_t slashes = url.find("://");
  if (slashes == std::string_view::npos) return no_target(url, "write it as https://HOST:PORT");
  ProbeRequest request;
  CHECK_OK(read_scheme(url.substr(0, slashes), url, request));
  std::string_view place = url.substr(slashes + 3);
  const std::size_t query = place.find('?');
  if (query != std::string_view::npos) {
    const std::string_view rest = place.substr(query);
    if (!rest.starts_with(kName) || rest.size() == kName.size()) {
      return no_target(url, "behind the question mark only name=HOSTNAME may stand");
    }
    const auto name = name_in_handshake(rest.substr(kName.size()));
    if (!name) return no_target(url, name.error().detail);
    request.server_name = *name;
    place = place.substr(0, query);
  }
  if (place.ends_with('/')) place.remove_suffix(1);
  if (place.find_first_of("/@#& ") != std::string_view::npos) {
    return no_target(url, "a host and a port are all that may stand there");
  }
  const Status read = parse_host_port(place, request);
  if (!read) return no_target(url, "it needs a host and, behind a colon, a port from 1 to 65535");
  if (request.port == 0) return no_target(url, "tls:// needs a port");
  std::string bare = request.host;
  if (bare.size() > 2 && bare.front() == '[') bare = bare.substr(1, bare.size() - 2);
  if (request.server_name.empty() && !is_address(bare)) request.server_name = bare;
  return request;
}

}  // namespace certstead
