#include "responder/http01.h"

#include <gtest/gtest.h>

#include <map>

#include "base/temp_dir.h"
#include "replica/view.h"

namespace certstead {
namespace {

class TableAnswers final : public ChallengeAnswers {
 public:
  Result<std::optional<std::string>> key_authorization(std::string_view token) const override {
    if (broken) return unavailable("the view is gone");
    const auto found = table.find(std::string(token));
    return found == table.end() ? std::nullopt : std::optional(found->second);
  }
  std::map<std::string, std::string> table = {
      {"Tok-en_1", "Tok-en_1.thumb"}, {"", "empty"}, {"a/b", "slash"}};
  bool broken = false;
};

HttpReply ask(const std::string& token, std::string_view method = "GET") {
  return answer_challenge(TableAnswers(), method, std::string(kChallengePrefix) + token);
}

TEST(Http01, KnownTokenGetsExactlyItsKeyAuthorization) {
  const HttpReply reply = ask("Tok-en_1");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "Tok-en_1.thumb");
  EXPECT_EQ(reply.headers.get("Content-Type"), "application/octet-stream");
  EXPECT_EQ(ask("Tok-en_1", "HEAD").status, 200);
}

TEST(Http01, UnknownTokensAreNotFoundAndNotEchoed) {
  const HttpReply reply = ask("Unknown-Token");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.body.find("Unknown-Token"), std::string::npos);
}

TEST(Http01, MalformedTokensAreNeverLookedUp) {
  const std::string nul("a\0b", 3);
  for (const std::string& token :
       {std::string(), std::string("a/b"), std::string("../../etc/passwd"), std::string("%54ok-en_1"),
        std::string("$(touch x)"), std::string("a b"), nul, std::string("a\r\nb"), std::string(129, 'a'),
        std::string("\xc3\xa4")}) {
    EXPECT_EQ(ask(token).status, 404) << token;
  }
}

TEST(Http01, OnlyThePrefixIsItsBusiness) {
  EXPECT_TRUE(is_challenge_path("/.well-known/acme-challenge/x"));
  for (const char* path : {"/", "/.well-known/acme-challenge", "/.well-known/acme-challengex/y",
                           "/x/.well-known/acme-challenge/y"}) {
    EXPECT_FALSE(is_challenge_path(path)) << path;
    EXPECT_EQ(answer_challenge(TableAnswers(), "GET", path).status, 404) << path;
  }
}

TEST(Http01, OtherMethodsAreRefused) {
  const HttpReply reply = ask("Tok-en_1", "POST");
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(reply.headers.get("Allow"), "GET, HEAD");
}

TEST(Http01, UnreadableAnswersAreAPassingFailure) {
  TableAnswers answers;
  answers.broken = true;
  const HttpReply reply = answer_challenge(answers, "GET", std::string(kChallengePrefix) + "Tok-en_1");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.body.find("view"), std::string::npos);
}

TEST(ViewAnswers, WhatTheMemberWritesIsAnsweredUntilItIsTakenAway) {
  const TempDir dir;
  auto writer = ViewWriter::open(dir.path());
  ASSERT_TRUE(writer) << writer.error().detail;
  const auto reader = ViewReader::open(dir.path());
  ASSERT_TRUE(reader) << reader.error().detail;
  const ViewAnswers answers(**reader);
  const std::string path = std::string(kChallengePrefix) + "Token";
  EXPECT_EQ(answer_challenge(answers, "GET", path).status, 404);
  const auto change = [&](auto action) {
    auto batch = (*writer)->begin();
    ASSERT_TRUE(batch);
    ASSERT_TRUE(action(*batch));
    ASSERT_TRUE(batch->commit());
  };
  change([](ViewBatch& batch) { return batch.put_http01("Token", "Token.print"); });
  EXPECT_EQ(answer_challenge(answers, "GET", path).body, "Token.print");
  change([](ViewBatch& batch) { return batch.remove_http01("Token"); });
  EXPECT_EQ(answer_challenge(answers, "GET", path).status, 404);
}

}  // namespace
}  // namespace certstead
