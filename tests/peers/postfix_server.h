// Postfix: SMTP with STARTTLS, and SMTP over TLS.
#pragma once

#include "peers/tls_server.h"

namespace certstead {

// kNotFound with a sentence where it is not installed or this is not root.
Result<std::unique_ptr<TlsServer>> start_postfix(const TlsServerOptions& options);

}  // namespace certstead
