// The address of this end of a connection, as text.
#pragma once

#include <openssl/ssl.h>

#include <string>

#include "base/address.h"

namespace certstead {

// As address_text() has it. "" if the connection has no socket that OpenSSL knows.
std::string socket_address(const SSL* ssl);

}  // namespace certstead
