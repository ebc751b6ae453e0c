// Port: whether a port serves a certificate, by a real handshake.
#pragma once

#include "base/clock.h"
#include "model/deployment.h"

namespace certstead {

struct ServedQuestion {
  std::string target;  // "https://127.0.0.1:443", "smtp+starttls://mail.example.test"
  // Asked for in the handshake (SNI); empty: what the target says, else the first host of `names`.
  std::string server_name;
  std::vector<std::string> names;   // of the certificate, A-labels, "*." allowed
  bool rsa = false;                 // the kind of key that the client offers
  std::string serial, fingerprint;  // of the certificate that ought to be served
};

// Ports that serve a view, for ServedQuestion::target.
struct ViewProof {
  std::string view;
  std::vector<std::string> targets;
};

class ServedProbe {
 public:
  virtual ~ServedProbe() = default;
  // One handshake. What goes wrong is a sentence in the answer's `problem`. Blocks until `deadline`.
  virtual ServedCertificate look(const ServedQuestion& question, Deadline deadline) = 0;
};

// A host under one of these names: itself, or one below a wildcard. Empty without names.
std::string host_under(const std::vector<std::string>& names);

}  // namespace certstead
