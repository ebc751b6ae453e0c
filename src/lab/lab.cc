#include "lab/lab.h"

#include <boost/json/object.hpp>
#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "json/json.h"
#include "lab/free_port.h"

namespace certstead {
namespace {

constexpr const char* kPackage = "pebble";
constexpr Duration kPause{50};
constexpr int kStartTries = 3;

std::string loopback(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

Result<std::string> pebble_config(const LabCaOptions& options, std::uint16_t acme, std::uint16_t management,
                                  std::uint16_t http01, std::uint16_t tls) {
  boost::json::object keys;
  for (const auto& [kid, key] : options.eab_keys) keys[kid] = key;
  boost::json::object pebble{{"listenAddress", loopback(acme)},
                             {"managementListenAddress", loopback(management)},
                             {"certificate", (options.directory / "https.pem").string()},
                             {"privateKey", (options.directory / "https.key").string()},
                             {"httpPort", http01},
                             {"tlsPort", tls},
                             {"ocspResponderURL", ""},
                             {"externalAccountBindingRequired", !keys.empty()}};
  if (!keys.empty()) pebble["externalAccountMACKeys"] = std::move(keys);
  if (options.certificate_life) pebble["certificateValidityPeriod"] = options.certificate_life->count();
  return to_pretty_json(boost::json::object{{"pebble", std::move(pebble)}});
}

std::vector<std::pair<std::string, std::string>> pebble_environment(const LabCaOptions& options) {
  std::vector<std::pair<std::string, std::string>> out = {
      {"PEBBLE_WFE_NONCEREJECT", std::to_string(options.refused_nonces)},
      {"PEBBLE_AUTHZREUSE", std::to_string(options.reused_authorizations)},
      {"PEBBLE_ALTERNATE_ROOTS", std::to_string(options.alternate_roots)},
      {"PEBBLE_CHAIN_LENGTH", std::to_string(options.intermediates)}};
  if (!options.slow_validation) out.emplace_back("PEBBLE_VA_NOSLEEP", "1");
  if (options.skip_validation) out.emplace_back("PEBBLE_VA_ALWAYS_VALID", "1");
  return out;
}

Status write_files(const LabCaOptions& options, const std::string& config) {
  CHECK_OK(make_directories(options.directory));
  CHECK_OK(write_file_atomic(options.directory / "https.pem", view_bytes(options.https_certificate_pem)));
  CHECK_OK(write_file_atomic(options.directory / "https.key", options.https_key_pem.reveal()));
  return write_file_atomic(options.directory / "pebble.json", view_bytes(config));
}

// The last lines of what a program printed.
std::string end_of_log(const std::filesystem::path& path) {
  const Result<std::string> text = read_text_file(path);
  if (!text) return "";
  const std::string_view end = std::string_view(*text).substr(text->size() > 400 ? text->size() - 400 : 0);
  return printable(trim(end), 600);
}

Result<std::unique_ptr<HttpClient>> loopback_client(const std::string& root_pem) {
  HttpClientOptions options;
  TRY(options.egress, EgressPolicy::with_allowed({"127.0.0.0/8", "::1/128"}));
  options.trusted_roots_pem = root_pem;
  return make_http_client(std::move(options));
}

// The body of the first 200 that comes before the deadline.
Result<std::string> fetch_until(HttpClient& client, const std::string& url, Deadline deadline,
                                const std::function<bool()>& hopeless) {
  HttpRequest request;
  request.url = url;
  while (true) {
    Result<HttpResponse> answer = client.send(request, deadline.earlier(std::chrono::seconds(5)));
    if (answer && answer->status == 200) return std::move(answer->body);
    if (deadline.passed() || hopeless()) {
      if (!answer) return answer.error();
      return unavailable(url + " answers with status " + std::to_string(answer->status));
    }
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace

struct Lab::Ports {
  std::uint16_t acme, management, http01, tls, dns, dns_management;
};

Status Lab::launch(const LabCaOptions& options, const Ports& ports) {
  TRY(const std::string challenge_server, find_program("pebble-challtestsrv", kPackage));
  TRY(const std::string pebble, find_program("pebble", kPackage));
  TRY(const std::string config,
      pebble_config(options, ports.acme, ports.management, ports.http01, ports.tls));
  CHECK_OK(write_files(options, config));
  Command dns;
  dns.words = {challenge_server,
               "-management",
               loopback(ports.dns_management),
               "-dns01",
               loopback(ports.dns),
               "-http01",
               "",
               "-https01",
               "",
               "-tlsalpn01",
               "",
               "-defaultIPv4",
               "127.0.0.1",
               "-defaultIPv6",
               ""};
  dns.output = options.directory / "challtestsrv.log";
  TRY(challenge_server_, ChildProcess::start(std::move(dns)));
  Command ca;
  dns_server_ = options.dns_server.empty() ? loopback(ports.dns) : options.dns_server;
  ca.words = {pebble, "-config", (options.directory / "pebble.json").string(), "-dnsserver", dns_server_};
  if (options.strict) ca.words.emplace_back("-strict");
  ca.environment = pebble_environment(options);
  ca.output = options.directory / "pebble.log";
  TRY(pebble_, ChildProcess::start(std::move(ca)));
  directory_url_ = "https://localhost:" + std::to_string(ports.acme) + "/dir";
  dns_management_url_ = "http://" + loopback(ports.dns_management);
  management_url_ = "https://localhost:" + std::to_string(ports.management);
  http01_port_ = ports.http01;
  return Done{};
}

Status Lab::wait_until_ready(const LabCaOptions& options) {
  TRY(const std::unique_ptr<HttpClient> client, loopback_client(options.https_root_pem));
  const Deadline deadline = Deadline::after(options.start_time);
  const auto hopeless = [this] { return failure().has_value(); };
  const auto not_ready = [&](const Error& cause) {
    return unavailable("the lab's CA does not come up: " + failure().value_or(cause.detail) + "; " +
                       end_of_log(options.directory / "pebble.log") + " " +
                       end_of_log(options.directory / "challtestsrv.log"));
  };
  const Result<std::string> directory = fetch_until(*client, directory_url_, deadline, hopeless);
  if (!directory) return not_ready(directory.error());
  Result<std::string> root = fetch_until(*client, management_url_ + "/roots/0", deadline, hopeless);
  if (!root) return not_ready(root.error());
  root_pem_ = *std::move(root);
  return Done{};
}

std::optional<std::string> Lab::failure() const {
  const std::optional<std::string> pebble = pebble_->ended();
  if (pebble) return "pebble: " + *pebble;
  const std::optional<std::string> challenge_server = challenge_server_->ended();
  if (challenge_server) return "pebble-challtestsrv: " + *challenge_server;
  return std::nullopt;
}

Lab::~Lab() = default;

Result<std::unique_ptr<Lab>> Lab::start(LabCaOptions options, LogSink& log) {
  options.directory = std::filesystem::absolute(options.directory);
  for (int tries = 1;; ++tries) {
    std::unique_ptr<Lab> lab(new Lab);
    TRY(const std::vector<std::uint16_t> free, free_ports(6));
    const Ports ports{free[0], free[1], options.http01_port == 0 ? free[2] : options.http01_port,
                      free[3], free[4], free[5]};
    CHECK_OK(lab->launch(options, ports));
    const Status ready = lab->wait_until_ready(options);
    if (ready) {
      log.info("lab.ready", {{"directory", lab->directory_url()}, {"http01_port", lab->http01_port()}});
      return lab;
    }
    // Somebody may have taken one of the ports in between.
    if (tries == kStartTries) return ready.error();
    log.warning("lab.retry", {{"error", ready.error().detail}});
  }
}

}  // namespace certstead
