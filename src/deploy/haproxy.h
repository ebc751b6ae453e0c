// HAProxy's runtime interface: new certificates without a reload.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/secret.h"

namespace certstead {

// What HAProxy said to a step. Pure; for tests and the fuzzer.
Status check_haproxy_answer(std::string_view step, std::string_view answer);

// Gives HAProxy at `socket` (a Unix socket with level admin) the PEM of key and chain as the certificate that
// it calls `name` ("set ssl cert", "commit ssl cert"). If either step is refused the transaction is aborted,
// and the old certificate serves on: kNotFound ("haproxy-absent") if it does not run, else kUnavailable
// ("haproxy") with what HAProxy said. Blocks until `deadline`.
Status give_to_haproxy(const std::string& socket, const std::string& name, const SecretBytes& pem,
                       Deadline deadline);

}  // namespace certstead
