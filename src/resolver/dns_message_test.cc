#include "resolver/dns_message.h"

#include <gmock/gmock.h>

#include "base/encoding.h"
#include "resolver/fake_dns_testing.h"

namespace certstead {
namespace {

DnsName name(std::string_view text) { return *DnsName::parse(text); }

TEST(DnsName, IsReadAndWrittenInLowerCaseWithoutItsLastDot) {
  EXPECT_EQ(name("_ACME-challenge.Example.COM.").text(), "_acme-challenge.example.com");
  EXPECT_EQ(name(".").text(), ".");
  EXPECT_EQ(name("a\\.b\\032c.example").text(), "a\\.b\\032c.example");
}

TEST(DnsName, RefusesWhatNoMessageCanCarry) {
  for (const std::string& text : {std::string(), std::string("a..b"), std::string(".a"), std::string("a\\"),
                                  std::string("a\\25"), std::string("\\256"), std::string(64, 'a'),
                                  std::string(63, 'a') + "." + std::string(63, 'b') + "." +
                                      std::string(63, 'c') + "." + std::string(62, 'd')})
    EXPECT_FALSE(DnsName::parse(text)) << text;
  EXPECT_TRUE(DnsName::parse(std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') +
                             "." + std::string(61, 'd')));
}

TEST(DnsName, ComparesWithoutCase) {
  EXPECT_EQ(name("WWW.example.test"), name("www.EXAMPLE.test"));
  EXPECT_FALSE(name("WWW.example.test").same_bytes(name("www.example.test")));
  EXPECT_TRUE(name("a.B.test").is_within(name("b.test")));
  EXPECT_FALSE(name("ab.test").is_within(name("b.test")));
  EXPECT_TRUE(name("a.test").is_within(DnsName()));
}

TEST(DnsName, IsMovedByADname) {
  EXPECT_EQ(name("_acme-challenge.a.old.test").moved(name("old.test"), name("new.example"))->text(),
            "_acme-challenge.a.new.example");
  EXPECT_FALSE(name("old.test").moved(name("old.test"), name("new.example")));
  const std::string long_label(63, 'x');
  EXPECT_FALSE(name(long_label + ".old.test")
                   .moved(name("old.test"), name(long_label + "." + long_label + "." + long_label)));
}

TEST(DnsName, ChangesNothingButLettersByChance) {
  const Bytes ones(8, 0xFF);
  EXPECT_TRUE(name("_a1-b.test").recased(ones).same_bytes(name("_A1-B.TEST")));
}

DnsMessage everything() {
  DnsMessage message;
  message.id = 0xBEEF;
  message.reply = message.authoritative = message.recursion_desired = true;
  message.rcode = static_cast<DnsRcode>(0x123);
  message.questions.push_back({name("Www.example.test"), DnsType::kTxt, DnsClass::kIn});
  message.answers = {
      record_of("www.example.test", DnsType::kA, "192.0.2.1"),
      record_of("www.example.test", DnsType::kAaaa, "2001:db8::1"),
      record_of("www.example.test", DnsType::kCname, "a.example.test"),
      record_of("d.example.test", DnsType::kDname, "b.example.test"),
      record_of("www.example.test", DnsType::kTxt, std::string(300, 't')),
      record_of("example.test", DnsType::kCaa, "issue ca.example; accounturi=https://ca/1"),
      {name("example.test"), DnsType::kMx, DnsClass::kIn, 5, DnsMx{10, name("mx.example.test")}},
      {name("example.test"), static_cast<DnsType>(65), DnsClass::kIn, 5, DnsOpaque{{1, 2, 3}}}};
  message.authority = {record_of("example.test", DnsType::kNs, "ns1.example.test"),
                       {name("example.test"), DnsType::kSoa, DnsClass::kIn, 1,
                        DnsSoa{name("ns1.example.test"), name("root.example.test"), 1, 2, 3, 4, 5}}};
  message.additional = {{name("x.example.test"), DnsType::kTxt, DnsClass::kAny, 0, DnsOpaque{}}};
  message.edns = DnsEdns{4096, 0, 0x8000, {0, 3, 0, 0}};
  message.tsig = DnsTsig{name("key"), name("hmac-sha256"), 0x123456789A, 300, Bytes(32, 7),
                         0xBEEF,      DnsRcode::kBadTime,  Bytes(6, 1)};
  return message;
}

TEST(DnsMessage, SurvivesEncodingAndDecoding) {
  DnsMessage message = everything();
  const auto bytes = encode_dns(message);
  ASSERT_TRUE(bytes);
  auto again = decode_dns(*bytes);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->unsigned_size + encode_tsig(*message.tsig).size(), bytes->size());
  message.unsigned_size = again->unsigned_size;
  EXPECT_EQ(*again, message);
}

TEST(DnsMessage, IsRefusedWhenAnyByteIsMissingOrTooMany) {
  Bytes bytes = *encode_dns(everything());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_dns(BytesView(bytes).first(size))) << size;
  bytes.push_back(0);
  EXPECT_FALSE(decode_dns(bytes));
}

