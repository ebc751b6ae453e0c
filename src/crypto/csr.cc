#include "crypto/csr.h"

#include <algorithm>

#include "crypto/algorithms.h"
#include "crypto/certificate_fields.h"
#include "crypto/x509_build.h"

namespace certstead {
namespace {

constexpr std::size_t kMaxRequest = std::size_t{1} << 16;
constexpr std::size_t kMaxCommonName = 64;

struct FreeExtensions {
  void operator()(X509_EXTENSIONS* list) const { sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free); }
};
using Extensions = std::unique_ptr<X509_EXTENSIONS, FreeExtensions>;

Error unreadable(std::string_view why) {
  return invalid("this is no acceptable certification request: " + std::string(why), "csr-unreadable");
}

// Critical where they are all that names the subject (RFC 5280 section 4.2.1.6): a CA may copy them as they
// are.
Status add_names(X509_REQ* request, const std::vector<std::string>& dns_names, bool critical) {
  TRY(const GeneralNames names, make_dns_names(dns_names));
  X509_EXTENSIONS* raw = nullptr;
  const bool added =
      X509V3_add1_i2d(&raw, NID_subject_alt_name, names.get(), critical ? 1 : 0, X509V3_ADD_DEFAULT) == 1;
  const Extensions extensions(raw);
  if (!added || X509_REQ_add_extensions(request, extensions.get()) != 1)
    return openssl_error("adding names to a certification request");
  return Done{};
}

// Null if the request does not ask for this extension. kInvalid if it is damaged or there twice.
template <class Owner>
Result<Owner> requested(const X509_EXTENSIONS* extensions, int nid) {
  int found = 0;
  Owner value(static_cast<typename Owner::pointer>(X509V3_get_d2i(extensions, nid, &found, nullptr)));
  clear_openssl_errors();
  if (!value && found != -1) return unreadable("one of its extensions is damaged");
  return value;
}

Result<X509ReqHandle> parse_request(BytesView der) {
  if (der.size() > kMaxRequest) return unreadable("it is longer than 64 KiB");
  const std::uint8_t* at = der.data();
  X509ReqHandle request(d2i_X509_REQ(nullptr, &at, static_cast<long>(der.size())));
  clear_openssl_errors();
  if (!request) return unreadable("the bytes are no PKCS#10");
  if (at != der.data() + der.size()) return unreadable("bytes follow behind its end");
  EVP_PKEY* const key = X509_REQ_get0_pubkey(request.get());
  const bool signed_by_key = key != nullptr && X509_REQ_verify(request.get(), key) == 1;
  clear_openssl_errors();
  if (!signed_by_key) return unreadable("its signature does not fit its key");
  return request;
}

}  // namespace

Result<Bytes> make_csr(const PrivateKey& key, const std::vector<std::string>& dns_names,
                       bool with_common_name) {
  if (dns_names.empty()) return invalid("a certification request must hold at least one name");
  clear_openssl_errors();
  const auto short_name =
      std::ranges::find_if(dns_names, [](const std::string& name) { return name.size() <= kMaxCommonName; });
  const bool has_subject = with_common_name && short_name != dns_names.end();
  TRY(const NameHandle subject, make_name(has_subject ? *short_name : std::string()));
  const X509ReqHandle request(X509_REQ_new());
  if (!request || X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) != 1 ||
      X509_REQ_set_subject_name(request.get(), subject.get()) != 1 ||
      X509_REQ_set_pubkey(request.get(), key.native()) != 1)
    return openssl_error("making a certification request");
  CHECK_OK(add_names(request.get(), dns_names, !has_subject));
  if (X509_REQ_sign(request.get(), key.native(), digest_of(key.type())) <= 0)
    return openssl_error("signing a certification request");
  std::uint8_t* der = nullptr;
  const int length = i2d_X509_REQ(request.get(), &der);
  if (length <= 0) return openssl_error("encoding a certification request");
  Bytes copy(der, der + length);
  OPENSSL_free(der);
  return copy;
}

Result<CsrFacts> read_csr(BytesView der) {
  clear_openssl_errors();
  TRY(const X509ReqHandle request, parse_request(der));
  const Extensions extensions(X509_REQ_get_extensions(request.get()));
  clear_openssl_errors();
  if (!extensions && X509_REQ_get_attr_by_NID(request.get(), NID_ext_req, -1) >= 0)
    return unreadable("its extensions are damaged");
  TRY(const GeneralNames names, requested<GeneralNames>(extensions.get(), NID_subject_alt_name));
  TRY(const BasicConstraints basic, requested<BasicConstraints>(extensions.get(), NID_basic_constraints));
  using KeyUsage = std::unique_ptr<ASN1_BIT_STRING, Freed<ASN1_BIT_STRING_free>>;
  TRY(const KeyUsage usage, requested<KeyUsage>(extensions.get(), NID_key_usage));
  AlternativeNames alternative = read_alternative_names(names.get());
  if (alternative.others || !alternative.ip_addresses.empty())
    return unreadable("it asks for names that are no DNS names");
  EvpKey key(X509_REQ_get_pubkey(request.get()));
  if (!key) return unreadable("its public key is of an unknown kind or damaged");
  constexpr int kKeyCertSignBit = 5;
  return CsrFacts{.dns_names = std::move(alternative.dns_names),
                  .common_name = last_common_name(X509_REQ_get_subject_name(request.get())),
                  .public_key = PublicKey(std::shared_ptr<EVP_PKEY>(std::move(key))),
                  .asks_for_ca = (basic && basic->ca != 0) ||
                                 (usage && ASN1_BIT_STRING_get_bit(usage.get(), kKeyCertSignBit) != 0)};
}

}  // namespace certstead
