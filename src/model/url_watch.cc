#include "model/url_watch.h"

#include <algorithm>

#include "base/address.h"
#include "base/text.h"

namespace certstead {
namespace {

Error no_address(std::string_view target) {
  return invalid("\"" + printable(target, 80) +
                     "\" is no address to watch; write HOST, HOST:PORT, [IPV6]:PORT or https://HOST",
                 "watch-address");
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':';
}

struct HostPort {
  std::string_view host;
  std::string_view port;
};

// "a", "a:1", "[::1]", "[::1]:1", "::1"
HostPort take_apart(std::string_view target) {
  const std::size_t bracket = target.find(']');
  const std::size_t colon = target.rfind(':');
  const bool bracketed = target.starts_with('[') && bracket != std::string_view::npos;
  const bool has_port =
      colon != std::string_view::npos && (bracketed ? colon == bracket + 1 : target.find(':') == colon);
  HostPort out{target.substr(0, has_port ? colon : std::string_view::npos),
               has_port ? target.substr(colon + 1) : std::string_view()};
  if (bracketed) out.host = target.substr(1, bracket - 1);
  return out;
}

// An address stays as it is, a name becomes A-labels.
Result<std::string> host_of(std::string_view text, std::string_view target) {
  const std::string host = lower_ascii(text);
  if (host.find(':') != std::string::npos) {
    if (!std::ranges::all_of(host, is_host_character)) return no_address(target);
    return host;
  }
  const bool digits = std::ranges::all_of(host, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
  if (digits && !host.empty()) return host;
  if (host == "localhost") return host;
  const auto name = HostPattern::parse(host);
  if (!name || name->is_wildcard()) return no_address(target);
  return name->ascii();
}

}  // namespace

Result<UrlWatch> parse_watch(std::string_view target) {
  std::string_view rest = trim(target);
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
    rest = rest.substr(0, rest.find_first_of("/?#"));
  }
  const HostPort parts = take_apart(rest);
  UrlWatch watch;
  TRY(watch.host, host_of(parts.host, target));
  if (!parts.port.empty() || rest.ends_with(':')) {
    const auto port = parse_number(parts.port);
    if (!port || *port == 0 || *port > 65535) return no_address(target);
    watch.port = static_cast<std::uint16_t>(*port);
  }
  watch.name = url_host(watch.host) + ":" + std::to_string(watch.port);
  return watch;
}

namespace {

class WatchRules {
 public:
  explicit WatchRules(const UrlWatch& watch) : watch_(watch) {}

  void add(std::string id, std::string what) {
    out.push_back({Health::kRed, std::move(id), "watch " + watch_.name, std::move(what)});
  }
  // True if the dates alone say enough.
  bool dates(const CertificateFacts& leaf, Instant now) {
    const Duration left = leaf.not_after - now;
    const Duration life = leaf.not_after - leaf.not_before;
    const Duration close = std::min<Duration>(life / 10, std::chrono::days{1});
    const std::string which = "the certificate that is served there (serial " + leaf.serial + ") ";
    if (left <= Duration{0}) {
      add("expired", which + "expired " + describe(-left) + " ago; deploy its successor");
    } else if (leaf.not_before > now) {
      add("not-yet-valid", which + "is not valid before " + to_rfc3339(leaf.not_before));
    } else if (left <= close) {
      add("expires-soon", which + "expires in " + describe(left) + "; deploy its successor");
      return false;
    } else {
      return false;
    }
    return true;
  }

  std::vector<Finding> out;

 private:
  const UrlWatch& watch_;
};

}  // namespace

std::vector<Finding> watch_findings(const UrlWatch& watch, const Result<ProbeFacts>& seen,
                                    const std::optional<ChainReport>& chain, Instant now) {
  WatchRules rules(watch);
  if (!seen) {
    rules.add("no-handshake", printable(seen.error().detail, 500));
    return std::move(rules.out);
  }
  const bool dead = rules.dates(seen->leaf, now);
  const std::string wanted = watch.server_name.empty() ? watch.host : watch.server_name;
  if (!seen->names_server) {
    rules.add("wrong-name",
              "the certificate that is served there names " +
                  printable(seen->leaf.names.empty() ? "no host" : join(seen->leaf.names, ", ")) + ", not " +
                  printable(wanted));
  }
  if (!seen->verified && seen->names_server && !dead) {
    rules.add("chain-untrusted", printable(seen->problem, 500));
  }
  for (const std::string& weakness : chain ? chain->weaknesses : std::vector<std::string>()) {
    rules.add("weak", "what is served there is weak: " + printable(weakness));
  }
  return std::move(rules.out);
}

}  // namespace certstead
