#include "probe/starttls.h"

#include <gmock/gmock.h>

namespace certstead {
namespace {

using testing::HasSubstr;

// Says `replies` one after another, each after what the client said; returns all that the client said, or the
// error.
Result<std::string> talk(StartTls protocol, const std::vector<std::string>& replies,
                         std::size_t step = 4096) {
  StartTlsTalk client(protocol);
  std::string said = client.take_to_send();
  for (const std::string& reply : replies) {
    for (std::size_t at = 0; at < reply.size(); at += step) {
      CHECK_OK(client.feed(view_bytes(std::string_view(reply).substr(at, step))));
    }
    said += client.take_to_send();
  }
  if (!client.done()) return unavailable("it waits on: " + said);
  return said;
}

std::string refusal(StartTls protocol, const std::vector<std::string>& replies) {
  const Result<std::string> said = talk(protocol, replies);
  return said ? "agreed" : said.error().detail;
}

const std::string kLdapYes("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00", 14);
const std::string kLdapNo("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\x00\x04\x00", 14);
const std::string kLdapLongForm(
    "\x30\x84\x00\x00\x00\x10\x02\x01\x01\x78\x84\x00\x00\x00\x07\x0a\x01\x00\x04\x00\x04\x00", 22);

TEST(StartTls, EachProtocolIsAskedInItsOwnWords) {
  EXPECT_EQ(*talk(StartTls::kSmtp, {"220-welcome\r\n220 mail ESMTP\r\n",
                                    "250-mail\r\n250-SIZE 1\r\n250 STARTTLS\r\n", "220 go ahead\r\n"}),
            "EHLO probe.invalid\r\nSTARTTLS\r\n");
  EXPECT_EQ(*talk(StartTls::kImap,
                  {"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n", "* some news\r\na OK begin\r\n"}),
            "a STARTTLS\r\n");
  EXPECT_EQ(*talk(StartTls::kPop3, {"+OK ready\r\n", "+OK begin\r\n"}), "STLS\r\n");
  EXPECT_EQ(*talk(StartTls::kFtp, {"220-Hello\r\n anything\r\n220 ready\r\n", "234 begin\r\n"}),
            "AUTH TLS\r\n");
  EXPECT_EQ(talk(StartTls::kPostgres, {"S"})->size(), 8U);
  EXPECT_THAT(*talk(StartTls::kLdap, {kLdapYes}), HasSubstr("1.3.6.1.4.1.1466.20037"));
  EXPECT_TRUE(talk(StartTls::kLdap, {kLdapLongForm}));
}

TEST(StartTls, RepliesMayComeByteByByte) {
  EXPECT_TRUE(
      talk(StartTls::kSmtp, {"220 mail\r\n", "250-mail\r\n250-starttls\r\n250 SIZE\r\n", "220 go\r\n"}, 1));
  EXPECT_TRUE(talk(StartTls::kLdap, {kLdapYes}, 1));
  EXPECT_TRUE(talk(StartTls::kLdap, {kLdapLongForm}, 1));
}

TEST(StartTls, WhatStandsInClearBehindTheConsentIsRefused) {
  const std::string more = "sent in clear";
  EXPECT_THAT(
      refusal(StartTls::kSmtp, {"220 a\r\n", "250-a\r\n250 STARTTLS\r\n", "220 go\r\n250 injected\r\n"}),
      HasSubstr("more than it was asked for"));
  EXPECT_THAT(refusal(StartTls::kImap, {"* OK a\r\n", "a OK go\r\n* injected\r\n"}), HasSubstr("more than"));
  EXPECT_THAT(refusal(StartTls::kPop3, {"+OK a\r\n", "+OK go\r\n+OK injected\r\n"}), HasSubstr("more than"));
  EXPECT_THAT(refusal(StartTls::kFtp, {"220 a\r\n", "234 go\r\n230 injected\r\n"}), HasSubstr("more than"));
  EXPECT_THAT(refusal(StartTls::kPostgres, {"Sx"}), HasSubstr("more than"));
  EXPECT_THAT(refusal(StartTls::kLdap, {kLdapYes + "x"}), HasSubstr("more than"));
  EXPECT_THAT(refusal(StartTls::kPop3, {"+OK a\r\n", "+OK go\r\n", "x"}), HasSubstr("in clear"));
}

TEST(StartTls, ARefusalIsToldInTheServersWords) {
  EXPECT_THAT(refusal(StartTls::kSmtp, {"554 go away\r\n"}), HasSubstr("554 go away"));
  EXPECT_THAT(refusal(StartTls::kSmtp, {"220 a\r\n", "250-a\r\n250 SIZE\r\n"}),
              HasSubstr("does not offer STARTTLS"));
  EXPECT_THAT(refusal(StartTls::kSmtp, {"220 a\r\n", "250 STARTTLS\r\n", "454 not now\r\n"}),
              HasSubstr("454 not now"));
  EXPECT_THAT(refusal(StartTls::kImap, {"* PREAUTH hello\r\n"}), HasSubstr("PREAUTH"));
  EXPECT_THAT(refusal(StartTls::kImap, {"* OK a\r\n", "a BAD what\r\n"}), HasSubstr("a BAD what"));
  EXPECT_THAT(refusal(StartTls::kPop3, {"+OK a\r\n", "-ERR no\r\n"}), HasSubstr("-ERR no"));
  EXPECT_THAT(refusal(StartTls::kFtp, {"421 full\r\n"}), HasSubstr("421 full"));
  EXPECT_THAT(refusal(StartTls::kFtp, {"220 a\r\n", "502 no\r\n"}), HasSubstr("502 no"));
  EXPECT_THAT(refusal(StartTls::kPostgres, {"N"}), HasSubstr("switched off"));
  EXPECT_THAT(refusal(StartTls::kPostgres, {"E"}), HasSubstr("not that of a PostgreSQL server"));
  EXPECT_THAT(refusal(StartTls::kLdap, {kLdapNo}), HasSubstr("result code 2"));
  EXPECT_THAT(refusal(StartTls::kLdap, {"HTTP/1.1 400"}), HasSubstr("no LDAP response"));
}

TEST(StartTls, AServerThatSaysTooMuchIsCutShort) {
  EXPECT_THAT(refusal(StartTls::kSmtp, {std::string(3000, 'x')}), HasSubstr("2 KiB"));
  std::string lines;
  for (int i = 0; i < 2000; ++i) lines += "220-welcome\r\n";
  EXPECT_THAT(refusal(StartTls::kSmtp, {lines}), HasSubstr("16 KiB"));
  EXPECT_THAT(refusal(StartTls::kLdap, {std::string("\x30\x84\x7f\xff\xff\xff", 6)}), HasSubstr("16 KiB"));
}

TEST(StartTls, NamesAreReadAndUnknownOnesListed) {
  EXPECT_EQ(*parse_starttls("imap"), StartTls::kImap);
  EXPECT_THAT(parse_starttls("gopher").error().detail, HasSubstr("smtp, imap, pop3, ldap, ftp, postgres"));
  EXPECT_FALSE(parse_starttls(""));
}

}  // namespace
}  // namespace certstead
