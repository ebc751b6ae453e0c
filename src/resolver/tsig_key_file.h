// TSIG keys as files and settings have them.
#pragma once

#include "resolver/tsig.h"

namespace certstead {

// `key "NAME" { algorithm hmac-sha256; secret "BASE64"; };`, as tsig-keygen writes it and BIND and NSD keep
// it, with comments. kInvalid, never with the secret in its sentence.
Result<TsigKey> parse_tsig_key_file(const SecretBytes& text);
// From its three parts; the secret is base64.
Result<TsigKey> make_tsig_key(std::string_view name, std::string_view algorithm, const SecretBytes& secret);

}  // namespace certstead
