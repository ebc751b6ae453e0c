#include "api/router.h"

#include <gmock/gmock.h>

#include <set>

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Router, FindsARowAndDecodesItsParameters) {
  const auto match = find_route(routes(), "POST", "/api/v1/accounts/my%20ca/d%C3%A9faut/agree");
  ASSERT_TRUE(match);
  EXPECT_EQ(match->route->path, "/api/v1/accounts/{issuer}/{account}/agree");
  EXPECT_THAT(match->params, ElementsAre("my ca",
                                         "d\xC3\xA9"
                                         "faut"));
}

TEST(Router, AnEncodedSlashStaysInsideItsSegment) {
  const auto match = find_route(routes(), "GET", "/api/v1/sets/a%2Fb");
  ASSERT_TRUE(match);
  EXPECT_THAT(match->params, ElementsAre("a/b"));
}

TEST(Router, AFixedSegmentBeatsAPlaceholder) {
  constexpr Route table[] = {{"GET", "/a/{x}", "", nullptr}, {"GET", "/a/b", "", nullptr}};
  EXPECT_EQ(find_route(table, "GET", "/a/b")->route->path, "/a/b");
  EXPECT_EQ(find_route(table, "GET", "/a/c")->route->path, "/a/{x}");
}

TEST(Router, UnknownPathsAreNotFound) {
  for (const char* path :
       {"/", "/api/v1", "/api/v1/sets/", "/api/v1/sets//renew", "/api/v1/sets/a/b/c", ""}) {
    const auto match = find_route(routes(), "GET", path);
    ASSERT_FALSE(match) << path;
    EXPECT_EQ(match.error().error.code, Code::kNotFound) << path;
    EXPECT_EQ(match.error().allow, "");
  }
}

TEST(Router, AnotherMethodIsRefusedWithThoseThereAre) {
  const auto match = find_route(routes(), "PUT", "/api/v1/sets/a.test");
  ASSERT_FALSE(match);
  EXPECT_EQ(match.error().allow, "GET, DELETE");
  EXPECT_THAT(match.error().error.detail, HasSubstr("GET, DELETE"));
}

TEST(Router, BrokenEscapesAreInvalid) {
  EXPECT_EQ(find_route(routes(), "GET", "/api/v1/sets/a%2").error().error.code, Code::kInvalid);
}

TEST(Router, NoTwoRowsAreTheSame) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const Route& route : routes()) {
    EXPECT_TRUE(seen.emplace(route.method, route.path).second) << route.method << " " << route.path;
  }
}

}  // namespace
}  // namespace certstead
