#include "crypto/issue.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace certstead {
namespace {

const Instant kStart = from_unix_seconds(1'700'000'000);
const Instant kEnd = from_unix_seconds(1'800'000'000);

PrivateKey make(KeyType type = KeyType::kP256) { return PrivateKey::generate(type).value(); }

Certificate make_ca(const PrivateKey& key, const std::string& name, std::optional<int> path_length = {}) {
  return issue_certificate({.common_name = name,
                            .public_key = key.public_key(),
                            .not_before = kStart,
                            .not_after = kEnd,
                            .is_ca = true,
                            .path_length = path_length},
                           key, {})
      .value();
}

CertificateTemplate leaf_template(const PublicKey& key) {
  return {.dns_names = {"a.test", "*.b.test"},
          .public_key = key,
          .not_before = kStart,
          .not_after = kEnd,
          .server_auth = true};
}

// What OpenSSL's own path check says, strictly, for a TLS server at kStart.
int verify_server(const Certificate& leaf, const Certificate& root) {
  const std::unique_ptr<X509_STORE, Freed<X509_STORE_free>> store(X509_STORE_new());
  const std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
  X509_STORE_add_cert(store.get(), root.native());
  X509_STORE_CTX_init(context.get(), store.get(), leaf.native(), nullptr);
  X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_time(rules, to_unix_ms(kStart) / 1000);
  X509_VERIFY_PARAM_set1_host(rules, "x.b.test", 0);
  X509_verify_cert(context.get());
  return X509_STORE_CTX_get_error(context.get());
}

TEST(Issue, LeavesOfEveryKindPassTheStrictCheckOfOpenssl) {
  for (const KeyType ca_type : {KeyType::kP256, KeyType::kP384, KeyType::kRsa2048}) {
    const PrivateKey ca_key = make(ca_type);
    const Certificate ca = make_ca(ca_key, "Root");
    for (const KeyType type : {KeyType::kP256, KeyType::kRsa2048}) {
      const PrivateKey key = make(type);
      const Certificate leaf = issue_certificate(leaf_template(key.public_key()), ca_key, ca).value();
      EXPECT_EQ(verify_server(leaf, ca), X509_V_OK) << X509_verify_cert_error_string(verify_server(leaf, ca));
      EXPECT_TRUE(leaf.is_signed_by(ca));
      EXPECT_TRUE(leaf.matches(key));
      EXPECT_FALSE(leaf.is_ca());
      EXPECT_EQ(leaf.authority_key_id(), ca.subject_key_id());
    }
  }
}

TEST(Issue, ClientCertificatesAreNoServerCertificates) {
  const PrivateKey ca_key = make();
  const Certificate ca = make_ca(ca_key, "Root");
  CertificateTemplate content = leaf_template(make().public_key());
  content.server_auth = false;
  content.client_auth = true;
  EXPECT_EQ(verify_server(issue_certificate(content, ca_key, ca).value(), ca), X509_V_ERR_INVALID_PURPOSE);
}

TEST(Issue, SelfSignedCasCarryTheirRightsAndPathLength) {
  const Certificate ca = make_ca(make(), "Root", 0);
  EXPECT_TRUE(ca.is_ca());
  EXPECT_TRUE(ca.is_self_signed());
  EXPECT_EQ(X509_get_pathlen(ca.native()), 0);
  EXPECT_EQ(X509_get_key_usage(ca.native()), std::uint32_t{KU_KEY_CERT_SIGN | KU_CRL_SIGN});
  EXPECT_EQ(ca.authority_key_id(), ca.subject_key_id());
  EXPECT_EQ(X509_get_pathlen(make_ca(make(), "Root").native()), -1);
}

TEST(Issue, KeyUsageFollowsTheTemplate) {
  const PrivateKey key = make();
  CertificateTemplate content = leaf_template(key.public_key());
  content.key_agreement = true;
  EXPECT_EQ(X509_get_key_usage(issue_certificate(content, key, {}).value().native()),
            std::uint32_t{KU_DIGITAL_SIGNATURE | KU_KEY_AGREEMENT});
}

TEST(Issue, TimesPass2050) {
  const PrivateKey key = make();
  CertificateTemplate content = leaf_template(key.public_key());
  content.not_before = parse_rfc3339("2049-12-31T23:59:59.999Z").value();
  content.not_after = parse_rfc3339("2050-01-01T00:00:00Z").value();
  const Certificate made = issue_certificate(content, key, {}).value();
  EXPECT_EQ(to_rfc3339(made.not_before()), "2049-12-31T23:59:59Z");
  EXPECT_EQ(to_rfc3339(made.not_after()), "2050-01-01T00:00:00Z");
  EXPECT_EQ(X509_get0_notBefore(made.native())->type, V_ASN1_UTCTIME);
  EXPECT_EQ(X509_get0_notAfter(made.native())->type, V_ASN1_GENERALIZEDTIME);
  content.not_after = parse_rfc3339("9999-12-31T23:59:59Z").value();
  EXPECT_EQ(issue_certificate(content, key, {}).value().not_after(), content.not_after);
}

TEST(Issue, SerialsAreRandomWith127BitsOrAsGiven) {
  const PrivateKey key = make();
  CertificateTemplate content = leaf_template(key.public_key());
  const Certificate one = issue_certificate(content, key, {}).value();
  EXPECT_EQ(one.serial_octets().size(), 16U);
  EXPECT_NE(one.serial(), issue_certificate(content, key, {}).value().serial());
  content.serial = hex_decode("00876543210abc").value();
  const Certificate two = issue_certificate(content, key, {}).value();
  EXPECT_EQ(two.serial(), "876543210abc");
  EXPECT_EQ(hex_encode(two.serial_octets()), "00876543210abc");
  content.serial = Bytes(21, 1);
  EXPECT_EQ(issue_certificate(content, key, {}).error().code, Code::kInvalid);
}

TEST(Issue, RefusesTemplatesThatMakeNoSense) {
  const PrivateKey key = make();
  const Certificate ca = make_ca(key, "Root");
  const auto refused = [&](const CertificateTemplate& content, const PrivateKey& signer,
                           const std::optional<Certificate>& issuer) {
    const auto made = issue_certificate(content, signer, issuer);
    return !made && made.error().code == Code::kInvalid;
  };
  const CertificateTemplate good = leaf_template(key.public_key());
  EXPECT_TRUE(refused(good, make(), {}));
  EXPECT_TRUE(refused(good, make(), ca));
  CertificateTemplate bad = good;
  bad.not_after = bad.not_before - std::chrono::seconds(1);
  EXPECT_TRUE(refused(bad, key, ca));
  bad = good;
  bad.common_name = std::string(65, 'x');
  EXPECT_TRUE(refused(bad, key, ca));
  bad = good;
  bad.common_name = "\xff";
  EXPECT_TRUE(refused(bad, key, ca));
  bad = good;
  bad.dns_names = {"a b"};
  EXPECT_TRUE(refused(bad, key, ca));
}

TEST(Issue, NamesOf64CharactersAreCountedInCharacters) {
  const PrivateKey key = make();
  std::string name;
  for (int i = 0; i < 64; ++i) name += "\xc3\xa4";
  EXPECT_EQ(make_ca(key, name).subject_common_name(), name);
}

}  // namespace
}  // namespace certstead
