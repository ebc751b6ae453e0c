// What is encrypted under a password: PKCS#8, old PEM keys, and the parts of PKCS#12 files.
#pragma once

#include <openssl/x509.h>

#include "crypto/pem.h"
#include "pki/import_finds.h"

namespace certstead {

// The passwords that are tried: none at all, the empty one, and the caller's. "None" and "empty" are two
// different keys in PKCS#12.
class PasswordCandidates {
 public:
  explicit PasswordCandidates(const std::vector<SecretBytes>& given);
  struct Candidate {
    const char* text;  // null for none at all; else ends with a zero
    int length;
  };
  const std::vector<Candidate>& all() const { return all_; }
  // "password-needed" if nobody gave one, else "password-wrong"; and the sentence for it.
  std::string failure_id() const { return given_ ? "password-wrong" : "password-needed"; }
  std::string failure_reason() const;

 private:
  std::vector<SecretBytes> texts_;
  std::vector<Candidate> all_;
  bool given_;
};

// How many rounds one try with `algorithm` costs; nothing if it is not known, or its numbers mean nothing.
// Scrypt counts by its work.
std::optional<std::uint64_t> kdf_rounds(const X509_ALGOR* algorithm);
std::string too_many_rounds(std::uint64_t rounds);

// A PKCS#8 key under a password; hands the key to `finds`, or the reason why there is none.
void read_encrypted_key(const X509_SIG* sealed, const PasswordCandidates& passwords, Finds& finds);
// A PEM block with "Proc-Type: 4,ENCRYPTED" (RFC 1421), as OpenSSL wrote keys before 1.0.
void read_old_encrypted_key(const PemBlock& block, const PasswordCandidates& passwords, Finds& finds);

}  // namespace certstead
