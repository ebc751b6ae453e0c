#include "dns/scratch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/escape.h"
#include "dns/txt_value.h"
#include "dns/url.h"
#include "dns/xml_answer.h"
#include "formula/escape.h"
#include "json/json.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Scratch with_answer(const std::string& json, std::string_view without = {}) {
  Scratch scratch;
  EXPECT_TRUE(scratch.put_answer("answer", *parse_json(json), without));
  return scratch;
}

TEST(Scratch, AnswersAreFlattenedByNameAndIndexFromZero) {
  Scratch scratch =
      with_answer(R"({"result":[{"id":7,"ok":true},{"id":"x"}],"list":["a","b"],"none":null,"n":[1,2]})");
  EXPECT_EQ(scratch.text("answer.result.0.id"), "7");
  EXPECT_TRUE(scratch.scope().find("answer.result.0.id")->is_number());
  EXPECT_EQ(scratch.text("answer.result.0.ok"), "true");
  EXPECT_EQ(scratch.text("answer.result.1.id"), "x");
  EXPECT_THAT(scratch.scope().find("answer.list")->texts(), ElementsAre("a", "b"));
  EXPECT_THAT(scratch.scope().find("answer.n")->numbers(), ElementsAre(1, 2));
  EXPECT_EQ(scratch.scope().find("answer.none"), nullptr);
  EXPECT_EQ(scratch.text("answer.absent"), "");
}

TEST(Scratch, ANewAnswerReplacesTheOldOneWhole) {
  Scratch scratch = with_answer(R"({"a":{"b":1}})");
  ASSERT_TRUE(scratch.put_answer("answer", *parse_json(R"({"c":2})")));
  EXPECT_EQ(scratch.text("answer.a.b"), "");
  EXPECT_EQ(scratch.text("answer.c"), "2");
}

TEST(Scratch, IdsBeyondFifteenDigitsLoseNone) {
  EXPECT_EQ(with_answer(R"({"id":1234567890123456789})").text("answer.id"), "1234567890123456789");
}

TEST(Scratch, ALongListCanBeLeftOut) {
  Scratch scratch = with_answer(R"({"records":[{"id":1}],"page":3})", "answer.records");
  EXPECT_EQ(scratch.text("answer.records.0.id"), "");
  EXPECT_EQ(scratch.text("answer.page"), "3");
}

TEST(Scratch, KeepsWhatIsNamedAndNoSecret) {
  Scratch scratch;
  ASSERT_TRUE(scratch.set_secret("token", "s3cr3t-value"));
  ASSERT_TRUE(scratch.set("record_id", formula::Value(12.0)));
  ASSERT_TRUE(scratch.set("copy", formula::Value("prefix s3cr3t-value")));
  ASSERT_TRUE(scratch.put_answer("retJSON_Add", *parse_json(R"({"txt":"v","list":["a","b"]})")));
  const std::string kept = scratch.keep({"token", "record_id", "copy", "retJSON_Add.*"});
  EXPECT_THAT(kept, Not(HasSubstr("s3cr3t")));
  Scratch later;
  ASSERT_TRUE(later.restore(kept));
  EXPECT_EQ(later.text("record_id"), "12");
  EXPECT_EQ(later.text("retJSON_Add.txt"), "v");
  EXPECT_THAT(later.scope().find("retJSON_Add.list")->texts(), ElementsAre("a", "b"));
  EXPECT_EQ(later.text("copy"), "");
  EXPECT_TRUE(later.restore(""));
  EXPECT_FALSE(later.restore("[1]"));
}

TEST(Redactor, FindsASecretHoweverItIsWritten) {
  Redactor redactor;
  const std::string secret = "pa ss/w\"ord&<+\\1";
  redactor.add(secret);
  redactor.add("");
  std::vector<std::string> forms = {secret, formula::percent_encoded(secret),
                                    to_json_text(boost::json::value(secret)), xml_escape(secret)};
  for (const std::string prefix : {"", "u", "us", "user:"})
    forms.push_back(base64_encode(view_bytes(prefix + secret + "tail")));
  for (const std::string& form : forms) {
    EXPECT_TRUE(redactor.finds_in("before " + form + " after")) << form;
    EXPECT_THAT(redactor.clean("before " + form + " after"), HasSubstr("[redacted]")) << form;
  }
  EXPECT_EQ(redactor.clean("nothing of it"), "nothing of it");
}

TEST(Redactor, LeavesNothingOfASecretInsideAnother) {
  Redactor redactor;
  redactor.add("abc");
  redactor.add("abcdef");
  EXPECT_EQ(redactor.clean("xabcdefx"), "x[redacted]x");
}

TEST(Txt, IsComparedWithoutItsQuotes) {
  EXPECT_EQ(plain_txt("abc"), "abc");
  EXPECT_EQ(plain_txt("\"abc\""), "abc");
  EXPECT_EQ(plain_txt("\"a\" \"bc\""), "abc");
  EXPECT_EQ(plain_txt(R"("a\"b")"), "a\"b");
  EXPECT_EQ(plain_txt("\""), "\"");
}

TEST(ProviderUrl, IsTakenApartStrictly) {
  const auto url = parse_url("HTTPS://API.Example.com:8443/a/b?c=d");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->origin(), "https://api.example.com:8443");
  EXPECT_EQ(url->path, "/a/b");
  EXPECT_EQ(url->query, "c=d");
  EXPECT_EQ(parse_url("https://a.test:443")->origin(), "https://a.test");
  EXPECT_EQ(parse_url("http://[::1]:80/")->origin(), "http://[::1]");
  for (const char* const bad :
       {"", "ftp://a.test/", "https://", "https://user@a.test/", "https://a.test:0/", "https://a.test:99999/",
        "https://a.test/#x", "https://a b/", "https://a.test/\r\nX: y", "https://a\\b.test/", "//a.test/",
        "https://a.test@b.test/"}) {
    EXPECT_FALSE(parse_url(bad)) << bad;
  }
}

TEST(XmlAnswer, BecomesWhatJsonWouldBe) {
  const auto one = parse_xml_answer(
      R"(<?xml version="1.0"?><x:R xmlns:x="u" Status="OK"><L><i>1</i><i>2</i></L><E N="7">bad</E></x:R>)");
  ASSERT_TRUE(one);
  EXPECT_EQ(to_json_text(*find_path(*one, "R.L.i")), R"(["1","2"])");
  EXPECT_EQ(to_json_text(*find_path(*one, "R.E")), R"({"N":"7","text":"bad"})");
  EXPECT_EQ(find_path(*one, "R.Status")->as_string(), "OK");
  EXPECT_FALSE(parse_xml_answer("<a><b></a>"));
  EXPECT_FALSE(parse_xml_answer(std::string(100, '<') + "a>"));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  for (int i = 0; i < 100; ++i) deep += "</a>";
  EXPECT_FALSE(parse_xml_answer(deep));
}

}  // namespace
}  // namespace certstead
