// What is kept of a credential once it was opened.
#include "tlscache/credential_source.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tlscache/test_fleet.h"

namespace certstead {
namespace {

constexpr const char* kName = "www.example.test";

class OpenedCredential : public testing::TestWithParam<KeyType> {
 protected:
  std::shared_ptr<const ParsedCredential> load() {
    fleet_.put("www", {made_});
    must_succeed(source_.open());
    return must(source_.get(must(source_.find(*DomainName::parse(kName))).credentials.front()));
  }
  // As the view keeps it: SEC 1 or PKCS #1.
  SecretBytes secret() const { return must(fleet_.key.open(made_.record.id, 1, made_.record.sealed_key)); }

  TestFleet fleet_;
  NewCredential made_ = fleet_.make("www", GetParam(), 1, {kName});
  SystemClock clock_;
  CredentialSource source_{fleet_.dir.path(), std::size_t{1} << 20, clock_, nullptr};
};

template <class Encode>
Bytes encoded(const Encode& encode) {
  unsigned char* at = nullptr;
  const int size = encode(&at);
  Bytes out(at, at + std::max(size, 0));
  OPENSSL_free(at);
  return out;
}

TEST_P(OpenedCredential, CertificateAndKeyAreComparedAtOnceSinceTheyHoldOneKey) {
  const auto loaded = load();
  EXPECT_EQ(X509_get0_pubkey(loaded->leaf.get()), loaded->key.native());
}

TEST_P(OpenedCredential, CertificateIsSentAsItIsStored) {
  const auto loaded = load();
  EXPECT_EQ(encoded([&](unsigned char** at) { return i2d_X509(loaded->leaf.get(), at); }), made_.record.leaf);
}

TEST_P(OpenedCredential, NothingThatIsEncodedOfTheCertificateHoldsThePrivateKey) {
  const auto loaded = load();
  const SecretBytes der = secret();
  // Both forms begin with the version and the secret behind it: 20 bytes from its middle are no accident.
  const BytesView part = der.reveal().subspan(is_rsa(GetParam()) ? der.size() / 2 : 12, 20);
  const auto holds = [&](const Bytes& bytes) {
    return std::search(bytes.begin(), bytes.end(), part.begin(), part.end()) != bytes.end();
  };
  ASSERT_TRUE(holds(Bytes(der.reveal().begin(), der.reveal().end())));
  X509* const leaf = loaded->leaf.get();
  EVP_PKEY* const key = X509_get0_pubkey(leaf);
  const Bytes spki = encoded([&](unsigned char** at) { return i2d_PUBKEY(key, at); });
  EXPECT_FALSE(spki.empty());
  EXPECT_FALSE(holds(spki));
  EXPECT_FALSE(holds(encoded([&](unsigned char** at) { return i2d_X509(leaf, at); })));
  EXPECT_FALSE(holds(encoded([&](unsigned char** at) { return i2d_re_X509_tbs(leaf, at); })));
  EXPECT_EQ(encoded([&](unsigned char** at) { return i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf), at); }),
            spki);
}

INSTANTIATE_TEST_SUITE_P(Kinds, OpenedCredential,
                         testing::Values(KeyType::kP256, KeyType::kP384, KeyType::kRsa2048));

}  // namespace
}  // namespace certstead
