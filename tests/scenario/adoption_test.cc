// Moving from certbot and nginx to Certstead, with the real ones: certbot's directory made at Pebble, taken
// in, served.
#include <gmock/gmock.h>

#include "base/file.h"
#include "lab/free_port.h"
#include "support/command.h"
#include "support/fleet_processes.h"

namespace certstead {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// What certbot and nginx left on a host, below a directory.
class OldHost {
 public:
  explicit OldHost(const FleetProcesses& fleet) : fleet_(fleet), root_(fleet.directory() / "host") {
    EXPECT_TRUE(make_directories(root_, 0755));
    give_to_nobody(root_);
  }
  std::string root() const { return root_.string(); }

  // Certbot proves its names on the gateway's port, so it runs before the gateway does.
  void certbot(const std::string& names) const {
    const auto end = run_command(
        as_nobody() + "env REQUESTS_CA_BUNDLE=" + (fleet_.directory() / "directory.pem").string() +
        " certbot certonly --non-interactive --agree-tos -m me@lab.test --no-eff-email --standalone" +
        " --http-01-address 127.0.0.1 --http-01-port " + std::to_string(fleet_.http_port()) + " --server " +
        fleet_.ca().directory_url() + " --config-dir " + root() + "/etc/letsencrypt --work-dir " + root() +
        "/work --logs-dir " + root() + "/logs " + names);
    EXPECT_EQ(end.exit, 0) << end.output
                           << run_command("tail -n 60 " + root() + "/logs/letsencrypt.log").output;
  }
  void nginx_serves(const std::string& name) const {
    const std::string live = "/etc/letsencrypt/live/" + name;
    const std::string text = "http { server { listen 443 ssl; server_name " + name + ";\n  ssl_certificate " +
                             live + "/fullchain.pem;\n  ssl_certificate_key " + live + "/privkey.pem;\n} }\n";
    EXPECT_TRUE(make_directories(root_ / "etc/nginx", 0755));
    EXPECT_TRUE(write_file_atomic(root_ / "etc/nginx/nginx.conf", view_bytes(text), 0644));
  }
  // Everything that stands there, so that a change shows.
  std::string fingerprint() const {
    return run_command("cd " + root() + " && find . | sort && find . -type f | sort | xargs sha256sum")
        .output;
  }

 private:
  const FleetProcesses& fleet_;
  std::filesystem::path root_;
};

TEST(Adoption, OfARealCertbotHostIsServedTakenOverAndDoneTwiceChangesNothing) {
  if (run_command("command -v certbot").exit != 0) GTEST_SKIP() << "apt-get install certbot";
  LabCaOptions ca;
  ca.refused_nonces = 0;  // certbot asks again once only
  FleetProcesses fleet(std::move(ca), false);
  const OldHost host(fleet);
  host.certbot("-d www.lab.test -d lab.test");
  host.certbot("-d mail.lab.test --key-type rsa --rsa-key-size 2048");
  host.nginx_serves("www.lab.test");
  const std::string before = host.fingerprint();
  fleet.start_gateway();

  const std::vector<std::string> scan = {"import", "--scan", "all", "--root", host.root()};
  const CommandResult first = fleet.cli(scan);
  EXPECT_EQ(first.exit, 0) << first.out << first.err;
  EXPECT_THAT(first.out, HasSubstr("2 certificates: 2 imported"));
  EXPECT_THAT(first.out,
              AllOf(HasSubstr("nginx /etc/nginx/nginx.conf:2"), HasSubstr("renewal/www.lab.test.conf")));
  const std::string old_serial = fleet.serial("www.lab.test", ProbeKey::kEcdsa);
  EXPECT_NE(old_serial, "");
  EXPECT_EQ(fleet.serial("lab.test", ProbeKey::kEcdsa), old_serial);
  EXPECT_NE(fleet.serial("mail.lab.test", ProbeKey::kRsa), "");

  const CommandResult second = fleet.cli(scan);
  EXPECT_EQ(second.exit, 0) << second.err;
  EXPECT_THAT(second.out, HasSubstr("2 certificates: 2 already there"));
  EXPECT_EQ(fleet.serial("www.lab.test", ProbeKey::kEcdsa), old_serial);

  std::vector<std::string> take_over = scan;
  take_over.insert(take_over.end(), {"--take-over", "auto", "--agree-tos"});
  const CommandResult third = fleet.cli(take_over);
  EXPECT_EQ(third.exit, 0) << third.out << third.err;
  EXPECT_THAT(third.out,
              AllOf(HasSubstr("renewed at pebble, next on "), HasSubstr("certbot delete --cert-name")));
  const CommandResult renewed = fleet.cli({"renew", "www.lab.test", "--force"});
  EXPECT_EQ(renewed.exit, 0) << renewed.out << renewed.err;
  EXPECT_THAT(fleet.serial("www.lab.test", ProbeKey::kEcdsa), AllOf(Not(""), Not(old_serial)));
  EXPECT_EQ(fleet.serial("lab.test", ProbeKey::kEcdsa), fleet.serial("www.lab.test", ProbeKey::kEcdsa));
  EXPECT_EQ(host.fingerprint(), before);
}

}  // namespace
}  // namespace certstead
