#include "pki/certificate_files.h"

#include <gtest/gtest.h>
#include <openssl/pkcs7.h>

#include <algorithm>

#include "crypto/csr.h"
#include "crypto/openssl.h"
#include "crypto/pem.h"
#include "pki/test_ca.h"

namespace certstead {
namespace {

// As `openssl crl2pkcs7 -nocrl` makes it.
Bytes pkcs7(const std::vector<Certificate>& all) {
  const std::unique_ptr<PKCS7, Freed<PKCS7_free>> message(PKCS7_new());
  EXPECT_EQ(PKCS7_set_type(message.get(), NID_pkcs7_signed), 1);
  message->d.sign->contents->type = OBJ_nid2obj(NID_pkcs7_data);
  for (const Certificate& one : all) EXPECT_EQ(PKCS7_add_certificate(message.get(), one.native()), 1);
  std::uint8_t* der = nullptr;
  const int length = i2d_PKCS7(message.get(), &der);
  Bytes out(der, der + std::max(length, 0));
  OPENSSL_free(der);
  return out;
}

std::size_t count(const Bytes& file) {
  const auto all = certificates_in_file(file);
  return all ? all->size() : 0;
}
std::string refusal(const Bytes& file) {
  const auto all = certificates_in_file(file);
  return all ? "taken" : all.error().id;
}

class CertificateFiles : public testing::Test {
 protected:
  TestCa one = TestCa::root("One");
  TestCa two = TestCa::root("Two");
};

TEST_F(CertificateFiles, PemMayHaveTextAndOtherBlocksAround) {
  EXPECT_EQ(count(to_bytes("Dear colleague,\r\n" + one.certificate.to_pem() + "Bag Attributes\n" +
                           encode_pem("X509 CRL", Bytes{1, 2}) + two.certificate.to_pem() + "Regards")),
            2U);
}

TEST_F(CertificateFiles, DerAndPkcs7InBothFormsAreTaken) {
  EXPECT_EQ(count(one.certificate.der()), 1U);
  EXPECT_EQ(count(pkcs7({one.certificate, two.certificate})), 2U);
  EXPECT_EQ(count(to_bytes(encode_pem("PKCS7", pkcs7({one.certificate})) + two.certificate.to_pem())), 2U);
}

TEST_F(CertificateFiles, WhatHoldsNoCertificateIsRefused) {
  EXPECT_EQ(refusal({}), "certificate-garbage");
  EXPECT_EQ(refusal(to_bytes("hello")), "certificate-garbage");
  EXPECT_EQ(refusal(pkcs7({})), "certificate-garbage");
  EXPECT_EQ(refusal(to_bytes(encode_pem("PRIVATE KEY", Bytes{1}))), "certificate-garbage");
  EXPECT_EQ(refusal(Bytes(kMaxAnswerFile + 1, 0x30)), "certificate-garbage");
}

TEST_F(CertificateFiles, DamagedBlockIsNotPassedOver) {
  std::string pem = one.certificate.to_pem();
  pem.replace(100, 4, "AAAA");
  EXPECT_EQ(refusal(to_bytes(pem + two.certificate.to_pem())), "certificate-garbage");
  EXPECT_EQ(refusal(to_bytes(one.certificate.to_pem().substr(0, 300))), "certificate-garbage");
}

TEST_F(CertificateFiles, RequestsComeAsPemOrDer) {
  const Bytes csr = make_csr(test_key(), {"a.test"}, false).value();
  EXPECT_EQ(request_in_file(csr).value(), csr);
  EXPECT_EQ(request_in_file(to_bytes("x\n" + encode_pem("NEW CERTIFICATE REQUEST", csr))).value(), csr);
  EXPECT_EQ(request_in_file(to_bytes(one.certificate.to_pem())).error().id, "csr-unreadable");
}

}  // namespace
}  // namespace certstead
