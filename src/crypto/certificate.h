// One X.509 certificate, parsed, immutable, cheap to copy, safe from several threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "crypto/key.h"

namespace certstead {

class Certificate {
 public:
  // Exactly one certificate in DER of at most 1 MiB, nothing behind it. kInvalid; also if a name, key
  // identifier or basicConstraints extension is damaged or doubled, or the key is of a kind that OpenSSL does
  // not know.
  static Result<Certificate> from_der(BytesView der);
  // The first CERTIFICATE block. kInvalid if there is none or it does not parse.
  static Result<Certificate> from_pem(std::string_view pem);
  // Every CERTIFICATE block in the order of the text, at most 200 blocks and 4 MiB; other text is passed
  // over.
  static Result<std::vector<Certificate>> all_from_pem(std::string_view pem);

  const Bytes& der() const { return data_->der; }
  std::string to_pem() const;

  // Names as RFC 4514 strings ("CN=Pebble Root CA 1a2b3c"), made printable.
  const std::string& subject() const { return data_->subject; }
  const std::string& issuer() const { return data_->issuer; }
  // The last common name of the issuer, "" if it has none.
  const std::string& issuer_common_name() const { return data_->issuer_common_name; }
  const std::string& subject_common_name() const { return data_->subject_common_name; }
  // dNSName entries as they stand in the certificate (lower case), iPAddress entries as text.
  const std::vector<std::string>& dns_names() const { return data_->dns_names; }
  const std::vector<std::string>& ip_addresses() const { return data_->ip_addresses; }
  // Lower-case hex of the octets of the serial's magnitude, as few as will do ("0a", "00" for zero).
  const std::string& serial() const { return data_->serial; }
  // The content octets of the serial INTEGER (for ARI, RFC 9773 section 4.1).
  const Bytes& serial_octets() const { return data_->serial_octets; }
  // keyIdentifier of the AuthorityKeyIdentifier / SubjectKeyIdentifier, empty if absent.
  const Bytes& authority_key_id() const { return data_->authority_key_id; }
  const Bytes& subject_key_id() const { return data_->subject_key_id; }
  Instant not_before() const { return data_->not_before; }
  Instant not_after() const { return data_->not_after; }
  bool is_ca() const { return data_->is_ca; }
  // Subject equals issuer and its own key verifies it.
  bool is_self_signed() const { return data_->is_self_signed; }
  PublicKey public_key() const { return data_->public_key; }
  // SHA-256 over the DER, lower-case hex.
  const std::string& fingerprint() const { return data_->fingerprint; }
  bool matches(const PrivateKey& key) const;
  // The issuer's name matches and its key verifies this certificate's signature. Says nothing of dates or
  // rights.
  bool is_signed_by(const Certificate& issuer) const;
  X509* native() const { return data_->handle.get(); }

 private:
  struct Data {
    X509Handle handle;
    Bytes der, serial_octets, authority_key_id, subject_key_id;
    std::string subject, issuer, issuer_common_name, subject_common_name, serial, fingerprint;
    std::vector<std::string> dns_names, ip_addresses;
    Instant not_before, not_after;
    bool is_ca = false, is_self_signed = false;
    PublicKey public_key;
  };
  explicit Certificate(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
  std::shared_ptr<const Data> data_;
};

}  // namespace certstead
