// A gateway with credentials of both kinds of key from a CA of our own: what scanners and odd clients look
// at.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

#include "base/file.h"
#include "support/fleet_processes.h"

namespace certstead {

// www.lab.test has both kinds of key and the default slots, mail.lab.test ECDSA alone.
class ListenerScene : public FleetProcesses {
 public:
  // `gateway`: further words of its command line; `headers`: the text of its notes.ini, if it is to have one.
  explicit ListenerScene(std::vector<std::string> gateway = {}, std::string_view headers = "")
      : FleetProcesses({}, false) {
    run({"microca", "create", "office", "--permit", "lab.test", "--crl-url",
         "http://crl.lab.test/office.crl"});
    run({"request", "www.lab.test", "--issuer", "office", "--key", "p256,rsa2048", "--tag", "keyfile.kyr"});
    run({"request", "mail.lab.test", "--issuer", "office", "--key", "p256"});
    if (!headers.empty()) {
      const std::string file = directory() / "notes.ini";
      if (!write_file_atomic(file, view_bytes(headers), 0644)) throw std::runtime_error(file);
      gateway.insert(gateway.end(), {"--notes-ini", file});
    }
    start_gateway(gateway);
  }
  std::string office_pem() const { return cli({"microca", "export-cert", "office"}).out; }

 private:
  void run(const std::vector<std::string>& words) const {
    const CommandResult result = cli(words);
    if (result.exit != 0) throw std::runtime_error(words.front() + ": " + result.err);
  }
};

// One scene for all tests of a program: it takes seconds to start.
class Listener : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!scene_) scene_ = std::make_unique<ListenerScene>();
  }
  static inline std::unique_ptr<ListenerScene> scene_;
  friend class ListenerEnd;
};

// No sanitizer may have found anything by then.
class ListenerEnd : public testing::Environment {
 public:
  void TearDown() override {
    if (!Listener::scene_) return;
    Listener::scene_->stop_gateway();
    const std::string log = Listener::scene_->log_of("gateway");
    EXPECT_EQ(log.find("Sanitizer"), std::string::npos) << log;
    EXPECT_EQ(log.find("runtime error"), std::string::npos) << log;
    Listener::scene_.reset();
  }
};
inline testing::Environment* const kListenerEnd = testing::AddGlobalTestEnvironment(new ListenerEnd);

}  // namespace certstead
