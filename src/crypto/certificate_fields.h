// Reading single fields of X.509 structures. For .cc files of modules that must speak OpenSSL.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "crypto/openssl.h"

namespace certstead {

// RFC 4514, printable.
std::string name_text(const X509_NAME* name);
// The last common name, printable; "" if there is none.
std::string last_common_name(const X509_NAME* name);
Result<Instant> read_time(const ASN1_TIME* time);

struct AlternativeNames {
  std::vector<std::string> dns_names, ip_addresses;
  bool others = false;  // there are names of other kinds
};
AlternativeNames read_alternative_names(const GENERAL_NAMES* names);

using GeneralNames = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;
using BasicConstraints = std::unique_ptr<BASIC_CONSTRAINTS, Freed<BASIC_CONSTRAINTS_free>>;
using AuthorityKeyId = std::unique_ptr<AUTHORITY_KEYID, Freed<AUTHORITY_KEYID_free>>;
using OctetString = std::unique_ptr<ASN1_OCTET_STRING, Freed<ASN1_OCTET_STRING_free>>;

Bytes octets_of(const ASN1_STRING* text);

// The decoded extension `nid` (null if absent). kInvalid if it stands there twice or can't be decoded: to
// take such a one for absent would be a lie.
template <class Owner>
Result<Owner> read_extension(const X509* certificate, int nid, std::string_view name) {
  int found = 0;
  Owner value(static_cast<typename Owner::pointer>(X509_get_ext_d2i(certificate, nid, &found, nullptr)));
  if (value || found == -1) return value;
  return invalid("the certificate's extension " + std::string(name) + " is damaged", "certificate-damaged");
}

}  // namespace certstead
