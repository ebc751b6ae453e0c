#include <algorithm>
#include <array>

#include "base/address.h"
#include "base/text.h"
#include "cli/server_flags.h"
#include "cli/verbs.h"
#include "log/level.h"
#include "model/domain_name.h"
#include "net/ip_address.h"
#include "probe/target.h"

namespace certstead {
namespace {

// "127.0.0.1:80", "[::1]:443"
Result<ListenAddress> parse_listen_address(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const auto wrong = [&] {
    return invalid("'" + printable(text, 80) + "' is not ADDRESS:PORT, as in 0.0.0.0:443 or [::]:443");
  };
  if (colon == std::string::npos) return wrong();
  std::string_view host = std::string_view(text).substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const Result<IpAddress> address = IpAddress::parse(host);
  const std::optional<std::uint64_t> port = parse_number(std::string_view(text).substr(colon + 1));
  if (!address || address->is_v4() == bracketed || !port || *port > 65535) return wrong();
  return ListenAddress{std::string(host), static_cast<std::uint16_t>(*port)};
}

// "NAME=DIRECTORY" or "NAME=DIRECTORY:GROUP"
Result<ViewOption> parse_view(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    return invalid("'" + printable(text, 80) + "' is not NAME=DIRECTORY");
  }
  ViewOption view{text.substr(0, equals), text.substr(equals + 1), ""};
  const std::size_t colon = view.directory.rfind(':');
  if (colon != std::string::npos) {
    view.group = view.directory.substr(colon + 1);
    view.directory.resize(colon);
  }
  return view;
}

// "NAME=SET" for a view that is declared, whichever comes first.
Result<std::pair<std::string, std::string>> parse_view_set(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    return invalid("'" + printable(text, 80) + "' is not VIEW=SET");
  }
  return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

// "VIEW=TARGET", the target as `deploy add --prove` takes it.
Result<ProofOption> parse_proof(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    return invalid("'" + printable(text, 80) +
                   "' is not VIEW=TARGET, as in mail=smtp+starttls://127.0.0.1:25");
  }
  ProofOption proof{text.substr(0, equals), text.substr(equals + 1)};
  CHECK_OK(parse_target(proof.target));
  return proof;
}

// Where a listener of this host is reached from this host.
ProofOption proof_of_listener(const ListenAddress& listener) {
  std::string host = listener.address;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  return {"gateway", "https://" + url_host(host) + ":" + std::to_string(listener.port)};
}

// Where what views hold is proved to be served.
void add_proof_flags(Verb& verb, const std::shared_ptr<ManagerOptions>& options) {
  Flag& prove = verb.custom("--prove", "VIEW=TARGET",
                            "A port that serves this view, such as mail=smtp+starttls://127.0.0.1:25: "
                            "handshakes prove what is served",
                            [options](const std::string& text) -> Status {
                              TRY(ProofOption proof, parse_proof(text));
                              options->proofs.push_back(std::move(proof));
                              return Done{};
                            });
  Flag& gateway = verb.custom("--gateway-https", "ADDR:PORT",
                              "Where this host's gateway listens, which proves the view gateway; default: "
                              "[gateway] https of the file",
                              [options](const std::string& text) -> Status {
                                TRY(const ListenAddress listener, parse_listen_address(text));
                                if (listener.port != 0)
                                  options->proofs.push_back(proof_of_listener(listener));
                                return Done{};
                              });
  prove.many = gateway.many = true;
  prove.from_config();
  gateway.from_config("gateway.https");
}

using ViewSets = std::vector<std::pair<std::string, std::string>>;

Status put_sets(const ViewSets& sets, std::vector<ViewOption>& views) {
  for (const auto& [name, set] : sets) {
    const auto view =
        std::find_if(views.begin(), views.end(), [&](const ViewOption& v) { return v.name == name; });
    if (view == views.end()) {
      return invalid("the set '" + printable(set, 80) + "' is to go into the view '" + printable(name, 40) +
                         "', which is not there; declare it: --view " + printable(name, 40) + "=DIR",
                     std::string(kWrongUsage));
    }
    view->sets.push_back(set);
  }
  return Done{};
}

std::function<Status(const std::string&)> listen_address_into(std::vector<ListenAddress>& into) {
  return [&into](const std::string& text) -> Status {
    TRY(const ListenAddress address, parse_listen_address(text));
    into.push_back(address);
    return Done{};
  };
}

// One of two words.
std::function<Status(const std::string&)> word_into(std::string& into, const char* one, const char* other) {
  return [&into, one, other](const std::string& text) -> Status {
    if (text != one && text != other) {
      return invalid("it must be " + std::string(one) + " or " + other + ", not '" + printable(text, 40) +
                     "'");
    }
    into = text;
    return Done{};
  };
}

