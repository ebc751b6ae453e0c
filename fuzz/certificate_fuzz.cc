// Certificates in DER and PEM: whatever reads must come back byte for byte, and all its fields must be
// printable.
#include <cstdlib>

#include "crypto/certificate.h"

using certstead::Certificate;

namespace {

void require(bool ok) {
  if (!ok) std::abort();
}

void require_printable(const std::string& text) {
  for (const char c : text) require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

void check(const Certificate& certificate) {
  require_printable(certificate.subject());
  require_printable(certificate.issuer());
  require_printable(certificate.issuer_common_name());
  for (const std::string& name : certificate.dns_names()) require_printable(name);
  require(!certificate.serial().empty() && !certificate.serial_octets().empty());
  const auto again = Certificate::from_pem(certificate.to_pem());
  require(again && again->der() == certificate.der() && again->fingerprint() == certificate.fingerprint());
  certificate.is_signed_by(*again);
  certificate.public_key().type();
  certificate.public_key().spki();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const certstead::BytesView input(data, size);
  if (const auto one = Certificate::from_der(input)) {
    require(one->der() == certstead::Bytes(input.begin(), input.end()));
    check(*one);
  }
  if (const auto all = Certificate::all_from_pem(certstead::view_text(input))) {
    for (const Certificate& one : *all) check(one);
  }
  return 0;
}
