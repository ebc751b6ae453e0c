#include "settings.h"

#include <array>
#include <utility>

#include "base/text.h"

namespace certstead {
namespace {

// Programs of Postfix and Dovecot that shake hands as servers, and others that are no HTTP servers.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kProtocols = {
    {{"smtpd", "smtp"},
     {"tlsproxy", "smtp"},
     {"submission-login", "smtp"},
     {"lmtp", "smtp"},
     {"exim4", "smtp"},
     {"imap-login", "imap"},
     {"pop3-login", "pop3"},
     {"managesieve-login", "sieve"},
     {"slapd", "ldap"},
     {"postgres", "postgresql"}}};

Error not_understood(const std::string& variable, const std::string& value, const char* wanted) {
  return invalid(variable + " is \"" + printable(value, 60) + "\", and should be " + wanted,
                 "preload-setting");
}

Status read_preference(const Variables& variables, ServePolicy& policy) {
  const std::string prefer = variables("TLSCACHE_PREFER");
  if (prefer == "rsa") {
    policy.prefer = Preference::kRsa;
  } else if (!prefer.empty() && prefer != "ecdsa") {
    return not_understood("TLSCACHE_PREFER", prefer, "ecdsa or rsa");
  }
  return Done{};
}

Status read_default_name(const Variables& variables, ServePolicy& policy) {
  const std::string name = variables("TLSCACHE_DEFAULT_NAME");
  policy.default_name = own_host_name();
  if (name.empty()) return Done{};
  Result<DomainName> parsed = DomainName::parse(name);
  if (!parsed) return not_understood("TLSCACHE_DEFAULT_NAME", name, "a host name");
  policy.default_name = std::move(*parsed);
  return Done{};
}

Status read_unknown(const Variables& variables, ServePolicy& policy) {
  const std::string text = variables("TLSCACHE_ON_UNKNOWN");
  policy.own_certificate = text != "refuse";
  policy.on_unknown_name = text == "default" ? OnUnknownName::kDefault : OnUnknownName::kRefuse;
  if (text.empty() || text == "own" || text == "default" || text == "refuse") return Done{};
  return not_understood("TLSCACHE_ON_UNKNOWN", text, "own, default or refuse");
}

}  // namespace

std::string protocol_of(const std::string& program) {
  for (const auto& [name, protocol] : kProtocols) {
    if (program == name) return std::string(protocol);
  }
  return "http";
}

bool opens_at_start(const Variables& variables, const std::string& program) {
  constexpr std::string_view kLogin = "-login";
  if (variables("TLSCACHE_VIEW").empty()) return false;
  return variables("TLSCACHE_OPEN") == "start" || program.ends_with(kLogin);
}

Result<PreloadSettings> read_preload_settings(const Variables& variables, const std::string& program) {
  PreloadSettings out;
  out.log = variables("TLSCACHE_LOG");
  if (variables("TLSCACHE_DISABLE") == "1") return out;
  out.view = variables("TLSCACHE_VIEW");
  const std::string protocol = lower_ascii(variables("TLSCACHE_PROTOCOL"));
  out.policy.protocol = protocol.empty() ? protocol_of(program) : protocol;
  out.policy.tag = variables("TLSCACHE_TAG");
  CHECK_OK(read_preference(variables, out.policy));
  CHECK_OK(read_unknown(variables, out.policy));
  CHECK_OK(read_default_name(variables, out.policy));
  if (const std::string open = variables("TLSCACHE_OPEN"); !open.empty() && open != "start") {
    return not_understood("TLSCACHE_OPEN", open, "start, or absent");
  }
  if (const std::string bytes = variables("TLSCACHE_CACHE_BYTES"); !bytes.empty()) {
    const auto number = parse_number(bytes);
    if (!number || *number == 0) return not_understood("TLSCACHE_CACHE_BYTES", bytes, "a number of bytes");
    out.cache_bytes = *number;
  }
  return out;
}

}  // namespace certstead
