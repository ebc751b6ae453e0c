// A whole manager in the process, a view of it, and deployments of that view on this host.
#pragma once

#include "deploy/host.h"
#include "probe/probe.h"
#include "test_manager.h"

namespace certstead {

class DeployScene {
 public:
  static constexpr const char* kName = "www.example.test";

  // Issues the set kName with an ECDSA and an RSA key.
  DeployScene();

  // Below a directory that other users may enter.
  std::string at(const std::string& name) const { return (dir.path() / name).string(); }
  std::string text(const std::string& name) const { return read_text_file(at(name)).value_or(""); }
  // New certificates for the set, in the view.
  void renew();
  // Of the active version: "ecdsa" or "rsa".
  std::string serial(const std::string& kind);
  // One for the set, named "www".
  static Deployment deployment(Layout layout);
  // Writes it into deploy.d, in the place of the one of that name.
  void put(const Deployment& deployment);
  // Runs all; there is one.
  DeployRun run(DeployHost::Mode mode = DeployHost::Mode::kRun);
  // The words of `certstead deploy run` for the same places.
  std::vector<std::string> run_words() const;
  std::filesystem::path view() const { return manager.dir.path() / "view"; }

  TempDir dir;
  TestManager manager;

 private:
  void wait_for_view();
  NullLog log_;

 public:
  DeployHost host;
};

// What a handshake shows: a serial number, or why there was none.
std::string served_serial(const std::string& target, const std::string& kind);

// Whether key and certificate in these files (or one) belong together; the serial then, else what is wrong.
std::string serial_of_pair(const std::string& key_file, const std::string& certificate_file);

}  // namespace certstead
