#include "fleet_processes.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "lab/free_port.h"
#include "lab_tls.h"

namespace certstead {
namespace {

constexpr uid_t kNobody = 65534;
constexpr Duration kStart = std::chrono::seconds{60};  // sanitizers and a busy machine
constexpr Duration kLook = std::chrono::milliseconds{50};

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return std::move(*result);
}

// Under strace the leak checker can't work; behind faketime the sanitizer is not the first library.
const std::pair<std::string, std::string> kWrapped = {"ASAN_OPTIONS",
                                                      "detect_leaks=0:verify_asan_link_order=0"};

std::string text_of(const std::filesystem::path& path) {
  return read_text_file(path, 64U << 20).value_or("");
}

std::string quoted(const std::string& word) {
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::vector<std::string> placed(std::vector<std::string> words, const std::string& mark,
                                const std::string& text) {
  for (std::string& word : words) {
    const std::size_t at = word.find(mark);
    if (at != std::string::npos) word.replace(at, mark.size(), text);
  }
  return words;
}

}  // namespace

FleetProcesses::FleetProcesses(LabCaOptions ca, bool gateway, std::vector<std::string> manager)
    : manager_words_(placed(std::move(manager), "{}", dir_.path().string())) {
  const auto ports = must(free_ports(2));
  http_ = ports[0];
  https_ = ports[1];
  manager_words_ = placed(std::move(manager_words_), "{https}", std::to_string(https_));
  if (geteuid() == 0 && chown(dir_.path().c_str(), kNobody, kNobody) != 0)
    throw std::runtime_error("chown failed");
  start_ca(std::move(ca));
  start_manager();
  if (!wait_for_manager(kStart))
    throw std::runtime_error("the manager did not come up:\n" + log_of("manager"));
  introduce_ca();
  if (gateway) start_gateway();
}

FleetProcesses::~FleetProcesses() {
  stop_gateway();
  stop_manager();
}

// Servers refuse root, so tests that run as root hand them to nobody.
std::vector<std::string> FleetProcesses::as_user(std::vector<std::string> words) const {
  if (geteuid() != 0) return words;
  std::vector<std::string> out = {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
  out.insert(out.end(), words.begin(), words.end());
  return out;
}

void FleetProcesses::start_ca(LabCaOptions options) {
  LabTls tls = must(make_lab_tls(SystemClock().now()));
  options.directory = dir_.path() / "pebble";
  options.http01_port = http_;
  options.https_certificate_pem = tls.certificate;
  options.https_key_pem = std::move(tls.key);
  options.https_root_pem = tls.root;
  ca_ = must(Lab::start(std::move(options), log_));
  must(write_file_atomic(dir_.path() / "directory.pem", view_bytes(tls.root), 0644));
  must(write_file_atomic(dir_.path() / "root.pem", view_bytes(ca_->root_pem()), 0644));
}

void FleetProcesses::introduce_ca() {
  const CommandResult issuer =
      cli({"issuer", "add", "pebble", "--directory", ca_->directory_url(), "--trust",
           dir_.path() / "directory.pem", "--allow", "127.0.0.0/8", "--allow", "::1/128"});
  if (issuer.exit != 0) throw std::runtime_error("issuer add: " + issuer.err);
  const CommandResult preferred = cli({"issuer", "default", "pebble"});
  if (preferred.exit != 0) throw std::runtime_error("issuer default: " + preferred.err);
  const CommandResult roots = cli({"roots", "add", dir_.path() / "root.pem"});
  if (roots.exit != 0) throw std::runtime_error("roots add: " + roots.err);
}

void FleetProcesses::start_manager(const std::vector<std::string>& wrapper) {
  std::vector<std::string> words = wrapper;
  const std::vector<std::string> own = {CERTSTEAD_BINARY,
                                        "manager",
                                        "--data",
                                        data(),
                                        "--identity",
                                        dir_.path() / "identity",
                                        "--socket",
                                        dir_.path() / "api.sock",
                                        "--view",
                                        "gateway=" + (dir_.path() / "view").string(),
                                        "--self-check-port",
                                        std::to_string(http_),
                                        "--self-check-address",
                                        "127.0.0.1"};
  words.insert(words.end(), own.begin(), own.end());
  words.insert(words.end(), manager_words_.begin(), manager_words_.end());
  Command command;
  command.words = as_user(words);
  command.output = dir_.path() / "manager.log";
  if (!wrapper.empty()) command.environment.push_back(kWrapped);
  traced_ = !wrapper.empty();
  manager_ = must(ChildProcess::start(std::move(command)));
}

bool FleetProcesses::wait_for_manager(Duration limit) const {
  for (const Deadline deadline = Deadline::after(limit); !deadline.passed();
       std::this_thread::sleep_for(kLook)) {
    if (!manager_runs()) return false;
    if (cli({"version"}).exit == 0 && cli({"issuer", "list"}).exit == 0) return true;
  }
  return false;
}

void FleetProcesses::start_gateway(const std::vector<std::string>& more) { start_gateway_of("view", more); }

void FleetProcesses::start_gateway_of(const std::string& view, const std::vector<std::string>& more) {
  std::vector<std::string> words = {"--http", "127.0.0.1:" + std::to_string(http_), "--https",
                                    "127.0.0.1:" + std::to_string(https_)};
  words.insert(words.end(), more.begin(), more.end());
  gateway_ = run_gateway("gateway", view, words, {});
}

std::uint16_t FleetProcesses::add_gateway(const std::string& name, const std::vector<std::string>& more,
                                          const std::vector<std::string>& wrapper) {
  const std::uint16_t port = must(free_ports(1)).front();
  std::vector<std::string> words = {"--https", "127.0.0.1:" + std::to_string(port)};
  words.insert(words.end(), more.begin(), more.end());
  more_gateways_.push_back(run_gateway(name, name, words, wrapper));
  return port;
}

std::unique_ptr<ChildProcess> FleetProcesses::run_gateway(const std::string& name, const std::string& view,
                                                          const std::vector<std::string>& more,
                                                          const std::vector<std::string>& wrapper) const {
  must(write_file_atomic(dir_.path() / "page.html", view_bytes("<p>served by the gateway"), 0644));
  std::vector<std::string> words = wrapper;
  const std::vector<std::string> own = {CERTSTEAD_BINARY,          "gateway", "--static",
                                        dir_.path() / "page.html", "--view",  dir_.path() / view};
  words.insert(words.end(), own.begin(), own.end());
  words.insert(words.end(), more.begin(), more.end());
  Command command;
  command.words = as_user(words);
  command.output = dir_.path() / (name + ".log");
  if (!wrapper.empty()) command.environment.push_back(kWrapped);
  const std::string before = log_of(name);
  auto gateway = must(ChildProcess::start(std::move(command)));
  for (const Deadline deadline = Deadline::after(kStart);
       log_of(name).find("gateway.ready", before.size()) == std::string::npos;) {
    if (gateway->ended() || deadline.passed())
      throw std::runtime_error("the gateway did not come up:\n" + log_of(name));
    std::this_thread::sleep_for(kLook);
  }
  return gateway;
}

void FleetProcesses::signal_traced(int signal) const {
  if (!traced_) return;
  const std::string tracer = std::to_string(manager_->pid());
  std::ifstream children("/proc/" + tracer + "/task/" + tracer + "/children");
  for (pid_t child = 0; children >> child;) kill(child, signal);
  // The tracer ends with the last process that it traces.
  for (int i = 0; i < 1500 && manager_runs(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{20});
}

void FleetProcesses::kill_manager() {
  signal_traced(SIGKILL);
  if (manager_runs()) kill(manager_->pid(), SIGKILL);
  manager_->stop();
}

void FleetProcesses::stop_manager() {
  if (!manager_) return;
  signal_traced(SIGTERM);
  manager_->stop(std::chrono::seconds{30});
}

void FleetProcesses::stop_gateway() {
  if (gateway_) gateway_->stop(std::chrono::seconds{30});
}

std::string FleetProcesses::log_of(const std::string& name) const {
  return text_of(dir_.path() / (name + ".log"));
}

CommandResult FleetProcesses::cli(const std::vector<std::string>& words) const {
  std::vector<std::string> all = as_user({CERTSTEAD_BINARY, "--socket", dir_.path() / "api.sock"});
  all.insert(all.end(), words.begin(), words.end());
  static std::atomic<int> counter{0};
  const auto base = dir_.path() / ("cli-" + std::to_string(++counter));
  std::string line;
  for (const std::string& word : all) line += quoted(word) + " ";
  line += "<&- >" + base.string() + ".out 2>" + base.string() + ".err";
  const int status =
      std::system(line.c_str());  // NOLINT(concurrency-mt-unsafe,cert-env33-c): words are quoted
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text_of(base.string() + ".out"),
          text_of(base.string() + ".err")};
}

Result<ProbeReport> FleetProcesses::probe(const std::string& name, ProbeKey key) const {
  ProbeRequest request;
  request.host = "127.0.0.1";
  request.port = https_;
  request.server_name = name;
  request.key = key;
  request.trusted_roots = ca_->root_pem();
  request.deadline = Deadline::after(std::chrono::seconds{20});
  return certstead::probe(request);
}

Result<HttpResponse> FleetProcesses::get(const std::string& name) const {
  HttpClientOptions options;
  TRY(options.egress, EgressPolicy::with_allowed({"127.0.0.0/8"}));
  options.trusted_roots_pem = ca_->root_pem();
  options.resolve = {name + ":" + std::to_string(https_) + ":127.0.0.1"};
  TRY(const auto client, make_http_client(std::move(options)));
  return client->send({.url = "https://" + name + ":" + std::to_string(https_) + "/"},
                      Deadline::after(std::chrono::seconds{20}));
}

std::string FleetProcesses::serial(const std::string& name, ProbeKey key) const {
  const auto report = probe(name, key);
  return report && report->verified ? report->leaf.serial() : "";
}

}  // namespace certstead
