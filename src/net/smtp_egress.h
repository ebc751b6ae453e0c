// The one place from which mail leaves the house.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"

namespace certstead {

enum class SmtpTls {
  kStartTls,  // required
  kFromStart,
  kNone  // in clear, and without a password
};

struct SmtpRequest {
  std::string server;  // "HOST:PORT"
  SmtpTls tls = SmtpTls::kStartTls;
  std::string trusted_pem;  // roots for its certificate; empty: the system's
  std::string user;         // empty: no log-in
  std::string from;
  std::vector<std::string> to;
  std::string mail;  // headers and body, lines ended by CR LF
};

// Hands the mail over, once. The server's certificate must be trusted and name it, unless there is no TLS.
// Errors: kDenied (certificate not trusted, log-in refused, no STARTTLS offered), kInvalid (the server
// refuses the mail for good, 5xx), kUnavailable (try later). Blocks until `deadline` at most. Safe from any
// thread; the program must ignore SIGPIPE.
Status send_mail(const SmtpRequest& request, const SecretBytes& password, Deadline deadline);

}  // namespace certstead
