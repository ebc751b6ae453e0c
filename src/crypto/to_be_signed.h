// The parts of certificates, requests and CRLs that are signed (RFC 5280, RFC 2986), as bytes before there is
// a signature: a CA stores them first and signs them then.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/certificate.h"

namespace certstead {

// Who signs, as it stands in what is signed.
struct SignerName {
  Bytes name;    // Name, DER
  Bytes key_id;  // for the AuthorityKeyIdentifier
  KeyType key_type = KeyType::kP256;
};
// `certificate` is the signer's own.
SignerName signer_of(const Certificate& certificate, KeyType key_type);
// A signer that has no certificate yet.
SignerName signer_of(const std::string& common_name, const PrivateKey& key);

struct CertificateContent {
  Bytes serial;             // magnitude, at most 20 octets
  std::string common_name;  // UTF-8, at most 64 characters; may be empty
  std::vector<std::string> dns_names;
  PublicKey public_key;
  Instant not_before, not_after;
  bool is_ca = false;  // basicConstraints, keyCertSign and cRLSign
  std::optional<int> path_length = {};
  std::vector<std::string> permitted = {};  // nameConstraints, critical: DNS trees; empty: none
  bool server_auth = false, client_auth = false;
  std::string crl_url = {};  // cRLDistributionPoints; "" for none
};
// TBSCertificate, v3. Every text must be ASCII but the common name; lengths are the caller's business.
Bytes encode_certificate(const CertificateContent& content, const SignerName& signer);

// CertificationRequestInfo of a CA: subject, key, basicConstraints CA:TRUE, keyCertSign and cRLSign, and the
// DNS trees as nameConstraints.
Bytes encode_ca_request(const std::string& common_name, const PublicKey& key,
                        const std::vector<std::string>& permitted);

struct RevokedEntry {
  Bytes serial;  // magnitude
  Instant at;
  int reason = 0;  // RFC 5280 section 5.3.1; 0 is left out
};
struct CrlContent {
  std::uint64_t number = 1;
  Instant this_update, next_update;
  std::vector<RevokedEntry> revoked;
};
// TBSCertList, v2, with CRL number and AuthorityKeyIdentifier.
Bytes encode_crl(const CrlContent& content, const SignerName& signer);

// The whole structure: what was encoded, the algorithm, the signature over just these bytes.
Result<Bytes> sign_encoded(BytesView to_be_signed, const PrivateKey& key);

// 17 octets, 128 bits of them random; positive, without leading zeros.
Bytes random_serial();

// RFC 7093 section 2 method 1: the leftmost 160 bits of the SHA-256 of the key's bits.
Bytes key_id_of(const PublicKey& key);

}  // namespace certstead
