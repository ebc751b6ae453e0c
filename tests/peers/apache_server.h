// Apache: one site for every name, over HTTPS.
#pragma once

#include "peers/tls_server.h"

namespace certstead {

// kNotFound with a sentence where it is not installed. As root its workers are www-data, as packaged.
Result<std::unique_ptr<TlsServer>> start_apache(const TlsServerOptions& options);

}  // namespace certstead
