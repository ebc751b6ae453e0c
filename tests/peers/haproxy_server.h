// HAProxy in master-worker mode: HTTPS, and a stats socket "admin.sock" in its directory.
#pragma once

#include "peers/tls_server.h"

namespace certstead {

// It reads only the certificate of each pair: a file with its key, or the name of a bundle (www.pem for
// www.pem.ecdsa and www.pem.rsa). kNotFound with a sentence where it is not installed.
Result<std::unique_ptr<TlsServer>> start_haproxy(const TlsServerOptions& options);

}  // namespace certstead
