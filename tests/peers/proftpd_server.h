// Debian's ProFTPD as a TLS server on the loopback.
#pragma once

#include "peers/tls_server.h"

namespace certstead {

// FTP with AUTH TLS, for two pairs at most: ECDSA, then RSA. kNotFound with a sentence where it is not
// installed or this is not root.
Result<std::unique_ptr<TlsServer>> start_proftpd(const TlsServerOptions& options);

}  // namespace certstead
