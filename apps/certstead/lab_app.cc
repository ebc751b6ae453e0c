#include "lab_app.h"

#include <boost/json/value.hpp>
#include <cstdio>
#include <optional>
#include <thread>

#include "base/address.h"
#include "base/file.h"
#include "base/temp_dir.h"
#include "cli/cli.h"
#include "json/json.h"
#include "lab/child_process.h"
#include "lab/free_port.h"
#include "lab/lab.h"
#include "lab_dns.h"
#include "lab_tls.h"
#include "log_tail.h"
#include "net/http_client.h"
#include "service.h"

namespace certstead {
namespace {

constexpr const char* kMarker = "made-by-certstead-lab";
constexpr Duration kStart = std::chrono::seconds{20};
constexpr Duration kLook = std::chrono::milliseconds{50};

std::string text_of(const ListenAddress& where) {
  return url_host(where.address) + ":" + std::to_string(where.port);
}

// Everything that the lab started, in the order in which it is stopped again.
class LabServer {
 public:
  LabServer(LabOptions options, LogSink& log) : options_(std::move(options)), log_(log) {}
  Status run();

 private:
  Status choose_places();
  Status start_ca();
  Status open_views() const;
  Status start_manager();
  Status start_gateway();
  Status introduce_ca();
  Status introduce_dns();
  Result<std::unique_ptr<ChildProcess>> start_role(std::vector<std::string> words, const std::string& name);
  Result<HttpResponse> call(const std::string& method, const std::string& path,
                            const boost::json::value& body);
  void announce() const;