// A reply to www.example.test TXT; `answer` follows the question.
Bytes with_answer(std::string_view answer_hex) {
  return *hex_decode(
      "12348400000100010000000003777777076578616d706c65047465737400"
      "00100001" +
      std::string(answer_hex));
}

TEST(DnsMessage, FollowsCompressionBackwardsOnly) {
  const auto good =
      decode_dns(with_answer("c00c"
                             "0005"
                             "0001"
                             "0000003c"
                             "0004"
                             "0161c010"));
  ASSERT_TRUE(good);
  EXPECT_EQ(good->answers.front().name.text(), "www.example.test");
  EXPECT_EQ(std::get<DnsName>(good->answers.front().data).text(), "a.example.test");
  // To itself, forwards, into the head, and round in a circle.
  for (const std::string_view owner : {"c022", "c040", "c000", "0161c022"})
    EXPECT_FALSE(decode_dns(with_answer(std::string(owner) + "001000010000003c00020161"))) << owner;
  // A label whose length is of a kind that there is not.
  EXPECT_FALSE(
      decode_dns(with_answer("4161"
                             "001000010000003c00020161")));
}

TEST(DnsMessage, RefusesDataThatIsNotOfItsType) {
  for (const std::string_view rest : {"0001"
                                      "0001"
                                      "0000003c"
                                      "0005"
                                      "7f00000100",
                                      "0001"
                                      "0001"
                                      "0000003c"
                                      "0000",
                                      "0010"
                                      "0001"
                                      "0000003c"
                                      "0000",
                                      "0010"
                                      "0001"
                                      "0000003c"
                                      "0003"
                                      "036162",
                                      "0005"
                                      "0001"
                                      "0000003c"
                                      "0003"
                                      "c00c00",
                                      "0027"
                                      "0001"
                                      "0000003c"
                                      "0002"
                                      "c00c",
                                      "0101"
                                      "0001"
                                      "0000003c"
                                      "0003"
                                      "000061",
                                      "0101"
                                      "0001"
                                      "0000003c"
                                      "0004"
                                      "00012d61"})
    EXPECT_FALSE(decode_dns(with_answer("c00c" + std::string(rest)))) << rest;
}

TEST(DnsMessage, HasOneSignatureAtItsEnd) {
  DnsMessage message = everything();
  const Bytes tsig = encode_tsig(*message.tsig);
  Bytes bytes = *encode_dns(message);
  bytes.insert(bytes.end(), tsig.begin(), tsig.end());
  bytes[11] = static_cast<std::uint8_t>(bytes[11] + 1);
  EXPECT_FALSE(decode_dns(bytes));
}

TEST(DnsMessage, CannotBeLongerThanItsLengthSays) {
  DnsMessage message;
  for (int i = 0; i < 300; ++i)
    message.answers.push_back(record_of("www.example.test", DnsType::kTxt, std::string(255, 'x')));
  EXPECT_FALSE(encode_dns(message));
}

TEST(DnsRecord, IsWrittenAsInZoneFiles) {
  EXPECT_EQ(data_text(record_of("a.test", DnsType::kCaa, "issue ca.example")), "0 issue \"ca.example\"");
  EXPECT_EQ(data_text(record_of("a.test", DnsType::kTxt, "one\ntwo")), "\"one\\x0atwo\"");
  EXPECT_EQ(data_text(record_of("a.test", DnsType::kCname, "B.test")), "b.test");
}

}  // namespace
}  // namespace certstead
