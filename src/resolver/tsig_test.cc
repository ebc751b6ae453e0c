#include "resolver/tsig.h"

#include <gmock/gmock.h>

#include "base/fake_clock.h"
#include "resolver/fake_dns_testing.h"
#include "resolver/tsig_key_file.h"

namespace certstead {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

SecretBytes secret(std::string_view text) { return SecretBytes(view_bytes(text)); }

class Tsig : public testing::Test {
 protected:
  static TsigKey key(std::string_view base64 = "c2VjcmV0IG9mIHRoZSB0ZXN0",
                     std::string_view algorithm = "hmac-sha256") {
    return *make_tsig_key("Upd.", algorithm, secret(base64));
  }
  static Bytes request() {
    DnsMessage message;
    message.id = 77;
    message.questions.push_back({*DnsName::parse("example.test"), DnsType::kSoa, DnsClass::kIn});
    return *encode_dns(message);
  }
  // What a server with `key` answers to `sent`.
  Bytes reply(const SignedDns& sent, const TsigKey& server_key) const {
    const auto asked = decode_dns(sent.bytes);
    return sign_dns(*encode_dns(reply_to(*asked)), server_key, clock_.now(), sent.mac).bytes;
  }
  Status check(BytesView bytes, const TsigKey& our_key, BytesView mac) const {
    const auto read = decode_dns(bytes);
    return check_tsig(*read, bytes, our_key, mac, clock_.now(), "ns1.example.test");
  }
  // A reply with a TSIG record that only reports an error.
  static Bytes failure(DnsRcode error, Bytes other) {
    DnsMessage message;
    message.reply = true;
    message.rcode = DnsRcode::kNotAuth;
    message.tsig = DnsTsig{*DnsName::parse("upd"), *DnsName::parse("hmac-sha256"), 0, 300, {}, 77, error,
                           std::move(other)};
    return *encode_dns(message);
  }
  FakeClock clock_;
};

TEST_F(Tsig, SignsInAllAlgorithms) {
  for (const std::string_view algorithm : {"hmac-sha1", "HMAC-SHA256.", "hmac-sha384", "hmac-sha512"}) {
    const TsigKey one = key("c2VjcmV0", algorithm);
    const SignedDns sent = sign_dns(request(), one, clock_.now());
    const auto read = decode_dns(sent.bytes);
    ASSERT_TRUE(read && read->tsig) << algorithm;
    EXPECT_EQ(read->tsig->mac, sent.mac);
    EXPECT_EQ(read->unsigned_size, request().size());
    EXPECT_TRUE(check(reply(sent, one), one, sent.mac)) << algorithm;
  }
  EXPECT_FALSE(parse_tsig_algorithm("hmac-md5.sig-alg.reg.int"));
}

TEST_F(Tsig, TakesNoReplyOfWhoDoesNotHaveTheKey) {
  const SignedDns sent = sign_dns(request(), key(), clock_.now());
  EXPECT_EQ(check(reply(sent, key("b3RoZXI=")), key(), sent.mac).error().id, "tsig-forged");
  EXPECT_EQ(check(reply(sent, key("c2VjcmV0IG9mIHRoZSB0ZXN0", "hmac-sha1")), key(), sent.mac).error().id,
            "tsig-forged");
  const auto unsigned_reply = encode_dns(reply_to(*decode_dns(sent.bytes)));
  EXPECT_EQ(check(*unsigned_reply, key(), sent.mac).error().id, "tsig-forged");
}

TEST_F(Tsig, TakesNoReplyToAnotherRequest) {
  const SignedDns sent = sign_dns(request(), key(), clock_.now());
  Bytes other_mac = sent.mac;
  other_mac[0] ^= 1;
  EXPECT_EQ(check(reply(sent, key()), key(), other_mac).error().id, "tsig-forged");
}

TEST_F(Tsig, TakesNoReplyOfWhichAByteWasChanged) {
  const SignedDns sent = sign_dns(request(), key(), clock_.now());
  const Bytes good = reply(sent, key());
  ASSERT_TRUE(check(good, key(), sent.mac));
  for (std::size_t at = 2; at < good.size(); ++at) {
    Bytes bad = good;
    bad[at] ^= 0x40;
    if (!decode_dns(bad)) continue;
    // Letters' case is no change (RFC 8945 section 4.3.3), but of the key's and the algorithm's names alone.
    const auto read = decode_dns(bad);
    EXPECT_FALSE(check(bad, key(), sent.mac)) << at;
  }
}

TEST_F(Tsig, TakesNoOldReply) {
  const SignedDns sent = sign_dns(request(), key(), clock_.now());
  const Bytes old = reply(sent, key());
  clock_.advance(seconds{300});
  EXPECT_TRUE(check(old, key(), sent.mac));
  clock_.advance(seconds{1});
  const Status late = check(old, key(), sent.mac);
  EXPECT_EQ(late.error().id, "tsig-badtime");
  EXPECT_THAT(late.error().detail, HasSubstr("behind ours"));
}

TEST_F(Tsig, SaysWhatTheServerFoundWrong) {
  EXPECT_THAT(check(failure(DnsRcode::kBadKey, {}), key(), {}).error().detail,
              HasSubstr("ns1.example.test does not know the TSIG key upd (hmac-sha256), or has no rule"));
  EXPECT_THAT(check(failure(DnsRcode::kBadSig, {}), key(), {}).error().detail, HasSubstr("another secret"));
  const std::uint64_t ahead = 1'800'000'000 + 7200;
  Bytes time;
  for (int shift = 40; shift >= 0; shift -= 8) time.push_back(static_cast<std::uint8_t>(ahead >> shift));
  EXPECT_THAT(check(failure(DnsRcode::kBadTime, time), key(), {}).error().detail,
              HasSubstr("the clock of ns1.example.test is 2 h ahead of ours (BADTIME)"));
  EXPECT_EQ(check(failure(DnsRcode::kBadTime, {1}), key(), {}).error().id, "tsig-badtime");
  EXPECT_THAT(check(failure(DnsRcode::kBadTrunc, {}), key(), {}).error().detail, HasSubstr("BADTRUNC"));
}

TEST(TsigKeyFile, IsReadAsToolsWriteIt) {
  const auto key =
      parse_tsig_key_file(secret("// made by tsig-keygen\nkey \"upd.example\" {\n\talgorithm "
                                 "hmac-sha512;\n\tsecret \"c2VjcmV0\"; # here\n};\n"));
  ASSERT_TRUE(key) << key.error().detail;
  EXPECT_EQ(key->name.text(), "upd.example");
  EXPECT_EQ(key->digest, MacDigest::kSha512);
  EXPECT_EQ(view_text(key->secret.reveal()), "secret");
}

TEST(TsigKeyFile, NeverShowsItsSecretInAnError) {
  for (const std::string_view text :
       {"", "key", "key upd { algorithm hmac-sha256; secret \"c2Vjc!mV0\"; };",
        "key upd { algorithm hmac-md5; secret c2VjcmV0; };", "key upd { secret c2VjcmV0 };",
        "key upd { secret c2VjcmV0; };", "key upd { algorithm hmac-sha256; secret c2VjcmV0; }; key two {};",
        "/* key upd { algorithm hmac-sha256; secret c2VjcmV0; };",
        "key .. { algorithm hmac-sha256; secret c2VjcmV0; };", "options { secret c2VjcmV0; };",
        "key upd { algorithm hmac-sha256; secret \"\"; };"}) {
    const auto key = parse_tsig_key_file(secret(text));
    ASSERT_FALSE(key) << text;
    EXPECT_THAT(key.error().detail, Not(HasSubstr("c2Vjc"))) << text;
  }
}

}  // namespace
}  // namespace certstead
