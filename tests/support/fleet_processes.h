// A manager and a gateway as processes of their own, with Pebble beside them: what an administrator runs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/temp_dir.h"
#include "lab/child_process.h"
#include "lab/lab.h"
#include "log/capture_log.h"
#include "net/http_client.h"
#include "probe/probe.h"

namespace certstead {

// What a command printed and how it ended.
struct CommandResult {
  int exit = -1;
  std::string out, err;
};

class FleetProcesses {
 public:
  // Starts Pebble with `ca` (directory, TLS and port are filled in), the manager and the gateway, and makes
  // the CA known as the default issuer "pebble". Throws with a sentence if one of them does not come up.
  // `manager`: further words of the manager's command line; "{}" in them stands for directory(), "{https}"
  // for https_port().
  explicit FleetProcesses(LabCaOptions ca = {}, bool gateway = true, std::vector<std::string> manager = {});
  ~FleetProcesses();

  // Runs `certstead WORDS...` against the manager, as the user that the servers run as.
  CommandResult cli(const std::vector<std::string>& words) const;
  // A handshake with the gateway, verified against the CA's root.
  Result<ProbeReport> probe(const std::string& name, ProbeKey key) const;
  // GET https://NAME/ through the gateway.
  Result<HttpResponse> get(const std::string& name) const;
  // The serial that is served to such a client; "" if there is none, or it does not verify.
  std::string serial(const std::string& name, ProbeKey key) const;

  // `wrapper` stands before the command: {"strace", ...}.
  void start_manager(const std::vector<std::string>& wrapper = {});
  // `more`: further words of the command line.
  void start_gateway(const std::vector<std::string>& more = {});
  // In the place of the gateway, on its ports: it serves the view in directory()/VIEW.
  void start_gateway_of(const std::string& view, const std::vector<std::string>& more = {});
  // Another gateway: it serves the view in directory()/NAME, which is its name, on a port of its own that is
  // given back, and has its own log. `wrapper` as above.
  std::uint16_t add_gateway(const std::string& name, const std::vector<std::string>& more = {},
                            const std::vector<std::string>& wrapper = {});
  void kill_manager();  // SIGKILL
  void stop_manager();
  void stop_gateway();
  bool manager_runs() const { return manager_ && !manager_->ended(); }
  pid_t manager_pid() const { return manager_->pid(); }  // of the wrapper, if there is one
  pid_t gateway_pid() const { return gateway_->pid(); }
  bool wait_for_manager(Duration limit) const;

  std::filesystem::path directory() const { return dir_.path(); }
  std::string data() const { return (dir_.path() / "data").string(); }
  std::string root_pem() const { return ca_->root_pem(); }
  std::uint16_t http_port() const { return http_; }
  std::uint16_t https_port() const { return https_; }
  std::string log_of(const std::string& name) const;  // "manager", "gateway", "pebble/pebble"
  const Lab& ca() const { return *ca_; }

 private:
  std::vector<std::string> as_user(std::vector<std::string> words) const;
  void start_ca(LabCaOptions options);
  void introduce_ca();
  // Returns once it is ready.
  std::unique_ptr<ChildProcess> run_gateway(const std::string& name, const std::string& view,
                                            const std::vector<std::string>& more,
                                            const std::vector<std::string>& wrapper) const;
  // To the manager behind a tracer, which a signal to the tracer alone would leave running; waits for its
  // end.
  void signal_traced(int signal) const;

  TempDir dir_;
  std::vector<std::string> manager_words_;
  CaptureLog log_;
  std::uint16_t http_ = 0, https_ = 0;
  std::unique_ptr<Lab> ca_;
  std::unique_ptr<ChildProcess> manager_, gateway_;
  std::vector<std::unique_ptr<ChildProcess>> more_gateways_;
  bool traced_ = false;  // the manager runs behind a wrapper
};

}  // namespace certstead
