#include "ca/ca_certificates.h"

#include <algorithm>

#include "crypto/openssl.h"
#include "pki/path_builder.h"

namespace certstead {
namespace {

constexpr Duration kSkew = std::chrono::hours{1};

Error refused(const char* id, const std::string& why) {
  return invalid("the answer is not taken: " + why, id);
}

// basicConstraints and keyUsage of RFC 5280 section 4.2.1.
Status check_is_ca(const Certificate& certificate) {
  const std::uint32_t usage = X509_get_key_usage(certificate.native());
  if (!certificate.is_ca()) {
    return refused(
        "certificate-no-ca",
        "the certificate does not say CA:TRUE; have the request signed as a CA (with openssl: an extension "
        "basicConstraints=critical,CA:TRUE)");
  }
  if ((usage & KU_KEY_CERT_SIGN) == 0 || (usage & KU_CRL_SIGN) == 0) {
    return refused("certificate-no-ca",
                   "its key usage lacks keyCertSign or cRLSign; have it signed with both");
  }
  return Done{};
}

Result<Certificate> find_own(const std::vector<Certificate>& all, const PublicKey& key, Instant now) {
  const auto own =
      std::ranges::find_if(all, [&](const Certificate& one) { return one.public_key().same_as(key); });
  if (own == all.end()) return refused("certificate-key", "none of the certificates is for this CA's key");
  CHECK_OK(check_is_ca(*own));
  if (own->not_after() < now)
    return refused("certificate-expired", "the certificate ended at " + to_rfc3339(own->not_after()));
  if (own->not_before() > now + kSkew)
    return refused("certificate-not-yet-valid",
                   "the certificate starts at " + to_rfc3339(own->not_before()) + " only");
  return *own;
}

// How many CAs may stand between a CA and the leaf: every limit above must leave room.
Status check_path_lengths(const std::vector<Certificate>& path) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    const long limit = X509_get_pathlen(path[i].native());
    if (limit >= 0 && static_cast<std::size_t>(limit) < i) {
      return refused("certificate-chain", "the path length limit of \"" + path[i].subject() +
                                              "\" leaves no room for a CA below it");
    }
  }
  return Done{};
}

// Of a chain that ends without its root: a certificate under the missing one's name that did not sign.
bool has_impostor(const Certificate& last, const std::vector<Certificate>& all) {
  const X509_NAME* const above = X509_get_issuer_name(last.native());
  return !last.is_self_signed() && std::ranges::any_of(all, [&](const Certificate& one) {
    return X509_NAME_cmp(X509_get_subject_name(one.native()), above) == 0;
  });
}

Result<std::vector<Certificate>> find_chain(const Certificate& own, const std::vector<Certificate>& all,
                                            const std::vector<TrustedRoot>& roots, Instant now) {
  std::vector<Certificate> pool = all;
  std::vector<Certificate> anchors;
  for (const TrustedRoot& root : roots) {
    auto one = Certificate::from_der(root.certificate);
    if (one) (one->is_self_signed() ? anchors : pool).push_back(std::move(*one));
  }
  const Instant at = std::max(now, own.not_before());
  const PathOptions options{.purpose = PathPurpose::kAny, .strict = false};
  auto path = build_path(own, pool, anchors, at, options);
  if (!path && path.error().id == "path-untrusted") path = link_path(own, pool, at, options);
  if (!path) return refused("certificate-chain", "its chain does not hold: " + path.error().detail);
  if (has_impostor(path->back(), all)) {
    return refused("certificate-chain", "its chain does not hold: \"" + path->back().issuer() +
                                            "\" in it did not sign \"" + path->back().subject() + "\"");
  }
  return path;
}

}  // namespace

Result<Certificate> make_root(const std::string& common_name, const PrivateKey& key,
                              const std::vector<std::string>& permitted, Instant now, int years) {
  const Instant start = now - kSkew;
  const CertificateContent content{.serial = random_serial(),
                                   .common_name = common_name,
                                   .dns_names = {},
                                   .public_key = key.public_key(),
                                   .not_before = start,
                                   .not_after = now + std::chrono::days{365LL * years + years / 4},
                                   .is_ca = true,
                                   .path_length = 0,
                                   .permitted = permitted};
  TRY(const Bytes der, sign_encoded(encode_certificate(content, signer_of(common_name, key)), key));
  return Certificate::from_der(der);
}

Result<Bytes> make_ca_request(const std::string& common_name, const PrivateKey& key,
                              const std::vector<std::string>& permitted) {
  return sign_encoded(encode_ca_request(common_name, key.public_key(), permitted), key);
}

Result<std::vector<Certificate>> accept_ca_answer(const std::vector<Bytes>& given, const PublicKey& key,
                                                  const std::vector<TrustedRoot>& roots, Instant now) {
  std::vector<Certificate> all;
  for (const Bytes& der : given) {
    auto one = Certificate::from_der(der);
    if (!one) return refused("certificate-garbage", one.error().detail);
    all.push_back(std::move(*one));
  }
  if (all.empty()) return refused("certificate-garbage", "there is no certificate in it");
  TRY(const Certificate own, find_own(all, key, now));
  if (own.is_self_signed())
    return refused("certificate-chain", "the certificate is self-signed, and so under no CA");
  TRY(std::vector<Certificate> path, find_chain(own, all, roots, now));
  CHECK_OK(check_path_lengths(path));
  if (path.size() > 1 && path.back().is_self_signed()) path.pop_back();
  return path;
}

}  // namespace certstead
