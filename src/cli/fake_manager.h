// A manager that answers as it is told, and a command line that runs against it.
#pragma once

#include <deque>
#include <map>
#include <sstream>

#include "base/fake_clock.h"
#include "cli/cli.h"

namespace certstead {

// Answers by "METHOD /target" (behind /api/v1), each answer once, the last one for ever. Status 0: nobody is
// there.
class FakeManager {
 public:
  void answer(const std::string& call, int status, std::string body) {
    answers_[call].push_back({status, {}, std::move(body), {}});
  }
  // What was asked: "METHOD /target", and behind a blank the body if there was one.
  const std::vector<std::string>& calls() const { return calls_; }
  const std::string& last_call() const { return calls_.back(); }

  Result<HttpResponse> send(const HttpRequest& request) {
    const std::string prefix = "http://certstead/api/v1";
    const std::string call = request.method + " " + request.url.substr(prefix.size());
    calls_.push_back(call + (request.body.empty() ? "" : " " + request.body));
    const auto found = answers_.find(call);
    if (found == answers_.end()) {
      return HttpResponse{
          404, {}, R"({"detail":"there is nothing like ')" + call + R"('","code":"not-found"})", {}};
    }
    HttpResponse out = found->second.front();
    if (found->second.size() > 1) found->second.pop_front();
    if (out.status == 0) return unavailable("connection refused");
    return out;
  }

 private:
  std::map<std::string, std::deque<HttpResponse>> answers_;
  std::vector<std::string> calls_;
};

class FakeManagerClient final : public HttpClient {
 public:
  explicit FakeManagerClient(FakeManager& manager) : manager_(manager) {}
  Result<HttpResponse> send(const HttpRequest& request, Deadline) override { return manager_.send(request); }

 private:
  FakeManager& manager_;
};

struct Ran {
  int exit_code = 0;
  std::string out, err;
};

// A command line on 2026-11-22 at 08:15:46 UTC, with no configuration file unless the environment names one.
class CliScene {
 public:
  Ran run(std::vector<std::string> words) {
    std::ostringstream out;
    std::ostringstream err;
    std::istringstream in(input);
    CliWorld world{.out = out, .err = err, .in = in, .clock = clock};
    world.terminal_in = terminal;
    world.terminal_out = terminal;
    world.environment = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = environment.find(name);
      return found == environment.end() ? std::nullopt : std::optional(found->second);
    };
    world.connect = [this](const std::string& path) -> Result<std::unique_ptr<HttpClient>> {
      socket = path;
      return std::unique_ptr<HttpClient>(std::make_unique<FakeManagerClient>(manager));
    };
    world.ask_secret = [this](const std::string& prompt) -> Result<SecretBytes> {
      prompts.push_back(prompt);
      if (typed.empty()) return unavailable("there is no terminal");
      const std::string line = typed.front();
      typed.pop_front();
      return SecretBytes(view_bytes(line));
    };
    world.pause = [this](Duration) { ++pauses; };
    world.version = "1.2.3";
    std::vector<const char*> argv = {"certstead"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    const int exit_code = run_cli(static_cast<int>(argv.size()), argv.data(), servers, world);
    return {exit_code, out.str(), err.str()};
  }

  FakeManager manager;
  ServerVerbs servers;
  FakeClock clock{from_unix_seconds(1'795'335'346)};
  std::map<std::string, std::string> environment;
  std::string input;
  std::string socket;  // that was connected to
  bool terminal = false;
  std::deque<std::string> typed;     // what is typed when a secret is asked for
  std::vector<std::string> prompts;  // by which it was asked for
  int pauses = 0;
};

}  // namespace certstead
