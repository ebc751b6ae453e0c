// Certification requests: the bytes as a whole, and as the value of each extension that is read, in a request
// whose signature is good (else nothing would get past the check of it).
#include <cstdlib>

#include "crypto/csr.h"

using namespace certstead;

namespace {

Bytes signed_request(const PrivateKey& key, int nid, BytesView value) {
  const X509ReqHandle request(X509_REQ_new());
  X509_REQ_set_pubkey(request.get(), key.native());
  const std::unique_ptr<ASN1_OCTET_STRING, Freed<ASN1_OCTET_STRING_free>> octets(ASN1_OCTET_STRING_new());
  ASN1_OCTET_STRING_set(octets.get(), value.data(), static_cast<int>(value.size()));
  STACK_OF(X509_EXTENSION)* const list = sk_X509_EXTENSION_new_null();
  sk_X509_EXTENSION_push(list, X509_EXTENSION_create_by_NID(nullptr, nid, 0, octets.get()));
  X509_REQ_add_extensions(request.get(), list);
  sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
  X509_REQ_sign(request.get(), key.native(), EVP_sha256());
  std::uint8_t* der = nullptr;
  const int length = i2d_X509_REQ(request.get(), &der);
  Bytes copy(der, der + length);
  OPENSSL_free(der);
  return copy;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  const BytesView input(data, size);
  (void)read_csr(input);
  if (input.empty() || input.size() > 4096) return 0;
  constexpr int kinds[] = {NID_subject_alt_name, NID_basic_constraints, NID_key_usage};
  const auto facts = read_csr(signed_request(key, kinds[input.front() % 3], input.subspan(1)));
  if (!facts) return 0;
  if (!facts->public_key.same_as(key.public_key())) std::abort();
  for (const std::string& name : facts->dns_names) {
    for (const char c : name) {
      if (static_cast<unsigned char>(c) < 0x20) std::abort();
    }
  }
  return 0;
}