  LabOptions options_;
  bool is_served_ = false;  // somebody listens where `options_.https` says
  LogSink& log_;
  std::optional<TempDir> temporary_;
  std::filesystem::path directory_;
  std::string https_root_;
  std::unique_ptr<Lab> ca_;
  std::unique_ptr<ChildProcess> manager_, gateway_;
};

Status LabServer::choose_places() {
  if (options_.directory.empty()) {
    temporary_.emplace();
    directory_ = temporary_->path();
  } else {
    directory_ = options_.directory;
    CHECK_OK(make_directories(directory_));
    std::error_code failure;
    const bool empty = std::filesystem::is_empty(directory_, failure);
    if (!empty && !std::filesystem::exists(directory_ / kMarker, failure)) {
      return conflict(directory_.string() + " is not empty and not a lab's; choose an empty directory",
                      "lab-directory");
    }
    // The test CA forgets everything when it stops, so what an earlier lab got from it is worth nothing.
    for (const char* part : {"data", "identity", "views", "pebble"}) {
      std::filesystem::remove_all(directory_ / part, failure);
    }
  }
  CHECK_OK(write_file_atomic(directory_ / kMarker, {}));
  if (options_.socket.empty()) options_.socket = directory_ / "api.sock";
  is_served_ = options_.gateway || options_.https.port != 0;
  if (options_.http.port == 0 || options_.https.port == 0) {
    TRY(const auto ports, free_ports(2));
    if (options_.http.port == 0) options_.http.port = ports[0];
    if (options_.https.port == 0) options_.https.port = ports[1];
  }
  return Done{};
}

Status LabServer::start_ca() {
  TRY(LabTls tls, make_lab_tls(SystemClock().now()));
  https_root_ = tls.root;
  LabCaOptions ca;
  ca.directory = directory_ / "pebble";
  ca.https_certificate_pem = std::move(tls.certificate);
  ca.https_key_pem = std::move(tls.key);
  ca.https_root_pem = std::move(tls.root);
  ca.http01_port = options_.http.port;
  TRY(ca_, Lab::start(std::move(ca), log_));
  return write_file_atomic(directory_ / "root.pem", view_bytes(ca_->root_pem()), 0644);
}

// The same program in another role.
Result<std::unique_ptr<ChildProcess>> LabServer::start_role(std::vector<std::string> words,
                                                            const std::string& name) {
  Command command;
  command.words = {"/proc/self/exe"};
  command.words.insert(command.words.end(), words.begin(), words.end());
  command.output = directory_ / (name + ".log");
  return ChildProcess::start(std::move(command));
}

Result<HttpResponse> LabServer::call(const std::string& method, const std::string& path,
                                     const boost::json::value& body) {
  HttpClientOptions http;
  http.unix_socket = options_.socket;
  TRY(const auto client, make_http_client(std::move(http)));
  HttpRequest request;
  request.method = method;
  request.url = "http://localhost" + path;
  if (!body.is_null()) {
    request.headers.add("Content-Type", "application/json");
    request.body = to_json_text(body);
  }
  return client->send(request, Deadline::after(std::chrono::seconds{30}));
}

// A gateway of another user has to pass through the directory above its view.
Status LabServer::open_views() const {
  const auto views = directory_ / "views";
  CHECK_OK(make_directories(views));
  if (options_.view_group.empty()) return Done{};
  std::error_code failure;
  std::filesystem::permissions(views, std::filesystem::perms{0711}, failure);
  if (failure) return unavailable("cannot set the mode of " + views.string() + ": " + failure.message());
  return Done{};
}

Status LabServer::start_manager() {
  CHECK_OK(open_views());
  const std::string view = "gateway=" + (directory_ / "views" / "gateway").string() +
                           (options_.view_group.empty() ? "" : ":" + options_.view_group);
  std::vector<std::string> words = {"manager",
                                    "--data",
                                    directory_ / "data",
                                    "--identity",
                                    directory_ / "identity",
                                    "--socket",
                                    options_.socket,
                                    "--view",
                                    view,
                                    "--self-check-port",
                                    std::to_string(options_.http.port),
                                    "--self-check-address",
                                    options_.http.address,
                                    "--dns-resolvers",
                                    ca_->dns_server()};
  if (is_served_) words.insert(words.end(), {"--gateway-https", text_of(options_.https)});
  TRY(manager_, start_role(std::move(words), "manager"));
  const Deadline deadline = Deadline::after(kStart);
  for (;;) {
    const auto ready = call("GET", "/readyz", nullptr);
    if (ready && ready->status == 200) return Done{};
    const auto ended = manager_->ended();
    if (ended || deadline.passed()) {
      return unavailable("the manager did not come up (" + ended.value_or("no answer") + "); see " +
                             (directory_ / "manager.log").string(),
                         "lab-manager");
    }
    std::this_thread::sleep_for(kLook);
  }
}

Status LabServer::introduce_ca() {
  const boost::json::value issuer = {{"name", "pebble"},
                                     {"description", "the lab's test CA"},
                                     {"directory_url", ca_->directory_url()},
                                     {"trusted_pem", https_root_},
                                     {"allowed_networks", {"127.0.0.0/8", "::1/128"}}};
  const boost::json::value root = {{"pem", ca_->root_pem()}};
  const boost::json::value preferred = {{"value", "pebble"}};
  const std::pair<std::string, std::string> places[] = {
      {"POST", "/api/v1/issuers"}, {"POST", "/api/v1/roots"}, {"PUT", "/api/v1/settings/default-issuer"}};
  const boost::json::value* bodies[] = {&issuer, &root, &preferred};
  for (std::size_t i = 0; i < 3; ++i) {
    TRY(const HttpResponse answer, call(places[i].first, places[i].second, *bodies[i]));
    if (answer.status / 100 == 2) continue;
    return internal("the manager refused " + places[i].second + ": " + answer.body);
  }
  return Done{};
}

// The challenge server as a DNS provider, described as an administrator would describe one. It answers for a
// part of the lab's names alone, so that the others are proved over HTTP.
Status LabServer::introduce_dns() {
  const std::string document = lab_dns_document();
  CHECK_OK(write_file_atomic(directory_ / "lab-dns.dxl", view_bytes(document), 0644));
  const boost::json::value definition = {{"kind", "dxl"}, {"name", kLabDns}, {"text", document}};
  const boost::json::value account = {{"name", "lab"},
                                      {"provider", kLabDns},
                                      {"domains", {"dns.lab.test"}},
                                      {"settings", {{"cfg_URL", ca_->dns_management_url()}}},
                                      {"propagation", "delay"},
                                      {"delay_seconds", 0}};
  for (const auto& [path, body] :
       {std::pair{"/api/v1/dns/definitions", &definition}, std::pair{"/api/v1/dns/accounts", &account}}) {
    TRY(const HttpResponse answer, call("POST", path, *body));
    if (answer.status / 100 != 2)
      return internal(std::string("the manager refused ") + path + ": " + answer.body);
  }
  return Done{};
}

Status LabServer::start_gateway() {
  if (!options_.gateway) return Done{};
  const auto page = directory_ / "index.html";
  CHECK_OK(write_file_atomic(
      page, view_bytes("<!doctype html><title>Certstead lab</title><p>Served by the lab's gateway.\n")));
  TRY(gateway_, start_role({"gateway", "--static", page, "--view", directory_ / "views" / "gateway", "--http",
                            text_of(options_.http), "--https", text_of(options_.https)},
                           "gateway"));
  return Done{};
}

void LabServer::announce() const {
  std::printf("ready\n  CA         %s\n  root       %s\n  manager    export CERTSTEAD_SOCKET=%s\n",
              ca_->directory_url().c_str(), (directory_ / "root.pem").c_str(), options_.socket.c_str());
  if (gateway_) {
    std::printf("  gateway    http %u, https %u on %s\n", options_.http.port, options_.https.port,
                options_.https.address.c_str());
  }
  std::printf(
      "Try: certstead request www.lab.test --agree-tos\n     certstead request '*.dns.lab.test' dns.lab.test "
      "--name wild\n"
      "Lines that begin with CA: what the CA says meanwhile. Stop with Ctrl-C.\n");
  std::fflush(stdout);
}

Status LabServer::run() {
  CHECK_OK(choose_places());
  CHECK_OK(start_ca());
  CHECK_OK(start_manager());
  CHECK_OK(introduce_ca());
  CHECK_OK(introduce_dns());
  CHECK_OK(start_gateway());
  announce();
  notify_systemd("READY=1");
  const LogTail tail(directory_ / "pebble" / "pebble.log", "CA: ");
  wait_for_stop();
  if (gateway_) gateway_->stop();
  manager_->stop();
  return Done{};
}

}  // namespace

int run_lab(const LabOptions& options) {
  return run_server("lab", options.log, [&](LogSink& log) { return LabServer(options, log).run(); });
}

}  // namespace certstead
