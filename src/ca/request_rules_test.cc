// Hostile certification requests, one row each.
#include "ca/request_rules.h"

#include <gmock/gmock.h>

#include <functional>

#include "base/text.h"
#include "crypto/openssl.h"
#include "crypto/weak_keys.h"

namespace certstead {
namespace {

using SharedKey = std::shared_ptr<EVP_PKEY>;
using testing::ElementsAre;

SharedKey fresh(const char* type, const char* curve = nullptr) {
  EVP_PKEY* const key = curve == nullptr ? EVP_PKEY_Q_keygen(nullptr, nullptr, type)
                                         : EVP_PKEY_Q_keygen(nullptr, nullptr, type, curve);
  return {key, EVP_PKEY_free};
}
SharedKey rsa(std::size_t bits) { return {EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits), EVP_PKEY_free}; }
SharedKey good_key() {
  static const SharedKey key = fresh("EC", "P-256");
  return key;
}
SharedKey dsa() {
  EVP_PKEY* params = nullptr;
  const EvpKeyContext make(EVP_PKEY_CTX_new_from_name(nullptr, "DSA", nullptr));
  EVP_PKEY_paramgen_init(make.get());
  EVP_PKEY_CTX_set_dsa_paramgen_bits(make.get(), 1024);
  EVP_PKEY_paramgen(make.get(), &params);
  EVP_PKEY* key = nullptr;
  const EvpKeyContext generate(EVP_PKEY_CTX_new_from_pkey(nullptr, params, nullptr));
  EVP_PKEY_keygen_init(generate.get());
  EVP_PKEY_keygen(generate.get(), &key);
  EVP_PKEY_free(params);
  return {key, EVP_PKEY_free};
}

// What a hostile person puts into a request.
struct Sketch {
  SharedKey key = good_key();
  std::string common_name = {};
  // Extensions as in openssl's configuration: {"subjectAltName", "DNS:a.test"}.
  std::vector<std::pair<std::string, std::string>> extensions = {};
  std::string raw_dns = {};                // a dNSName with these very bytes
  std::string raw_extension = {};          // a subjectAltName whose value is these bytes
  std::function<void(Bytes&)> spoil = {};  // on the finished DER
  SharedKey signer = {};                   // who signs instead of the key
};

Bytes draw(const Sketch& sketch) {
  const X509ReqHandle request(X509_REQ_new());
  X509_REQ_set_version(request.get(), X509_REQ_VERSION_1);
  if (!sketch.common_name.empty()) {
    X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(sketch.common_name.c_str()), -1, -1, 0);
  }
  X509_REQ_set_pubkey(request.get(), sketch.key.get());
  STACK_OF(X509_EXTENSION)* list = sk_X509_EXTENSION_new_null();
  X509V3_CTX context;
  X509V3_set_ctx(&context, nullptr, nullptr, request.get(), nullptr, 0);
  for (const auto& [name, value] : sketch.extensions) {
    X509_EXTENSION* const one = X509V3_EXT_nconf(nullptr, &context, name.c_str(), value.c_str());
    EXPECT_NE(one, nullptr) << name << " " << value;
    sk_X509_EXTENSION_push(list, one);
  }
  if (!sketch.raw_dns.empty()) {
    GENERAL_NAMES* const names = GENERAL_NAMES_new();
    GENERAL_NAME* const name = GENERAL_NAME_new();
    ASN1_IA5STRING* const text = ASN1_IA5STRING_new();
    ASN1_STRING_set(text, sketch.raw_dns.data(), static_cast<int>(sketch.raw_dns.size()));
    GENERAL_NAME_set0_value(name, GEN_DNS, text);
    sk_GENERAL_NAME_push(names, name);
    sk_X509_EXTENSION_push(list, X509V3_EXT_i2d(NID_subject_alt_name, 0, names));
    GENERAL_NAMES_free(names);
  }
  if (!sketch.raw_extension.empty()) {
    ASN1_OCTET_STRING* const value = ASN1_OCTET_STRING_new();
    ASN1_STRING_set(value, sketch.raw_extension.data(), static_cast<int>(sketch.raw_extension.size()));
    sk_X509_EXTENSION_push(list, X509_EXTENSION_create_by_NID(nullptr, NID_subject_alt_name, 0, value));
    ASN1_OCTET_STRING_free(value);
  }
  if (sk_X509_EXTENSION_num(list) > 0) X509_REQ_add_extensions(request.get(), list);
  sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
  EVP_PKEY* const signer = sketch.signer ? sketch.signer.get() : sketch.key.get();
  const int kind = EVP_PKEY_get_base_id(signer);
  const bool own_digest = kind == EVP_PKEY_ED25519 || kind == EVP_PKEY_ED448;
  EXPECT_GT(X509_REQ_sign(request.get(), signer, own_digest ? nullptr : EVP_sha256()), 0);
  std::uint8_t* der = nullptr;
  const int length = i2d_X509_REQ(request.get(), &der);
  Bytes out(der, der + std::max(length, 0));
  OPENSSL_free(der);
  if (sketch.spoil) sketch.spoil(out);
  return out;
}

