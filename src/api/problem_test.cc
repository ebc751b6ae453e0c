#include "api/problem.h"

#include <gmock/gmock.h>

#include "json/json.h"
#include "json/json_object.h"

namespace certstead {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Problem, EachCodeHasItsOwnStatus) {
  EXPECT_EQ(http_status(not_found("x")), 404);
  EXPECT_EQ(http_status(conflict("x")), 409);
  EXPECT_EQ(http_status(invalid("x")), 400);
  EXPECT_EQ(http_status(denied("x")), 403);
  EXPECT_EQ(http_status({Code::kLimited, "x"}), 429);
  EXPECT_EQ(http_status(unavailable("x")), 503);
  EXPECT_EQ(http_status(internal("x")), 500);
}

TEST(Problem, SomeIdsHaveAStatusOfTheirOwn) {
  EXPECT_EQ(http_status(invalid("x", std::string(kMethodNotAllowed))), 405);
  EXPECT_EQ(http_status(conflict("x", std::string(kPreconditionFailed))), 412);
  EXPECT_EQ(http_status(invalid("x", std::string(kBodyTooLarge))), 413);
  EXPECT_EQ(http_status(invalid("x", std::string(kUnsupportedMediaType))), 415);
}

TEST(Problem, HasTheMembersOfRfc9457) {
  const HttpReply reply = to_reply(denied("Agree to the terms first.", "terms-not-agreed"));
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(reply.headers.get("Content-Type"), "application/problem+json");
  const auto json = parse_json(reply.body);
  ASSERT_TRUE(json);
  const auto problem = JsonObject::of(*json);
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->string("type").value(), "urn:certstead:error:terms-not-agreed");
  EXPECT_EQ(problem->string("title").value(), "Denied");
  EXPECT_EQ(problem->integer("status").value(), 403);
  EXPECT_EQ(problem->string("detail").value(), "Agree to the terms first.");
  EXPECT_EQ(problem->string("code").value(), "denied");
  EXPECT_EQ(problem->string("id").value(), "terms-not-agreed");
}

TEST(Problem, WithoutAnIdTheTypeNamesTheCode) {
  EXPECT_THAT(to_reply(not_found("x")).body, HasSubstr("\"urn:certstead:error:not-found\""));
}

TEST(Problem, HidesWhatWentWrongInside) {
  const HttpReply reply = to_reply(internal("SELECT * FROM secrets failed", "sql"));
  EXPECT_THAT(reply.body, Not(HasSubstr("SELECT")));
  EXPECT_THAT(reply.body, Not(HasSubstr("sql")));
}

TEST(Problem, SaysWhenToTryAgainInHeaderAndBody) {
  const HttpReply reply = to_reply({Code::kLimited, "Wait.", "budget", std::chrono::seconds(90)});
  EXPECT_EQ(reply.headers.get("Retry-After"), "90");
  EXPECT_THAT(reply.body, HasSubstr("\"retry_after\":90"));
}

TEST(Problem, EscapesWhatIsNotPrintable) {
  EXPECT_THAT(to_reply(invalid("bad \x1b[31m text")).body, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace certstead
