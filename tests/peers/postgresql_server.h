// PostgreSQL with TLS, as nobody.
#pragma once

#include "peers/tls_server.h"

namespace certstead {

// Takes the first pair alone; its key has to be nobody's where this is root. kNotFound with a sentence where
// it is not installed.
Result<std::unique_ptr<TlsServer>> start_postgresql(const TlsServerOptions& options);

}  // namespace certstead