Sketch names(const std::string& alternative) { return {.extensions = {{"subjectAltName", alternative}}}; }
Sketch with_key(SharedKey key) {
  return {.key = std::move(key), .extensions = {{"subjectAltName", "DNS:a.test"}}};
}
Sketch with(const std::string& extension, const std::string& value) {
  return {.extensions = {{"subjectAltName", "DNS:a.test"}, {extension, value}}};
}
Sketch spoilt(std::function<void(Bytes&)> spoil) {
  Sketch sketch = names("DNS:a.test");
  sketch.spoil = std::move(spoil);
  return sketch;
}
std::string many(std::size_t count) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back("DNS:n" + std::to_string(i) + ".a.test");
  return join(all, ",");
}

struct Row {
  const char* what;
  std::function<Sketch()> sketch;
  const char* id;
};

class Hostile : public testing::TestWithParam<Row> {};

TEST_P(Hostile, IsRefused) {
  const auto accepted = accept_request(draw(GetParam().sketch()), {{true, {"a.test"}, {"secret.a.test"}}});
  ASSERT_FALSE(accepted) << GetParam().what;
  EXPECT_EQ(accepted.error().id, GetParam().id) << accepted.error().detail;
}

const Row kRows[] = {
    {"CaTrue", [] { return with("basicConstraints", "critical,CA:TRUE"); }, "csr-wants-ca"},
    {"CaTrueWithPathLength", [] { return with("basicConstraints", "CA:TRUE,pathlen:0"); }, "csr-wants-ca"},
    {"KeyCertSign", [] { return with("keyUsage", "keyCertSign"); }, "csr-wants-ca"},
    {"KeyCertSignAmongOthers", [] { return with("keyUsage", "digitalSignature,keyCertSign,cRLSign"); },
     "csr-wants-ca"},
    {"NoNames", [] { return Sketch{}; }, "csr-names"},
    {"CommonNameOnly", [] { return Sketch{.common_name = "www.a.test"}; }, "csr-names"},
    {"Address", [] { return names("IP:10.0.0.1"); }, "csr-unreadable"},
    {"AddressBesideAName", [] { return names("DNS:a.test,IP:2001:db8::1"); }, "csr-unreadable"},
    {"AddressAsAName", [] { return names("DNS:10.0.0.1"); }, "csr-names"},
    {"Mail", [] { return names("DNS:a.test,email:root@a.test"); }, "csr-unreadable"},
    {"Uri", [] { return names("DNS:a.test,URI:https://a.test/"); }, "csr-unreadable"},
    {"RegisteredId", [] { return names("DNS:a.test,RID:1.2.3.4"); }, "csr-unreadable"},
    {"OtherName", [] { return names("DNS:a.test,otherName:1.3.6.1.4.1.311.20.2.3;UTF8:admin@a.test"); },
     "csr-unreadable"},
    {"Outside", [] { return names("DNS:b.test"); }, "name-not-permitted"},
    {"OneOutside", [] { return names("DNS:a.test,DNS:www.a.test,DNS:b.test"); }, "name-not-permitted"},
    {"Sibling", [] { return names("DNS:xa.test"); }, "name-not-permitted"},
    {"WildcardOverATopLevelDomain", [] { return names("DNS:*.test"); }, "csr-names"},
    {"Excluded", [] { return names("DNS:x.secret.a.test"); }, "name-not-permitted"},
    {"WildcardOverTheExcluded", [] { return names("DNS:*.a.test"); }, "name-not-permitted"},
    {"Underscore", [] { return names("DNS:a_b.a.test"); }, "csr-names"},
    {"WildcardInside", [] { return names("DNS:www.*.a.test"); }, "csr-names"},
    {"WildcardInALabel", [] { return names("DNS:w*.a.test"); }, "csr-names"},
    {"TwoWildcards", [] { return names("DNS:*.*.a.test"); }, "csr-names"},
    {"WildcardAlone", [] { return names("DNS:*"); }, "csr-names"},
    {"EmptyLabel", [] { return names("DNS:www..a.test"); }, "csr-names"},
    {"LeadingDot", [] { return names("DNS:.a.test"); }, "csr-names"},
    {"TrailingDot", [] { return names("DNS:www.a.test."); }, "csr-names"},
    {"LeadingHyphen", [] { return names("DNS:-w.a.test"); }, "csr-names"},
    {"LongLabel", [] { return names("DNS:" + std::string(64, 'x') + ".a.test"); }, "csr-names"},
    {"LongName",
     [] {
       std::string name;
       for (int i = 0; i < 8; ++i) name += std::string(40, 'x') + ".";
       return names("DNS:" + name + "a.test");
     },
     "csr-names"},
    {"NulInAName", [] { return Sketch{.raw_dns = std::string("www.a.test\0.evil.test", 21)}; }, "csr-names"},
    {"BlankInAName", [] { return Sketch{.raw_dns = "www a.test"}; }, "csr-names"},
    {"LineEndInAName", [] { return Sketch{.raw_dns = "www.a.test\n"}; }, "csr-names"},
    {"UnicodeInAName", [] { return Sketch{.raw_dns = "b\xc3\xbc\x63her.a.test"}; }, "csr-names"},
    {"BadPunycode", [] { return names("DNS:xn--a-ecp.ru.xn--zzzzz99999.a.test"); }, "csr-names"},
    {"TooManyNames", [] { return names(many(101)); }, "csr-names"},
    {"NamesTwice",
     [] {
       return Sketch{.extensions = {{"subjectAltName", "DNS:a.test"}, {"subjectAltName", "DNS:b.test"}}};
     },
     "csr-unreadable"},
    {"DamagedNames", [] { return Sketch{.raw_extension = "\x30\x7f\x01"}; }, "csr-unreadable"},
    {"Rsa1024", [] { return with_key(rsa(1024)); }, "csr-key"},
    {"Rsa2040", [] { return with_key(rsa(2040)); }, "csr-key"},
    {"ClosePrimes", [] { return with_key(close_primes_key()); }, "csr-key"},
    {"RsaPss", [] { return with_key(rsa_pss_key()); }, "csr-key"},
    {"Dsa", [] { return with_key(dsa()); }, "csr-key"},
    {"P192", [] { return with_key(fresh("EC", "prime192v1")); }, "csr-key"},
    {"P224", [] { return with_key(fresh("EC", "secp224r1")); }, "csr-key"},
    {"P521", [] { return with_key(fresh("EC", "secp521r1")); }, "csr-key"},
    {"Secp256k1", [] { return with_key(fresh("EC", "secp256k1")); }, "csr-key"},
    {"Brainpool", [] { return with_key(fresh("EC", "brainpoolP256r1")); }, "csr-key"},
    {"Ed25519", [] { return with_key(fresh("ED25519")); }, "csr-key"},
    {"Ed448", [] { return with_key(fresh("ED448")); }, "csr-key"},
    {"SignedBySomebodyElse",
     [] {
       Sketch sketch = names("DNS:a.test");
       sketch.signer = fresh("EC", "P-256");
       return sketch;
     },
     "csr-unreadable"},
    {"FlippedSignature", [] { return spoilt([](Bytes& der) { der.back() ^= 1; }); }, "csr-unreadable"},
    {"ChangedName",
     [] {
       return spoilt([](Bytes& der) {
         const std::string_view name = "a.test";
         const auto at = std::search(der.begin(), der.end(), name.begin(), name.end());
         if (at != der.end()) *at = 'b';
       });
     },
     "csr-unreadable"},
    {"BytesBehind", [] { return spoilt([](Bytes& der) { der.push_back(0); }); }, "csr-unreadable"},
    {"CutOff", [] { return spoilt([](Bytes& der) { der.resize(der.size() / 2); }); }, "csr-unreadable"},
    {"Empty", [] { return spoilt([](Bytes& der) { der.clear(); }); }, "csr-unreadable"},
    {"Huge", [] { return spoilt([](Bytes& der) { der.resize(70'000); }); }, "csr-unreadable"},
    {"Text", [] { return spoilt([](Bytes& der) { der = to_bytes("-----BEGIN CERTIFICATE REQUEST-----"); }); },
     "csr-unreadable"},
};
static_assert(std::size(kRows) >= 40);

INSTANTIATE_TEST_SUITE_P(Requests, Hostile, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.what); });

TEST(RequestRules, TakeKeyAndNamesAndPassOverTheRest) {
  Sketch sketch = names("DNS:WWW.a.test,DNS:www.a.test,DNS:*.b.a.test");
  sketch.common_name = "evil.test";
  sketch.extensions.emplace_back("extendedKeyUsage", "codeSigning,anyExtendedKeyUsage");
  sketch.extensions.emplace_back("tlsfeature", "status_request");
  const auto accepted = accept_request(draw(sketch), {});
  ASSERT_TRUE(accepted) << accepted.error().detail;
  EXPECT_THAT(accepted->names, ElementsAre("www.a.test", "*.b.a.test"));
  EXPECT_TRUE(accepted->key.same_as(PublicKey(good_key())));
}

TEST(RequestRules, EveryCaOfTheChainLimitsTheNames) {
  const Bytes csr = draw(names("DNS:www.a.test"));
  EXPECT_TRUE(accept_request(csr, {{true, {"a.test"}, {}}, {}}));
  EXPECT_FALSE(accept_request(csr, {{true, {"a.test"}, {}}, {true, {"b.test"}, {}}}));
}

}  // namespace
}  // namespace certstead
