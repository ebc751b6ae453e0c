// Debian's nginx with Debian's configuration; changed are ports, paths, and that the site speaks TLS.
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "preload/preload_fixture.h"

namespace certstead {
namespace {

class NginxPreload : public Preload {
 protected:
  void SetUp() override {
    if (!have_program("nginx")) GTEST_SKIP() << "install nginx to run this test";
  }

  // Copies /etc/nginx. `more` goes into the site's server block.
  void configure(const std::string& more = "") {
    port_ = free_port();
    const std::string etc = path("nginx").string();
    std::filesystem::copy("/etc/nginx", etc, std::filesystem::copy_options::recursive);
    std::string conf = read_text(etc + "/nginx.conf");
    replace_text(conf, "/run/nginx.pid", path("nginx.pid"));
    replace_text(conf, "/var/log/nginx", dir_.path());
    replace_text(conf, "include /etc/nginx/", "include " + etc + "/");
    write_text(etc + "/nginx.conf", conf);
    std::string site = read_text("/etc/nginx/sites-available/default");
    replace_text(site, "listen 80 default_server;",
                 "listen 127.0.0.1:" + std::to_string(port_) + " ssl default_server; ssl_certificate " +
                     path("own.pem").string() + "; ssl_certificate_key " + path("own.key").string() + ";");
    replace_text(site, "listen [::]:80 default_server;", "");
    site += "server { listen 127.0.0.1:" + std::to_string(port_) + " ssl; server_name " + kName +
            "; ssl_certificate " + path("named.pem").string() + "; ssl_certificate_key " +
            path("named.key").string() + "; root /var/www/html; " + more + " }\n";
    std::filesystem::remove(etc + "/sites-enabled/default");
    write_text(etc + "/sites-enabled/default", site);
  }

  void start(const std::filesystem::path& view, bool unprivileged = false,
             std::vector<std::string> more = {}) {
    std::vector<std::string> variables = environment(view);
    variables.insert(variables.end(), more.begin(), more.end());
    nginx_ = std::make_unique<Process>(must(Process::start({.command = command(),
                                                            .environment = variables,
                                                            .output = path("output"),
                                                            .unprivileged = unprivileged})));
    ASSERT_TRUE(wait_for_port(port_, *nginx_)) << output();
  }
  std::vector<std::string> command() const {
    return {"nginx", "-c", path("nginx/nginx.conf"), "-e", path("error.log"), "-g", "daemon off;"};
  }
  void needs_root() {
    if (::geteuid() != 0) GTEST_SKIP() << "run as root, so that nginx can change its user";
  }
  Target target() const { return {port_}; }

