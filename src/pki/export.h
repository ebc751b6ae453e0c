// Credentials in the forms that other programs read. What holds a key comes back as SecretBytes, and every
// copy made on the way is wiped.
#pragma once

#include <string>
#include <vector>

#include "crypto/key.h"

namespace certstead {

// PBKDF2 rounds for an encrypted key (a quarter of a second).
inline constexpr int kPemIterations = 600'000;
// Rounds of each of the three derivations of a modern PKCS#12 file: key, certificates, MAC. Old readers get
// what was usual in their time.
inline constexpr int kPkcs12Iterations = 200'000;
inline constexpr int kLegacyPkcs12Iterations = 2'048;

// PEM of the chain, in its order: leaf, intermediates (fullchain.pem).
std::string chain_to_pem(const std::vector<Bytes>& chain);

// "ENCRYPTED PRIVATE KEY": PKCS#8 with PBES2, PBKDF2-HMAC-SHA256, AES-256-CBC (RFC 8018). kInvalid
// ("password-empty") without a password. The clear form is PrivateKey::to_pkcs8_pem(). Safe from any thread.
Result<SecretBytes> key_to_pem(const PrivateKey& key, const SecretBytes& password);

enum class Pkcs12Style {
  kModern,  // PBES2 with AES-256-CBC, MAC with SHA-256
  kLegacy,  // triple DES and a SHA-1 MAC: OpenSSL 1.0, Java 8, Domino 12.0.2, old Windows
};

// A PKCS#12 file (RFC 7292) with the key and `chain` (DER: leaf first, which must be the key's; all of it
// goes in). `password` is UTF-8. kInvalid: "password-empty", "certificate-key" if the leaf is another key's,
// "chain-empty". Safe from any thread; blocks for the derivations (a third of a second for kModern).
Result<SecretBytes> to_pkcs12(const PrivateKey& key, const std::vector<Bytes>& chain,
                              const SecretBytes& password, std::string_view friendly_name, Pkcs12Style style);

}  // namespace certstead
