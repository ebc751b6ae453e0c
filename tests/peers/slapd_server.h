// Debian's OpenLDAP as a TLS server on the loopback.
#pragma once

#include "peers/tls_server.h"

namespace certstead {

// STARTTLS on its first port, TLS from the first byte on its second; no directory in it. It serves one key,
// that of the first pair, and takes new files by a change of its own configuration, without a restart. As
// nobody where the test is root: that one has to own the key. kNotFound if slapd or ldap-utils are not
// installed.
Result<std::unique_ptr<TlsServer>> start_slapd(const TlsServerOptions& options);

}  // namespace certstead
