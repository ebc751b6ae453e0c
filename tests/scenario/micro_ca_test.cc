// MicroCA with a real store, vault, member and view.
#include <gmock/gmock.h>
#include <openssl/x509.h>

#include <algorithm>
#include <set>
#include <thread>

#include "base/encoding.h"
#include "crypto/csr.h"
#include "crypto/issue.h"
#include "crypto/openssl.h"
#include "support/test_manager.h"

namespace certstead {
namespace {

using std::chrono::days;
using testing::ElementsAre;
using testing::HasSubstr;

using Crl = std::unique_ptr<X509_CRL, Freed<X509_CRL_free>>;

Crl parse_crl(const Bytes& der) {
  const std::uint8_t* at = der.data();
  return Crl(d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())));
}

std::uint64_t number_of(const Bytes& crl_der) {
  const Crl crl = parse_crl(crl_der);
  const std::unique_ptr<ASN1_INTEGER, Freed<ASN1_INTEGER_free>> number(
      static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(crl.get(), NID_crl_number, nullptr, nullptr)));
  std::uint64_t value = 0;
  EXPECT_EQ(ASN1_INTEGER_get_uint64(&value, number.get()), 1);
  return value;
}

Bytes request_for(const std::vector<std::string>& names, const PrivateKey& key) {
  return make_csr(key, names, false).value();
}

class MicroCas : public testing::Test {
 protected:
  CaKeeper& cas() { return *m.micro_ca; }
  Certificate certificate_of(const std::string& ca) {
    return Certificate::from_der(cas().show(ca).value().record.chain.front()).value();
  }
  Result<SignedLeaf> sign(const std::string& ca, const std::vector<std::string>& names,
                          const std::string& id = "") {
    return cas().sign({ca, request_for(names, key), "", 0, id});
  }

  TestManager m;
  PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
};

TEST_F(MicroCas, IsMadeOnFirstUseAndToldAndTrusted) {
  RequestInput input = m.input({"www.lab.test"});
  input.issuer = "microca";
  input.key_types = {"p256", "rsa2048"};
  const auto outcome = m.requests->request(input, m.actor);
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_THAT(outcome->summary, HasSubstr("\"microca\" was made"));
  m.run_due();
  const SetView view = m.show("www.lab.test");
  EXPECT_EQ(view.set.status, SetStatus::kIssued);
  EXPECT_EQ(view.set.flow, "microca");
  EXPECT_EQ(view.versions.size(), 2U);
  EXPECT_EQ(view.health.overall(), Health::kGreen) << view.health.reasons.front();
  EXPECT_EQ(m.store->roots().list_roots().value().size(), 1U);
  EXPECT_EQ(m.ca.orders(), 0);
  const Certificate root = certificate_of("microca");
  for (const auto& version : view.versions)
    EXPECT_TRUE(Certificate::from_der(version.chain.front()).value().is_signed_by(root));
  EXPECT_GT(root.not_after(), m.clock.now() + days{3640});
}

TEST_F(MicroCas, ADryRunMakesNoCa) {
  RequestInput input = m.input({"www.lab.test"});
  input.issuer = "microca";
  input.dry_run = true;
  ASSERT_TRUE(m.requests->request(input, m.actor));
  EXPECT_TRUE(cas().list().value().empty());
}

TEST_F(MicroCas, RenewsWithFreshKeysAndRevokesOntoItsCrl) {
  RequestInput input = m.input({"www.lab.test"});
  input.issuer = "microca";
  ASSERT_TRUE(m.requests->request(input, m.actor));
  m.run_due();
  const auto first = m.show("www.lab.test").versions.front();
  m.clock.advance(days{82});
  EXPECT_GT(m.renew_due(), 0);
  const auto second = m.show("www.lab.test").versions.front();
  EXPECT_NE(first.facts.spki_sha256, second.facts.spki_sha256);
  ASSERT_TRUE(m.requests->revoke("www.lab.test", 1, true, m.actor));
  m.run_due();
  EXPECT_EQ(m.show("www.lab.test").set.status, SetStatus::kRevoked);
  const Crl crl = parse_crl(cas().crl("microca").value());
  ASSERT_TRUE(crl);
  const Certificate root = certificate_of("microca");
  EXPECT_EQ(X509_CRL_verify(crl.get(), root.public_key().native()), 1);
  X509_REVOKED* entry = nullptr;
  const Certificate leaf = Certificate::from_der(second.chain.front()).value();
  EXPECT_EQ(X509_CRL_get0_by_cert(crl.get(), &entry, leaf.native()), 1);
}