Status check_gateway(const GatewaySettings& options) {
  const auto wrong = [](std::string detail) { return invalid(std::move(detail), std::string(kWrongUsage)); };
  if (options.http.empty() && options.https.empty()) {
    return wrong("say where to listen: --https 0.0.0.0:443, --http 0.0.0.0:80");
  }
  if (!options.upstream.empty() && !options.static_page.empty()) {
    return wrong("give either --upstream or --static, not both");
  }
  if (options.upstream.empty() && options.static_page.empty() && !options.https.empty()) {
    return wrong("say what to serve: --upstream http://127.0.0.1:8080, or --static PAGE.html");
  }
  return Done{};
}

// Which certificate a client gets.
void add_serving_flags(Verb& verb, const std::shared_ptr<GatewaySettings>& options) {
  const auto unknown = [options](const std::string& text) -> Status {
    if (text != "refuse" && text != "default") {
      return invalid("it must be refuse or default, not '" + printable(text, 40) + "'");
    }
    options->on_unknown_name = text == "default" ? UnknownName::kDefault : UnknownName::kRefuse;
    return Done{};
  };
  verb.custom("--on-unknown-name", "WHAT", "refuse the handshake, or serve the default; default: refuse",
              unknown)
      .one_of({"refuse", "default"})
      .from_config();
  verb.text("--tag", "TAG", "What clients get that send no name: a tag, a host name or *.NAME", options->tag)
      .from_config();
  verb.custom(
          "--default-name", "NAME",
          "Host name whose certificates are the default, before the tag keyfile.kyr; default: this machine's",
          [options](const std::string& text) -> Status {
            TRY(const DomainName name, DomainName::parse(text));
            options->default_name = name.ascii();
            return Done{};
          })
      .from_config();
  verb.custom("--prefer", "KEY", "ecdsa or rsa, where a client can verify both; default: ecdsa",
              word_into(options->prefer, "ecdsa", "rsa"))
      .one_of({"ecdsa", "rsa"})
      .from_config();
  verb.custom("--least-tls", "VERSION", "1.2 or 1.3; default: 1.2",
              word_into(options->least_tls, "1.2", "1.3"))
      .one_of({"1.2", "1.3"})
      .from_config();
  verb.number("--tickets", "Session tickets after a full handshake, 0 to 2; default: 1", 0, 2,
              options->tickets)
      .from_config();
  verb.number("--cache-mib", "Memory for credentials that were used, 7 KiB each, RSA 14; default: 256", 1,
              1 << 16, options->cache_mib)
      .from_config();
}

}  // namespace

void add_log_flags(Verb& verb, LogOptions& into) {
  const auto format = [&into](const std::string& text) -> Status {
    if (text != "text" && text != "json")
      return invalid("it must be text or json, not '" + printable(text, 40) + "'");
    into.format = text == "json" ? LogFormat::kJson : LogFormat::kText;
    return Done{};
  };
  const auto level = [&into](const std::string& text) -> Status {
    TRY(into.level, parse_level(text));
    return Done{};
  };
  verb.custom("--log-format", "FORMAT", "text or json; default: text", format)
      .one_of({"text", "json"})
      .from_config();
  verb.custom("--log-level", "LEVEL", "debug, info, warning, error; default: info", level)
      .one_of({"debug", "info", "warning", "error"})
      .from_config();
}

Verb manager_verb(const ServerVerbs& servers, const GlobalOptions& globals) {
  auto options = std::make_shared<ManagerOptions>();
  auto workers = std::make_shared<std::int64_t>(8);
  auto self_check_port = std::make_shared<std::int64_t>(80);
  Verb verb{.name = "manager",
            .summary = "Run the manager: store, renewal, REST interface",
            .example = "certstead manager --data /var/lib/certstead --log-format json"};
  verb.text("--data", "DIR", "The store; default: /var/lib/certstead", options->data).from_config().file();
  verb.text("--identity", "DIR", "The manager's own keys; default: /etc/certstead/identity",
            options->identity)
      .from_config()
      .file();
  verb.text("--socket-group", "GROUP", "Who may use the socket besides its owner", options->socket_group)
      .from_config();
  const auto view = [options](const std::string& text) -> Status {
    TRY(ViewOption parsed, parse_view(text));
    options->views.push_back(std::move(parsed));
    return Done{};
  };
  Flag& views =
      verb.custom("--view", "NAME=DIR[:GROUP]",
                  "A view to fill for a program of this host; default: gateway=DATA/views/gateway", view);
  views.many = true;
  views.from_config();
  auto view_sets = std::make_shared<ViewSets>();
  Flag& sets =
      verb.custom("--view-set", "VIEW=SET",
                  "Put this set into that view, and no others but those named so; default: every set",
                  [view_sets](const std::string& text) -> Status {
                    TRY(auto parsed, parse_view_set(text));
                    view_sets->push_back(std::move(parsed));
                    return Done{};
                  });
  sets.many = true;
  sets.from_config();
  add_proof_flags(verb, options);
  verb.number("--workers", "Jobs at a time; default: 8", 1, 256, *workers).from_config();
  verb.number("--self-check-port", "For labs: the port instead of 80", 1, 65535, *self_check_port)
      .from_config();
  verb.text("--self-check-address", "ADDR", "For labs: the address of every name",
            options->self_check_address)
      .from_config();
  verb.text("--dns-resolvers", "ADDR,...",
            "Resolvers to ask instead of those of this host, with :PORT if need be", options->dns_resolvers)
      .from_config();
  verb.text("--dns-servers", "NAME=ADDR:PORT,...",
            "Authoritative servers that are reached elsewhere than the DNS says, by name or address",
            options->dns_servers)
      .from_config();
  verb.text("--dns-networks", "CIDR,...",
            "Networks beyond the public internet where authoritative servers may be", options->dns_networks)
      .from_config();
  verb.text("--dns-families", "WHICH", "Addresses by which name servers are asked: both, v4 or v6",
            options->dns_families)
      .one_of({"both", "v4", "v6"})
      .from_config();
  add_log_flags(verb, options->log);
  verb.run = [options, workers, self_check_port, view_sets, &globals,
              run = servers.manager](Session&) -> Result<int> {
    CHECK_OK(put_sets(*view_sets, options->views));
    options->socket = globals.socket;
    options->config = globals.config;
    options->self_check_port = static_cast<std::uint16_t>(*self_check_port);
    options->workers = static_cast<std::size_t>(*workers);
    return run(*options);
  };
  return verb;
}

