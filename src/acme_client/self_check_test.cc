#include "acme_client/self_check.h"

#include "acme_client/acme_test_bed.h"

namespace certstead {
namespace {

class SelfCheckTest : public testing::Test {
 protected:
  Status check(const SelfCheckPorts& ports = {}) {
    return check_challenge(web, "a.example.test", challenge, ports, log,
                           Deadline::after(std::chrono::seconds{10}));
  }
  // Answers `from` with a redirect to `to`.
  void redirect(const std::string& from, const std::string& to) {
    web.instead = [=](const std::string& asked) -> std::optional<Result<HttpResponse>> {
      if (asked != from) return std::nullopt;
      return HttpResponse{301, {{"Location", to}}, "", {}};
    };
  }

  const std::string url = "http://a.example.test/.well-known/acme-challenge/tok";
  ChosenChallenge challenge{"http-01", "https://ca.test/c", "tok", "tok.thumb", true};
  StubWeb web;
  NullLog log;
};

TEST_F(SelfCheckTest, PassesWhenThePublishedAnswerIsSeen) {
  web.published["tok"] = "tok.thumb";
  EXPECT_TRUE(check());
  EXPECT_EQ(web.asked, std::vector<std::string>{url});
}

TEST_F(SelfCheckTest, LetsWhiteSpaceAtTheEndPass) {
  web.published["tok"] = "tok.thumb \r\n\n";
  EXPECT_TRUE(check());
  web.published["tok"] = " tok.thumb";
  EXPECT_FALSE(check());
}

TEST_F(SelfCheckTest, NamesAddressStatusAndFirstBytesOfAWrongAnswer) {
  Error error = check().error();
  EXPECT_EQ(error.id, "self-check");
  EXPECT_EQ(error.code, Code::kUnavailable);
  EXPECT_NE(error.detail.find(url), std::string::npos);
  EXPECT_NE(error.detail.find("404"), std::string::npos);
  web.published["tok"] = "<html>\x1b[31mwelcome\r\n" + std::string(5000, 'x');
  error = check().error();
  EXPECT_NE(error.detail.find("<html>"), std::string::npos);
  EXPECT_EQ(error.detail.find('\x1b'), std::string::npos);
  EXPECT_LT(error.detail.size(), 600U);
}

TEST_F(SelfCheckTest, FollowsRedirectsAsACaDoes) {
  web.published["tok"] = "tok.thumb";
  redirect(url, "https://www.example.test/.well-known/acme-challenge/tok");
  EXPECT_TRUE(check());
  redirect(url, "http://a.example.test:8080/.well-known/acme-challenge/tok");
  EXPECT_NE(check().error().detail.find("8080"), std::string::npos);
  redirect(url, url);
  EXPECT_NE(check().error().detail.find("more than 5"), std::string::npos);
  redirect(url, "ftp://a.example.test/tok");
  EXPECT_FALSE(check());
}

TEST_F(SelfCheckTest, AsksTheLaboratorysPort) {
  web.published["tok"] = "tok.thumb";
  EXPECT_TRUE(check({5002, 5001}));
  EXPECT_EQ(web.asked.front(), "http://a.example.test:5002/.well-known/acme-challenge/tok");
}

TEST_F(SelfCheckTest, LeavesTheVerdictToTheCaWhereOurOwnRulesForbidToLook) {
  for (const char* id : {"egress-refused", "tls-not-trusted"}) {
    web.instead = [id](const std::string&) -> std::optional<Result<HttpResponse>> {
      return Result<HttpResponse>(denied("not allowed from here", id));
    };
    EXPECT_TRUE(check()) << id;
  }
  web.instead = [](const std::string&) -> std::optional<Result<HttpResponse>> {
    return Result<HttpResponse>(unavailable("there is no address for a.example.test", "no-address"));
  };
  EXPECT_NE(check().error().detail.find("no address"), std::string::npos);
}

using SelfCheckStepTest = AcmeTestBed;

TEST_F(SelfCheckStepTest, LooksAFewTimesBeforeItFails) {
  runner.publish = [](const ChosenChallenge&) {};
  const auto order = issue();
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().id, "self-check");
  EXPECT_EQ(web.asked.size(), 6U);
  EXPECT_TRUE(ca.answered.empty());
  EXPECT_TRUE(runner.last.error.empty());  // the order itself is fine
}

TEST_F(SelfCheckStepTest, GoesOnAsSoonAsTheAnswerIsServed) {
  int looks = 0;
  web.instead = [&](const std::string&) -> std::optional<Result<HttpResponse>> {
    if (++looks > 2) return std::nullopt;
    return HttpResponse{404, {}, "", {}};
  };
  EXPECT_TRUE(issue());
  EXPECT_EQ(web.asked.size(), 3U);
}

TEST_F(SelfCheckStepTest, IsLeftOutWhenItIsSwitchedOff) {
  EXPECT_TRUE(issue({"a.example.test"}, [](Order& order) { order.self_check = false; }));
  EXPECT_TRUE(web.asked.empty());
}

}  // namespace
}  // namespace certstead