  std::uint16_t port_ = 0;
  std::unique_ptr<Process> nginx_;
};

TEST_F(NginxPreload, ServesTheViewToEachClientAndItsOwnCertificateToTheRest) {
  needs_root();
  configure();
  start(make_view("nginx"));
  expect_served(target());
  EXPECT_NE(log().find("tlscache.open"), std::string::npos) << log();
}

TEST_F(NginxPreload, ThousandSwapsUnderLoadLoseNoHandshakeAlsoAcrossReloads) {
  needs_root();
  configure();
  const auto view = make_view("nginx");
  start(view);
  const std::vector<pid_t> before = descendants(nginx_->pid());
  swap_under_load(target(), view, [&] {
    nginx_->signal(SIGHUP);
    EXPECT_TRUE(eventually([&] { return descendants(nginx_->pid()) != before; })) << "no new worker";
  });
  kill_the_writer(target(), view);
}

TEST_F(NginxPreload, WorkerOpensItsOwnViewOnly) {
  needs_root();
  configure();
  const auto view = make_view("nginx"), mail = make_view("mail");
  start(view);
  ASSERT_TRUE(client().ask(target(), {.name = kName}).ok);
  expect_confined(descendants(nginx_->pid()), view, mail);
}

TEST_F(NginxPreload, ServesAsAnOrdinaryUser) {
  // One who is not root makes files for a group of his own.
  const gid_t group = ::geteuid() == 0 ? 65534 : ::getegid();
  configure();
  std::string conf = read_text(path("nginx/nginx.conf"));
  std::string temp;
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    temp += std::string(kind) + "_temp_path " + path(kind).string() + ";\n";
  }
  replace_text(conf, "http {", "http {\n" + temp);
  write_text(path("nginx/nginx.conf"), conf);
  const auto view = make_view("nginx", group);
  ASSERT_EQ(::chmod(path("views").c_str(), 0755), 0);
  const std::string dir = dir_.path().string();
  const std::string files = dir + "/own.* " + dir + "/named.*";
  ASSERT_EQ(std::system(("chgrp -R " + std::to_string(group) + " " + files + " " + dir + " && chmod 0775 " +
                         dir + " && chmod 0640 " + files)
                            .c_str()),
            0);
  // chgrp went over the view as well; the writer says what it needs.
  { const auto writer = must(ViewWriter::open(view, {.group = group})); }
  start(view, true);
  expect_served(target());
  swap_under_load(target(), view);
}

TEST_F(NginxPreload, ConnectionsToItsUpstreamsKeepTheirCertificate) {
  needs_root();
  const std::string own = path("own.pem").string(), key = path("own.key").string();
  const std::uint16_t upstream = free_port();
  configure("location = /up { proxy_pass https://127.0.0.1:" + std::to_string(upstream) +
            "; proxy_ssl_server_name on; proxy_ssl_name " + kName + "; proxy_ssl_certificate " + own +
            "; proxy_ssl_certificate_key " + key + "; }\n");
  write_text(path("nginx/sites-enabled/upstream"),
             "server { listen 127.0.0.1:" + std::to_string(upstream) + " ssl; ssl_certificate " + own +
                 "; ssl_certificate_key " + key +
                 "; ssl_verify_client optional_no_ca; return 200 \"client $ssl_client_s_dn\\n\"; }\n");
  start(make_view("nginx"));
  const Served served = client().ask(
      target(),
      {.name = kName, .request = "GET /up HTTP/1.1\r\nHost: www.preload.test\r\nConnection: close\r\n\r\n"});
  EXPECT_NE(served.answer.find("client CN=own.preload.test"), std::string::npos) << served.answer;
}

TEST_F(NginxPreload, RunsAsWithoutUsWhileThereIsNoViewAndServesItOnceItCanBeOpened) {
  needs_root();
  configure();
  // As root, so that the path is still open to the worker later.
  std::string conf = read_text(path("nginx/nginx.conf"));
  replace_text(conf, "user www-data;", "user root;");
  write_text(path("nginx/nginx.conf"), conf);
  start(path("views") / "nginx");
  EXPECT_EQ(TlsClient().ask(target(), {.name = kName}).fingerprint, named_);
  EXPECT_NE(log().find("tlscache.no-view"), std::string::npos) << log();
  make_view("nginx");
  EXPECT_TRUE(eventually([&] { return client().ask(target(), {.name = kName}).ok; })) << log();
}

TEST_F(NginxPreload, UnknownNamesAreRefusedWhereTheEnvironmentSaysSo) {
  needs_root();
  configure();
  start(make_view("nginx"), false, {"TLSCACHE_ON_UNKNOWN=refuse", std::string("TLSCACHE_TAG=") + kName});
  EXPECT_FALSE(TlsClient().ask(target(), {.name = kUnknown}).ok);
  EXPECT_EQ(TlsClient().ask(target(), {.name = ""}).fingerprint, leaves_[std::string(kName) + "/ec"]);
}

TEST_F(NginxPreload, SessionsResumeAtTheirNameOnly) {
  needs_root();
  configure();
  start(make_view("nginx"));
  expect_sessions_resume_at_their_name_only(target(), "GET / HTTP/1.0\r\n\r\n", true);
}

}  // namespace
}  // namespace certstead