TEST_F(MicroCas, ForeignRequestGivesOnlyItsKeyAndNames) {
  ASSERT_TRUE(cas().create({.name = "office", .crl_url = "http://crl.lab.test/office.crl"}, "test"));
  const auto leaf = sign("office", {"a.lab.test", "*.b.lab.test"});
  ASSERT_TRUE(leaf) << leaf.error().detail;
  EXPECT_THAT(leaf->names, ElementsAre("a.lab.test", "*.b.lab.test"));
  const Certificate made = Certificate::from_der(leaf->chain.front()).value();
  EXPECT_FALSE(made.is_ca());
  EXPECT_TRUE(made.matches(key));
  EXPECT_EQ(X509_get_extended_key_usage(made.native()), static_cast<std::uint32_t>(XKU_SSL_SERVER));
  EXPECT_EQ(made.serial().size(), 34U);
  const auto chain = m.chains.check(
      leaf->chain,
      {request_for({"a.lab.test"}, key), {HostPattern::parse("a.lab.test").value()}, {}, m.clock.now()},
      m.store->roots().list_roots().value());
  ASSERT_TRUE(chain) << chain.error().detail;
  EXPECT_THAT(chain->warnings, testing::IsEmpty());
  EXPECT_NE(X509_get_ext_by_NID(made.native(), NID_crl_distribution_points, -1), -1);
}

TEST_F(MicroCas, ProfilesBoundUsesAndDays) {
  ASSERT_TRUE(cas().create({.name = "office"}, "test"));
  const Bytes csr = request_for({"a.lab.test"}, key);
  EXPECT_EQ(cas().sign({"office", csr, "server", 398, ""}).error().id, "days");
  EXPECT_EQ(cas().sign({"office", csr, "vpn", 1, ""}).error().id, "profile-unknown");
  const auto client = cas().sign({"office", csr, "client", 10, ""});
  ASSERT_TRUE(client);
  EXPECT_LE(client->not_after - client->not_before, days{10});
  const Certificate made = Certificate::from_der(client->chain.front()).value();
  EXPECT_EQ(X509_get_extended_key_usage(made.native()), static_cast<std::uint32_t>(XKU_SSL_CLIENT));
}

TEST_F(MicroCas, NameConstraintsStandInTheCertificateAndAreKept) {
  ASSERT_TRUE(cas().create({.name = "office", .permitted = {"Office.Lab.Test"}}, "test"));
  const Certificate ca = certificate_of("office");
  const int at = X509_get_ext_by_NID(ca.native(), NID_name_constraints, -1);
  ASSERT_GE(at, 0);
  EXPECT_EQ(X509_EXTENSION_get_critical(X509_get_ext(ca.native(), at)), 1);
  EXPECT_TRUE(sign("office", {"www.office.lab.test", "office.lab.test"}));
  for (const char* name : {"lab.test", "www.lab.test", "notoffice.lab.test", "*.lab.test"})
    EXPECT_EQ(sign("office", {"www.office.lab.test", name}).error().id, "name-not-permitted") << name;
}

TEST_F(MicroCas, TheSameRequestIdGivesTheSameCertificate) {
  ASSERT_TRUE(cas().create({.name = "office"}, "test"));
  const auto first = sign("office", {"a.lab.test"}, "order-1");
  const auto again = sign("office", {"a.lab.test"}, "order-1");
  ASSERT_TRUE(first);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(first->chain, again->chain);
  EXPECT_EQ(cas().issued("office", "", 10)->size(), 1U);
}

