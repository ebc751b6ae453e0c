#include "crypto/csr.h"

#include <gtest/gtest.h>

#include "crypto/algorithms.h"

namespace certstead {
namespace {

PrivateKey make(KeyType type = KeyType::kP256) { return PrivateKey::generate(type).value(); }

TEST(Csr, HoldsNamesAndKeyOfEveryCheapKind) {
  for (const KeyType type : {KeyType::kP256, KeyType::kP384, KeyType::kRsa2048}) {
    const PrivateKey key = make(type);
    const CsrFacts facts = read_csr(make_csr(key, {"a.test", "*.b.test"}, false).value()).value();
    EXPECT_EQ(facts.dns_names, (std::vector<std::string>{"a.test", "*.b.test"}));
    EXPECT_EQ(facts.common_name, "");
    EXPECT_TRUE(facts.public_key.same_as(key.public_key()));
    EXPECT_FALSE(facts.asks_for_ca);
  }
}

TEST(Csr, CommonNameIsTheFirstThatFits) {
  const std::string long_name = std::string(61, 'x') + ".test";
  const PrivateKey key = make();
  EXPECT_EQ(read_csr(make_csr(key, {long_name, "b.test", "c.test"}, true).value()).value().common_name,
            "b.test");
  EXPECT_EQ(read_csr(make_csr(key, {long_name}, true).value()).value().common_name, "");
}

TEST(Csr, IsNotMadeWithoutNamesOrForWhatIsNoName) {
  const PrivateKey key = make();
  EXPECT_EQ(make_csr(key, {}, false).error().code, Code::kInvalid);
  for (const std::string bad : {"", "a b", "a,DNS:b.test",
                                "b\xc3\xbc"
                                "cher.test",
                                "a\n.test"})
    EXPECT_EQ(make_csr(key, {bad}, false).error().code, Code::kInvalid) << bad;
  EXPECT_FALSE(make_csr(key, {std::string(254, 'a')}, false));
  EXPECT_FALSE(make_csr(key, {std::string("a\0b", 3)}, false));
}

TEST(Csr, DoesNotReadWithAnyByteChangedCutOrAdded) {
  const Bytes csr = make_csr(make(), {"a.test"}, true).value();
  for (std::size_t i = 0; i < csr.size(); ++i) {
    Bytes changed = csr;
    changed[i] ^= 0x01;
    EXPECT_FALSE(read_csr(changed)) << i;
    EXPECT_FALSE(read_csr(BytesView(csr).first(i))) << i;
  }
  Bytes longer = csr;
  longer.push_back(0);
  EXPECT_FALSE(read_csr(longer));
}

// A request for `nid` = `value` (in OpenSSL's configuration language), signed.
Bytes request_with(int nid, const char* value) {
  const PrivateKey key = make();
  const X509ReqHandle request(X509_REQ_new());
  X509_REQ_set_pubkey(request.get(), key.native());
  STACK_OF(X509_EXTENSION)* list = sk_X509_EXTENSION_new_null();
  sk_X509_EXTENSION_push(list, X509V3_EXT_conf_nid(nullptr, nullptr, nid, value));
  X509_REQ_add_extensions(request.get(), list);
  sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
  X509_REQ_sign(request.get(), key.native(), md_sha256());
  std::uint8_t* der = nullptr;
  const int length = i2d_X509_REQ(request.get(), &der);
  const Bytes copy(der, der + length);
  OPENSSL_free(der);
  return copy;
}

TEST(Csr, TellsWhoAsksForCaRights) {
  EXPECT_TRUE(read_csr(request_with(NID_basic_constraints, "critical,CA:TRUE")).value().asks_for_ca);
  EXPECT_TRUE(read_csr(request_with(NID_key_usage, "keyCertSign")).value().asks_for_ca);
  EXPECT_FALSE(read_csr(request_with(NID_basic_constraints, "CA:FALSE")).value().asks_for_ca);
  EXPECT_FALSE(read_csr(request_with(NID_key_usage, "digitalSignature")).value().asks_for_ca);
}

TEST(Csr, LowersNamesAndRefusesOtherKindsOfName) {
  EXPECT_EQ(read_csr(request_with(NID_subject_alt_name, "DNS:A.Test")).value().dns_names,
            std::vector<std::string>{"a.test"});
  EXPECT_FALSE(read_csr(request_with(NID_subject_alt_name, "DNS:a.test,IP:10.0.0.1")));
  EXPECT_FALSE(read_csr(request_with(NID_subject_alt_name, "email:x@a.test")));
}

}  // namespace
}  // namespace certstead
