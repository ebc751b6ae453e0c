// That the starters start what they say: both kinds of key are served at every port, and a reload takes new
// files.
#include <gtest/gtest.h>

#include <thread>

#include "base/file.h"
#include "crypto/issue.h"
#include "peers/apache_server.h"
#include "peers/dovecot_server.h"
#include "peers/haproxy_server.h"
#include "peers/nginx_server.h"
#include "peers/postfix_server.h"
#include "peers/postgresql_server.h"
#include "peers/proftpd_server.h"
#include "peers/slapd_server.h"
#include "probe/target.h"
#include "support/command.h"

namespace certstead {
namespace {

constexpr const char* kName = "www.example.test";

// Files with a key and its self-signed certificate, "ecdsa.pem" and "rsa.pem".
class Files {
 public:
  Files() {
    EXPECT_EQ(run_command("chmod 0755 " + dir_.path().string()).exit, 0);
    renew();
  }
  void renew() {
    write("ecdsa", KeyType::kP256);
    write("rsa", KeyType::kRsa2048);
  }
  TlsPair pair(const std::string& kind) const { return {path(kind), path(kind)}; }
  // The name of HAProxy's bundle.
  TlsPair bundle() const { return {(dir_.path() / "www.pem").string(), ""}; }
  std::string serial(const std::string& kind) const { return serials_.at(kind); }

 private:
  std::string path(const std::string& kind) const { return (dir_.path() / ("www.pem." + kind)).string(); }
  void write(const std::string& kind, KeyType type) {
    const PrivateKey key = PrivateKey::generate(type).value();
    CertificateTemplate content{.dns_names = {kName},
                                .public_key = key.public_key(),
                                .not_before = from_unix_seconds(1'700'000'000),
                                .not_after = from_unix_seconds(2'000'000'000)};
    content.server_auth = true;
    const Certificate leaf = issue_certificate(content, key, std::nullopt).value();
    serials_[kind] = leaf.serial();
    const std::string text = to_text(key.to_pkcs8_pem().reveal()) + leaf.to_pem();
    EXPECT_TRUE(write_file_atomic(path(kind), view_bytes(text), 0600));
    give_to_nobody(path(kind));
  }
  TempDir dir_;
  std::map<std::string, std::string> serials_;
};

std::string serial_at(const std::string& target, ProbeKey key) {
  ProbeRequest request = parse_target(target).value();
  request.server_name = kName;
  request.key = key;
  request.deadline = Deadline::after(std::chrono::seconds{20});
  const auto report = probe(request);
  return report ? report->leaf.serial() : report.error().detail;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += "'" + word + "' ";
  return out;
}

void expect_served(const TlsServer& server, const Files& files, const std::vector<std::string>& kinds) {
  for (const std::string& target : server.targets()) {
    for (const std::string& kind : kinds) {
      const ProbeKey key = kind == "rsa" ? ProbeKey::kRsa : ProbeKey::kEcdsa;
      std::string seen;
      for (const Deadline limit = Deadline::after(std::chrono::seconds{60}); !limit.passed();
           std::this_thread::sleep_for(std::chrono::milliseconds{50})) {
        seen = serial_at(target, key);
        if (seen == files.serial(kind)) break;
      }
      EXPECT_EQ(seen, files.serial(kind)) << target << " " << kind << "\n" << server.log();
    }
  }
}

using Start = Result<std::unique_ptr<TlsServer>> (*)(const TlsServerOptions&);

void check_server(Start start, Files& files, const std::vector<TlsPair>& pairs,
                  const std::vector<std::string>& kinds) {
  const auto server = start({.pairs = pairs});
  if (!server && server.error().code == Code::kNotFound) GTEST_SKIP() << server.error().detail;
  ASSERT_TRUE(server) << server.error().detail;
  expect_served(**server, files, kinds);
  files.renew();
  const CommandEnd checked = run_command(joined((*server)->check_command()));
  EXPECT_EQ(checked.exit, 0) << checked.output;
  const CommandEnd reloaded = run_command(joined((*server)->reload_command()));
  EXPECT_EQ(reloaded.exit, 0) << reloaded.output;
  expect_served(**server, files, kinds);
}

void check_server(Start start) {
  Files files;
  check_server(start, files, {files.pair("ecdsa"), files.pair("rsa")}, {"ecdsa", "rsa"});
}

TEST(TlsServers, NginxServesBothKindsAndTakesNewFiles) { check_server(start_nginx); }
TEST(TlsServers, ApacheServesBothKindsAndTakesNewFiles) { check_server(start_apache); }
TEST(TlsServers, PostfixServesBothKindsAndTakesNewFiles) { check_server(start_postfix); }
TEST(TlsServers, DovecotServesBothKindsAndTakesNewFiles) { check_server(start_dovecot); }
TEST(TlsServers, HaproxyServesABundleAndTakesNewFiles) {
  Files files;
  check_server(start_haproxy, files, {files.bundle()}, {"ecdsa", "rsa"});
}
TEST(TlsServers, ProftpdServesBothKindsAndTakesNewFiles) { check_server(start_proftpd); }
TEST(TlsServers, PostgresqlServesOneKindAndTakesNewFiles) {
  Files files;
  check_server(start_postgresql, files, {files.pair("ecdsa")}, {"ecdsa"});
}
TEST(TlsServers, SlapdServesOneKindAndTakesNewFiles) {
  Files files;
  check_server(start_slapd, files, {files.pair("ecdsa")}, {"ecdsa"});
}

}  // namespace
}  // namespace certstead
