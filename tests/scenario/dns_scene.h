// A fleet whose names are proved over DNS: Pebble asks a real name server, whose zones the manager changes.
#pragma once

#include <gtest/gtest.h>

#include <thread>

#include "base/file.h"
#include "peers/dns_peer.h"
#include "support/fleet_processes.h"

namespace certstead {

#define NEED_DNS_SERVER(program)                                                  \
  do {                                                                            \
    if (const std::string package = DnsPeer::missing(program); !package.empty())  \
      GTEST_SKIP() << program << " is not installed (package " << package << ")"; \
  } while (false)

inline constexpr const char* kForeignTxt = "\"somebody else's\"";

inline std::string address_of(const DnsPeer& peer) { return "127.0.0.1:" + std::to_string(peer.at().port); }

struct DnsFleet {
  using Edit = void (*)(LabCaOptions&);

  // Throws with a sentence if something does not come up.
  explicit DnsFleet(
      Result<DnsPeer> started, Edit edit = [](LabCaOptions&) {}, bool gateway = false)
      : server(unwrapped(std::move(started))),
        fleet(ca_asking(server, edit), gateway,
              {"--dns-resolvers", address_of(server), "--dns-servers",
               "ns1.example.test=" + address_of(server), "--workers", "20"}) {}

  // The DNS account "main", which changes `domain` by signed updates.
  void add_updates(const std::string& domain) const {
    add_account({"--provider", "rfc2136", "-d", domain, "--set", "nameserver=" + address_of(server), "--set",
                 "tsig_key=" + server.key().name, "--set", "tsig_algorithm=" + server.key().algorithm},
                "tsig_secret", server.key().secret);
  }
  // The same over the HTTP interface of PowerDNS, which takes whole record sets.
  void add_powerdns(const std::string& domain) const {
    add_account({"--provider", "pdns", "-d", domain, "--set", "api_url=" + server.api_url()}, "api_key",
                server.api_key());
  }
  std::filesystem::path write_secret(const std::string& name, const std::string& secret) const {
    const auto file = fleet.directory() / name;
    EXPECT_TRUE(write_file_atomic(file, view_bytes(secret), 0644));
    return file;
  }
  // Waits until nothing but the foreign value stands at `name`.
  bool only_the_foreign_one_at(const std::string& name) const {
    std::string all;
    for (const Deadline end = Deadline::after(std::chrono::seconds{60}); !end.passed();
         std::this_thread::sleep_for(std::chrono::milliseconds{100})) {
      all = server.dig(name, "TXT");
      if (all == std::string(kForeignTxt) + "\n") return true;
    }
    ADD_FAILURE() << all;
    return false;
  }

  DnsPeer server;
  FleetProcesses fleet;

 private:
  static DnsPeer unwrapped(Result<DnsPeer> started) {
    if (!started) throw std::runtime_error(started.error().detail);
    return std::move(*started);
  }
  static LabCaOptions ca_asking(const DnsPeer& server, Edit edit) {
    LabCaOptions ca;
    ca.dns_server = address_of(server);
    ca.reused_authorizations = 0;
    edit(ca);
    return ca;
  }
  void add_account(std::vector<std::string> more, const std::string& secret, const std::string& value) const {
    std::vector<std::string> words = {"dns", "add", "main"};
    words.insert(words.end(), more.begin(), more.end());
    words.insert(words.end(), {"--secret", secret + "=@" + write_secret(secret, value).string()});
    const CommandResult added = fleet.cli(words);
    EXPECT_EQ(added.exit, 0) << added.err << added.out;
  }
};

}  // namespace certstead
