// CAs of our own, and what they signed.
#include "contract/store_contract.h"

namespace certstead {
namespace {

CaRecord sample_ca(const std::string& name) {
  CaRecord ca;
  ca.name = name;
  ca.key_type = KeyType::kRsa3072;
  ca.key = sample_secret(name), ca.grants = sample_grants(name);
  ca.subordinate = true, ca.csr = {1, 2}, ca.chain = {{3}, {4, 5}};
  ca.permitted = {"a.test", "b.test"}, ca.crl_url = "http://crl.test/x";
  ca.crl_counter = 7, ca.crl = {6};
  ca.crl_this_update = from_unix_seconds(100), ca.created = from_unix_seconds(50);
  return ca;
}

IssuerRecord issuer_named(const std::string& name) {
  IssuerRecord issuer;
  issuer.name = name;
  issuer.kind = "microca";
  return issuer;
}

IssuedRecord sample_issued(const std::string& serial, const std::string& request = "") {
  IssuedRecord record;
  record.serial = serial, record.ca = "office", record.request_id = request, record.profile = "server";
  record.names = {"a.test", "*.a.test"}, record.to_be_signed = {1, 2, 3};
  record.not_before = from_unix_seconds(100), record.not_after = from_unix_seconds(200);
  record.created = from_unix_seconds(101);
  return record;
}

TEST_P(StoreContract, CaComesBackAsItWasAfterReopening) {
  ASSERT_TRUE(store_->cas().create_ca(sample_ca("office"), issuer_named("office"), {}, note("ca.create")));
  reopen();
  const CaRecord ca = store_->cas().find_ca("office").value();
  const CaRecord wanted = sample_ca("office");
  EXPECT_EQ(ca.key_type, wanted.key_type);
  EXPECT_EQ(ca.key.content, wanted.key.content);
  EXPECT_EQ(ca.grants.size(), wanted.grants.size());
  EXPECT_TRUE(ca.subordinate);
  EXPECT_EQ(ca.csr, wanted.csr);
  EXPECT_EQ(ca.chain, wanted.chain);
  EXPECT_EQ(ca.permitted, wanted.permitted);
  EXPECT_EQ(ca.crl_url, wanted.crl_url);
  EXPECT_EQ(ca.crl_counter, wanted.crl_counter);
  EXPECT_EQ(ca.crl, wanted.crl);
  EXPECT_EQ(ca.crl_this_update, wanted.crl_this_update);
  EXPECT_EQ(ca.crl_next_update, std::nullopt);
  EXPECT_TRUE(store_->issuers().find_issuer("office"));
}

TEST_P(StoreContract, CaWhoseNameIsTakenLeavesNothing) {
  ASSERT_TRUE(store_->issuers().create_issuer(issuer_named("office"), note("issuer.add")));
  const Status made =
      store_->cas().create_ca(sample_ca("office"), issuer_named("office"), {}, note("ca.create"));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::kConflict);
  EXPECT_TRUE(store_->cas().list_cas()->empty());
}

TEST_P(StoreContract, CaIsChangedOnItsPresentRevisionOnly) {
  ASSERT_TRUE(store_->cas().create_ca(sample_ca("office"), issuer_named("office"), {}, note("ca.create")));
  CaRecord ca = store_->cas().find_ca("office").value();
  ASSERT_TRUE(store_->cas().update_ca(ca, note("ca.crl")));
  EXPECT_EQ(store_->cas().update_ca(ca, note("ca.crl")).error().code, Code::kConflict);
}

TEST_P(StoreContract, SerialAndRequestAreReservedOnce) {
  CaRecords& cas = store_->cas();
  ASSERT_TRUE(cas.reserve_certificate(sample_issued("aa", "order-1")));
  EXPECT_EQ(cas.reserve_certificate(sample_issued("aa", "order-2")).error().code, Code::kConflict);
  EXPECT_EQ(cas.reserve_certificate(sample_issued("ab", "order-1")).error().code, Code::kConflict);
  EXPECT_TRUE(cas.reserve_certificate(sample_issued("ac")));
  EXPECT_TRUE(cas.reserve_certificate(sample_issued("ad"))) << "no request id is not an id";
  EXPECT_EQ(cas.find_issued_request("office", "order-1").value()->serial, "aa");
  EXPECT_FALSE(cas.find_issued_request("office", "").value());
  EXPECT_FALSE(cas.find_issued_request("other", "order-1").value());
}

TEST_P(StoreContract, CertificateIsAddedToItsReservation) {
  CaRecords& cas = store_->cas();
  EXPECT_EQ(cas.complete_certificate("aa", Bytes{9}).error().code, Code::kNotFound);
  ASSERT_TRUE(cas.reserve_certificate(sample_issued("aa")));
  EXPECT_EQ(cas.find_issued("aa")->to_be_signed, (Bytes{1, 2, 3}));
  ASSERT_TRUE(cas.complete_certificate("aa", Bytes{9}));
  EXPECT_EQ(cas.find_issued("aa")->certificate, Bytes{9});
  EXPECT_TRUE(cas.find_issued("aa")->to_be_signed.empty());
}

TEST_P(StoreContract, IssuedAreListedInTheirOrderAndRevokedOnce) {
  CaRecords& cas = store_->cas();
  for (const char* serial : {"cc", "aa", "bb"}) ASSERT_TRUE(cas.reserve_certificate(sample_issued(serial)));
  const auto all = cas.list_issued("office", "", 10).value();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].serial, "cc");
  EXPECT_EQ(all[0].names, sample_issued("cc").names);
  EXPECT_EQ(cas.list_issued("office", "cc", 1)->front().serial, "aa");
  EXPECT_TRUE(cas.list_issued("office", "bb", 1)->empty());
  ASSERT_TRUE(cas.revoke_issued("aa", 4, from_unix_seconds(150), note("ca.revoke")));
  EXPECT_EQ(cas.revoke_issued("aa", 1, from_unix_seconds(160), note("ca.revoke")).error().id,
            "revoked-already");
  EXPECT_EQ(cas.revoke_issued("dd", 1, from_unix_seconds(160), note("ca.revoke")).error().code,
            Code::kNotFound);
  const auto revoked = cas.list_revoked("office", from_unix_seconds(199)).value();
  ASSERT_EQ(revoked.size(), 1U);
  EXPECT_EQ(revoked[0].revocation_reason, 4);
  EXPECT_EQ(revoked[0].revoked, from_unix_seconds(150));
  EXPECT_TRUE(cas.list_revoked("office", from_unix_seconds(200))->empty()) << "it has ended by itself";
}

}  // namespace
}  // namespace certstead
