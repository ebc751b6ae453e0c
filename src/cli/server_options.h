// What the command line, the environment and the configuration file say to the servers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/log_sink.h"
#include "cli/exit_code.h"
#include "log/fd_log.h"

namespace certstead {

inline constexpr const char* kDefaultSocket = "/run/certstead/api.sock";
inline constexpr const char* kDefaultConfig = "/etc/certstead/certstead.toml";

struct LogOptions {
  LogFormat format = LogFormat::kText;
  Level level = Level::kInfo;
};

// An IP address and a port; port 0 lets the system choose.
struct ListenAddress {
  std::string address;
  std::uint16_t port = 0;
  bool operator==(const ListenAddress&) const = default;
};

// A view that the local member fills; with a group its files are readable for that group.
struct ViewOption {
  std::string name, directory, group;
  std::vector<std::string> sets = {};  // that go into it; empty: every set that this host may have
  bool operator==(const ViewOption&) const = default;
};

// A port that serves a view, as deployments name theirs: "https://127.0.0.1:443".
struct ProofOption {
  std::string view, target;
  bool operator==(const ProofOption&) const = default;
};

struct ManagerOptions {
  std::string data = "/var/lib/certstead";
  std::string identity = "/etc/certstead/identity";
  std::string socket = kDefaultSocket;
  std::string config;               // the file that these were read from; goes into backups
  std::string socket_group;         // owner group of the socket; empty: the process's own
  std::vector<ViewOption> views;    // empty: "gateway" in DATA/views/gateway
  std::vector<ProofOption> proofs;  // where what views hold is proved to be served
  std::size_t workers = 8;          // jobs at a time
  // For labs, where names don't resolve and port 80 is another one: where the self check looks.
  std::uint16_t self_check_port = 80;
  std::string self_check_address;  // of every name; empty: what it resolves to
  // How the DNS is asked, as ResolverTexts takes it; empty: as the host is set up.
  std::string dns_resolvers, dns_servers, dns_families, dns_networks;
  LogOptions log;
};

enum class UnknownName { kRefuse, kDefault };

struct GatewaySettings {
  std::string view = "/var/lib/certstead/views/gateway";
  std::vector<ListenAddress> http, https;
  std::string upstream;           // "http://host:port"; either this
  std::string static_page;        // or this
  bool baseline_headers = false;  // those of baseline_headers() in headers/header_policy.h
  std::string notes_ini;          // file with response headers, which go before these
  UnknownName on_unknown_name = UnknownName::kRefuse;
  std::string tag;                // for clients without SNI; empty: the default
  std::string default_name;       // whose credentials the default is; empty: this machine's name
  std::string prefer = "ecdsa";   // or "rsa": where the client can verify both
  std::string least_tls = "1.2";  // or "1.3"
  std::int64_t tickets = 1;       // session tickets after a full handshake, 0 to 2
  std::int64_t cache_mib = 256;   // memory for credentials that were used
  LogOptions log;
};

// What `deploy watch` is told besides where things are.
struct DeployWatchOptions {
  std::string directory, view, state;  // as DeployPlaces
  std::string socket;                  // of the manager that is told
  std::int64_t prove_seconds = 3600;   // between proofs of what is fine
  LogOptions log;
};

struct LabOptions {
  std::string directory;  // where everything of the lab lies; empty: a temporary one that goes with it
  std::string socket;     // of the lab's manager; empty: inside of the directory
  ListenAddress http{"127.0.0.1", 0};
  ListenAddress https{"127.0.0.1", 0};
  bool gateway = true;     // start one; else somebody does who serves DIR/views/gateway on these ports
  std::string view_group;  // group of a gateway that runs as another user
  LogOptions log;
};

}  // namespace certstead