// What a crash between the record and the signature leaves.
TEST_F(MicroCas, AReservationIsFinishedWithItsOwnSerialNumber) {
  ASSERT_TRUE(cas().create({.name = "office"}, "test"));
  const auto leaf = sign("office", {"a.lab.test"}, "order-1");
  ASSERT_TRUE(leaf);
  IssuedRecord reserved = m.store->cas().find_issued(leaf->serial).value();
  // The bytes that were stored before: the first element inside of the certificate.
  const std::uint8_t* at = reserved.certificate.data();
  const X509Handle made(d2i_X509(nullptr, &at, static_cast<long>(reserved.certificate.size())));
  std::uint8_t* tbs = nullptr;
  const int length = i2d_re_X509_tbs(made.get(), &tbs);
  reserved.to_be_signed.assign(tbs, tbs + length);
  OPENSSL_free(tbs);
  reserved.certificate.clear();
  const Bytes old_serial = hex_decode(reserved.serial).value();
  reserved.serial[5] = reserved.serial[5] == '0' ? '1' : '0';
  reserved.request_id = "order-2";
  // A record whose bytes are not what its other columns say is not signed.
  ASSERT_TRUE(m.store->cas().reserve_certificate(reserved));
  const auto refused = sign("office", {"a.lab.test"}, "order-2");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().id, "ca-record-changed");

  reserved.serial[6] = reserved.serial[6] == '0' ? '1' : '0';
  reserved.request_id = "order-3";
  const Bytes new_serial = hex_decode(reserved.serial).value();
  Bytes& bytes = reserved.to_be_signed;
  std::copy(new_serial.begin(), new_serial.end(),
            std::search(bytes.begin(), bytes.end(), old_serial.begin(), old_serial.end()));
  ASSERT_TRUE(m.store->cas().reserve_certificate(reserved));
  m.clock.advance(std::chrono::hours{2});
  const auto finished = sign("office", {"a.lab.test"}, "order-3");
  ASSERT_TRUE(finished) << finished.error().detail;
  EXPECT_EQ(finished->serial, reserved.serial);
  EXPECT_TRUE(Certificate::from_der(finished->chain.front()).value().is_signed_by(certificate_of("office")));
}

TEST_F(MicroCas, SerialNumbersOfThreadsAreUniqueAndAllRecorded) {
  ASSERT_TRUE(cas().create({.name = "office"}, "test"));
  std::set<std::string> serials;
  std::mutex mutex;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i) {
        const auto leaf = sign("office", {"a.lab.test"});
        const std::lock_guard hold(mutex);
        if (leaf) serials.insert(leaf->serial);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(serials.size(), 200U);
  const auto issued = cas().issued("office", "", 1000).value();
  ASSERT_EQ(issued.size(), 200U);
  for (const IssuedRecord& record : issued) EXPECT_TRUE(serials.count(record.serial));
  const auto page = cas().issued("office", issued[99].serial, 50).value();
  ASSERT_EQ(page.size(), 50U);
  EXPECT_EQ(page[0].serial, issued[100].serial);
}

TEST_F(MicroCas, CrlNumbersRiseAlsoOverARestore) {
  ASSERT_TRUE(cas().create({.name = "office"}, "test"));
  const std::uint64_t first = number_of(cas().crl("office").value());
  std::uint64_t last = first;
  for (int i = 0; i < 3; ++i) {
    const auto leaf = sign("office", {"a.lab.test"});
    ASSERT_TRUE(cas().revoke("office", leaf->serial, 4, "test"));
    const std::uint64_t next = number_of(cas().crl("office").value());
    EXPECT_GT(next, last);
    last = next;
  }
  // A restore goes back to older counters, and raises the epoch.
  CaRecord record = m.store->cas().find_ca("office").value();
  record.crl_counter = 0;
  record.crl_this_update.reset();
  ASSERT_TRUE(m.store->cas().update_ca(record, {"test", "restore", "office", ""}));
  ASSERT_TRUE(m.store->settings().raise_epoch(2, Bytes{1}, {"test", "epoch", "", ""}));
  EXPECT_GT(number_of(cas().crl("office").value()), last);
}

TEST_F(MicroCas, CrlIsSignedAnewAtHalfOfItsLifeWithoutBeingAsked) {
  ASSERT_TRUE(cas().create({.name = "office"}, "test"));
  const auto next = cas().show("office")->record.crl_next_update;
  m.clock.advance(days{2});
  ASSERT_TRUE(cas().tend());
  EXPECT_EQ(cas().show("office")->record.crl_next_update, next);
  m.clock.advance(days{2});
  ASSERT_EQ(cas().show("office")->problems.size(), 1U) << "it shows before it runs out";
  EXPECT_EQ(cas().show("office")->problems.front().id, "crl-old");
  EXPECT_EQ(cas().show("office")->health(), Health::kYellow);
  ASSERT_TRUE(cas().tend());
  EXPECT_GT(cas().show("office")->record.crl_next_update, next);
  EXPECT_EQ(cas().show("office")->health(), Health::kGreen);
  m.clock.advance(days{8});
  EXPECT_EQ(cas().show("office")->health(), Health::kRed);
}

