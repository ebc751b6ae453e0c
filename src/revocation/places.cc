#include "revocation/places.h"

#include <openssl/pkcs7.h>

#include "base/text.h"
#include "crypto/certificate_fields.h"

namespace certstead {
namespace {

constexpr std::size_t kMostPlaces = 8;
constexpr int kMostIssuers = 16;
constexpr std::size_t kLongestUrl = 2000;

using DistributionPoints = std::unique_ptr<CRL_DIST_POINTS, Freed<CRL_DIST_POINTS_free>>;
using Access = std::unique_ptr<AUTHORITY_INFO_ACCESS, Freed<AUTHORITY_INFO_ACCESS_free>>;
using Pkcs7 = std::unique_ptr<PKCS7, Freed<PKCS7_free>>;

void add_url(const GENERAL_NAME* name, std::vector<std::string>& into) {
  if (name == nullptr || name->type != GEN_URI || into.size() == kMostPlaces) return;
  std::string url = to_text(octets_of(name->d.uniformResourceIdentifier));
  if (url.size() > kLongestUrl || !lower_ascii(url).starts_with("http://")) return;
  into.push_back(std::move(url));
}

void add_crls(const X509* certificate, std::vector<std::string>& into) {
  const auto points =
      read_extension<DistributionPoints>(certificate, NID_crl_distribution_points, "cRLDistributionPoints");
  if (!points || !*points) return;
  for (int i = 0; i < sk_DIST_POINT_num(points->get()); ++i) {
    const DIST_POINT* const point = sk_DIST_POINT_value(points->get(), i);
    // Another signer, or only some reasons: not the whole answer of the issuer.
    if (point->CRLissuer != nullptr || point->reasons != nullptr) continue;
    if (point->distpoint == nullptr || point->distpoint->type != 0) continue;
    const GENERAL_NAMES* const names = point->distpoint->name.fullname;
    for (int j = 0; j < sk_GENERAL_NAME_num(names); ++j) add_url(sk_GENERAL_NAME_value(names, j), into);
  }
}

Result<std::vector<Certificate>> copies_of(const STACK_OF(X509) * stack) {
  std::vector<Certificate> out;
  for (int i = 0; i < sk_X509_num(stack) && i < kMostIssuers; ++i) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(sk_X509_value(stack, i), &der);
    if (size <= 0) continue;
    auto one = Certificate::from_der(BytesView(der, static_cast<std::size_t>(size)));
    OPENSSL_free(der);
    if (one) out.push_back(std::move(*one));
  }
  clear_openssl_errors();
  if (out.empty()) return invalid("there is no certificate in it", "issuer-none");
  return out;
}

}  // namespace

RevocationPlaces places_of(const Certificate& certificate) {
  RevocationPlaces out;
  add_crls(certificate.native(), out.crls);
  const auto access = read_extension<Access>(certificate.native(), NID_info_access, "authorityInfoAccess");
  clear_openssl_errors();
  if (!access || !*access) return out;
  for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access->get()); ++i) {
    const ACCESS_DESCRIPTION* const one = sk_ACCESS_DESCRIPTION_value(access->get(), i);
    const int method = OBJ_obj2nid(one->method);
    if (method == NID_ad_OCSP) add_url(one->location, out.responders);
    if (method == NID_ad_ca_issuers) add_url(one->location, out.issuers);
  }
  return out;
}

Result<std::vector<Certificate>> read_issuers(BytesView bytes) {
  if (auto one = Certificate::from_der(bytes)) return std::vector<Certificate>{std::move(*one)};
  clear_openssl_errors();
  const unsigned char* at = bytes.data();
  const Pkcs7 bundle(d2i_PKCS7(nullptr, &at, static_cast<long>(bytes.size())));
  clear_openssl_errors();
  if (bundle && PKCS7_type_is_signed(bundle.get()) && bundle->d.sign != nullptr) {
    return copies_of(bundle->d.sign->cert);
  }
  TRY(std::vector<Certificate> all, Certificate::all_from_pem(view_text(bytes)));
  if (all.empty()) return invalid("there is no certificate in it", "issuer-none");
  if (all.size() > static_cast<std::size_t>(kMostIssuers)) all.erase(all.begin() + kMostIssuers, all.end());
  return all;
}

}  // namespace certstead