Verb gateway_verb(const ServerVerbs& servers) {
  auto options = std::make_shared<GatewaySettings>();
  Verb verb{
      .name = "gateway",
      .summary = "Run the TLS front end: serves out of a view, answers HTTP-01",
      .example = "certstead gateway --http 0.0.0.0:80 --https 0.0.0.0:443 --upstream http://127.0.0.1:8080"};
  verb.text("--view", "DIR", "The view to serve from; default: /var/lib/certstead/views/gateway",
            options->view)
      .from_config()
      .file();
  Flag& http =
      verb.custom("--http", "ADDR:PORT", "Listen here for plain HTTP", listen_address_into(options->http));
  Flag& https =
      verb.custom("--https", "ADDR:PORT", "Listen here for HTTPS", listen_address_into(options->https));
  http.many = https.many = true;
  http.from_config();
  https.from_config();
  verb.text("--upstream", "URL", "Pass requests on to http://HOST:PORT", options->upstream).from_config();
  verb.text("--static", "FILE", "Serve this page for every path", options->static_page).from_config().file();
  verb.toggle(
          "--baseline-headers",
          "Response headers that suit nearly every site: HSTS of five minutes, nosniff, no foreign frames",
          options->baseline_headers)
      .from_config();
  verb.text("--notes-ini", "FILE",
            "Response headers, as HTTPAdditionalRespHeader lines; they replace those of the baseline",
            options->notes_ini)
      .from_config()
      .file();
  add_serving_flags(verb, options);
  add_log_flags(verb, options->log);
  verb.run = [options, run = servers.gateway](Session&) -> Result<int> {
    CHECK_OK(check_gateway(*options));
    return run(*options);
  };
  return verb;
}

Verb lab_verb(const ServerVerbs& servers) {
  auto options = std::make_shared<LabOptions>();
  Verb verb{.name = "lab",
            .summary = "Run a CA for trying, a manager and a gateway, all on this host",
            .example = "certstead lab --dir /tmp/lab --https 127.0.0.1:8443"};
  verb.text("--dir", "DIR", "Keep everything here; default: a temporary directory", options->directory)
      .file();
  verb.text("--lab-socket", "PATH", "Socket of the lab's manager; default: DIR/api.sock", options->socket)
      .file();
  const auto into = [](ListenAddress& address) {
    return [&address](const std::string& text) -> Status {
      TRY(address, parse_listen_address(text));
      return Done{};
    };
  };
  verb.custom("--http", "ADDR:PORT", "Where the gateway listens for HTTP; default: a free port",
              into(options->http));
  verb.custom("--https", "ADDR:PORT", "Where the gateway listens for HTTPS; default: a free port",
              into(options->https));
  verb.custom("--gateway", "WHAT",
              "yes, or no: another one will serve DIR/views/gateway on these ports; default: yes",
              [options](const std::string& text) -> Status {
                if (text != "yes" && text != "no")
                  return invalid("it must be yes or no, not '" + printable(text, 40) + "'");
                options->gateway = text == "yes";
                return Done{};
              })
      .one_of({"yes", "no"});
  verb.text("--view-group", "GROUP", "Group of a gateway that runs as another user", options->view_group);
  add_log_flags(verb, options->log);
  verb.run = [options, run = servers.lab](Session&) -> Result<int> { return run(*options); };
  return verb;
}

}  // namespace certstead
