#include "replica/records.h"

#include <gtest/gtest.h>

namespace certstead {
namespace {

CredentialRecord sample() {
  return {.id = "v1",
          .set_id = "s1",
          .set_name = "www",
          .version = 7,
          .key_type = KeyType::kRsa3072,
          .names = {"a.test", "*.a.test"},
          .tags = {"keyfile.kyr"},
          .not_before = from_unix_seconds(1000),
          .not_after = from_unix_seconds(2000),
          .leaf = {1, 2, 3},
          .chain = {Bytes(32, 4), Bytes(32, 5)},
          .sealed_key = {9}};
}

TEST(Records, CredentialComesBackAsItWas) {
  const Result<CredentialRecord> back = decode_credential(encode_record(sample()));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, sample());
}

TEST(Records, EveryKeyTypeComesBackAsItWas) {
  for (const KeyType type : kAllKeyTypes) {
    CredentialRecord record = sample();
    record.key_type = type;
    EXPECT_EQ(decode_credential(encode_record(record))->key_type, type);
  }
}

TEST(Records, OtherKindsComeBackAsTheyWere) {
  const std::vector<CredentialRef> index = {
      {"v1", 2, KeyType::kP384, from_unix_seconds(1), from_unix_seconds(2)}, {"v2"}};
  EXPECT_EQ(*decode_index(encode_record(index)), index);
  const std::vector<std::string> ids = {"one", "", "three"};
  EXPECT_EQ(*decode_ids(encode_record(ids)), ids);
  const ViewMeta meta = {"store", 3, 99};
  EXPECT_EQ(*decode_meta(encode_record(meta)), meta);
  const AlpnRecord alpn = {{1}, {2, 3}};
  EXPECT_EQ(*decode_alpn(encode_record(alpn)), alpn);
  const StapleRecord staple = {{1, 2}, from_unix_seconds(5), from_unix_seconds(6)};
  EXPECT_EQ(*decode_staple(encode_record(staple)), staple);
  const TicketRecord ticket = {4, {{1}, {}, {3}}};
  EXPECT_EQ(*decode_ticket(encode_record(ticket)), ticket);
  const ChainRecord chain = {2, {1, 2}};
  EXPECT_EQ(*decode_chain(encode_record(chain)), chain);
}

TEST(Records, EveryCutOfACredentialIsRefused) {
  const Bytes whole = encode_record(sample());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Result<CredentialRecord> cut = decode_credential(BytesView(whole).first(size));
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error().id, "view-corrupt");
  }
}

TEST(Records, BytesBehindTheRecordAreRefused) {
  Bytes longer = encode_record(sample());
  longer.push_back(0);
  EXPECT_EQ(decode_credential(longer).error().id, "view-corrupt");
}

TEST(Records, NewerLayoutIsRefusedAsSuch) {
  Bytes other = encode_record(ViewMeta{"store", 1, 1});
  other[0] = 2;
  EXPECT_EQ(decode_meta(other).error().id, "view-newer");
  other[0] = 0;
  EXPECT_EQ(decode_meta(other).error().id, "view-corrupt");
}

TEST(Records, UnknownKeyTypeIsRefused) {
  Bytes bytes = encode_record(std::vector<CredentialRef>{{"v"}});
  const std::size_t type_at = 1 + 4 + 4 + 1 + 8;
  for (const int bad : {0, 6, 255}) {
    bytes[type_at] = static_cast<std::uint8_t>(bad);
    EXPECT_FALSE(decode_index(bytes)) << bad;
  }
}

TEST(Records, ChainDigestOfAnotherLengthIsRefused) {
  CredentialRecord record = sample();
  record.chain = {Bytes(31, 1)};
  EXPECT_FALSE(decode_credential(encode_record(record)));
}

TEST(Records, TheNewestOfTwoIsServedFirst) {
  const CredentialRef older = {"b", 9, KeyType::kP256, from_unix_seconds(1), {}};
  const CredentialRef newer = {"a", 1, KeyType::kP256, from_unix_seconds(2), {}};
  EXPECT_TRUE(served_before(newer, older));
  EXPECT_FALSE(served_before(older, newer));
}

TEST(Records, VersionThenIdDecideBetweenCredentialsOfOneMoment) {
  const CredentialRef low = {"z", 1, KeyType::kP256, from_unix_seconds(1), {}};
  const CredentialRef high = {"a", 2, KeyType::kP256, from_unix_seconds(1), {}};
  EXPECT_TRUE(served_before(high, low));
  const CredentialRef twin = {"b", 2, KeyType::kP256, from_unix_seconds(1), {}};
  EXPECT_TRUE(served_before(twin, high));
  EXPECT_FALSE(served_before(high, high));
}

}  // namespace
}  // namespace certstead