TEST_F(MicroCas, RevokingTwiceSaysSoAndStrangersAreNotOurs) {
  ASSERT_TRUE(cas().create({.name = "office"}, "test"));
  ASSERT_TRUE(cas().create({.name = "other"}, "test"));
  const auto leaf = sign("office", {"a.lab.test"});
  EXPECT_EQ(cas().revoke("other", leaf->serial, 0, "test").error().code, Code::kNotFound);
  EXPECT_TRUE(cas().revoke("office", leaf->serial, 0, "test"));
  EXPECT_EQ(cas().revoke("office", leaf->serial, 0, "test").error().id, "revoked-already");
  EXPECT_EQ(cas().revoke("office", "40ffff", 0, "test").error().code, Code::kNotFound);
}

TEST_F(MicroCas, KeyOfAnotherCaIsNoticedAtLoadAndShowsRed) {
  ASSERT_TRUE(cas().create({.name = "office"}, "test"));
  ASSERT_TRUE(cas().create({.name = "other"}, "test"));
  CaRecord office = m.store->cas().find_ca("office").value();
  office.chain = m.store->cas().find_ca("other").value().chain;
  ASSERT_TRUE(m.store->cas().update_ca(office, {"test", "swap", "office", ""}));
  m.restart();
  EXPECT_EQ(sign("office", {"a.lab.test"}).error().id, "ca-key-mismatch");
  EXPECT_EQ(cas().show("office")->health(), Health::kRed);
  EXPECT_THAT(cas().show("office")->problems.front().detail, HasSubstr("is not the one of its certificate"));
  EXPECT_EQ(cas().crl("other")->empty(), false);
  EXPECT_TRUE(cas().issued("office", "", 10)->empty()) << "nothing was even reserved";
}

TEST_F(MicroCas, SealedKeyMovedFromAnotherCaIsRefused) {
  ASSERT_TRUE(cas().create({.name = "office"}, "test"));
  CaRecord office = m.store->cas().find_ca("office").value();
  office.key.content.back() ^= 1;
  ASSERT_TRUE(m.store->cas().update_ca(office, {"test", "swap", "office", ""}));
  m.restart();
  EXPECT_EQ(sign("office", {"a.lab.test"}).error().id, "ca-key-mismatch");
}

TEST_F(MicroCas, LeafNeverOutlivesItsCaAndAnEndedCaSignsNothing) {
  ASSERT_TRUE(cas().create({.name = "office", .years = 1}, "test"));
  m.clock.advance(days{330});
  const auto leaf = sign("office", {"a.lab.test"});
  ASSERT_TRUE(leaf);
  EXPECT_EQ(leaf->not_after, certificate_of("office").not_after());
  EXPECT_EQ(cas().show("office")->health(), Health::kRed) << "its CRL was not tended here";
  m.clock.advance(days{36});
  EXPECT_EQ(sign("office", {"a.lab.test"}).error().id, "ca-expired");
}

TEST_F(MicroCas, NamesKeysAndUrlsOfCasAreChecked) {
  EXPECT_EQ(cas().create({.name = "Büro"}, "test").error().id, "ca-name");
  EXPECT_EQ(cas().create({.key_type = "rsa2048"}, "test").error().id, "ca-key-type");
  EXPECT_EQ(cas().create({.crl_url = "https://a.test/x"}, "test").error().id, "ca-crl-url");
  EXPECT_EQ(cas().create({.years = 31}, "test").error().id, "ca-years");
  ASSERT_TRUE(cas().create({.name = "office"}, "test"));
  EXPECT_EQ(cas().create({.name = "office"}, "test").error().code, Code::kConflict);
  EXPECT_EQ(cas().create({.name = "fake"}, "test").error().code, Code::kConflict) << "an ACME issuer's name";
  EXPECT_EQ(cas().list()->size(), 1U);
}

}  // namespace
}  // namespace certstead
