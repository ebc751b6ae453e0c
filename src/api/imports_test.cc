#include <gmock/gmock.h>

#include "api/scene_testing.h"

namespace certstead {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ImportsApi, MakesASetAndReportsWhatWasUsedAndDropped) {
  ApiScene scene;
  const Answer answer = scene.post(
      "/api/v1/imports",
      R"({"files":[{"name":"a.pem","text":"www.example.test"},{"name":"b","data":""}],"passwords":["x"]})");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.json.at("sets").at(0).at("name").as_string(), "www.example.test");
  EXPECT_EQ(answer.json.at("sets").at(0).at("result").as_string(), "created");
  EXPECT_EQ(answer.json.at("sets").at(0).at("warnings").at(0).as_string(), "p256: a warning");
  EXPECT_EQ(answer.json.at("used").at(0).at("file").as_string(), "a.pem");
  EXPECT_EQ(answer.json.at("dropped").at(0).at("id").as_string(), "unreadable");
  EXPECT_THAT(answer.body, Not(HasSubstr(std::string(kSecretMarker))));
  EXPECT_EQ(scene.importer.passwords, 1U);
  EXPECT_EQ(scene.get("/api/v1/sets/www.example.test").status, 200);
}

TEST(ImportsApi, TakesBase64AndADryRunChangesNothing) {
  ApiScene scene;
  const Answer answer = scene.post(
      "/api/v1/imports", R"({"files":[{"name":"a","data":"d3d3LmV4YW1wbGUudGVzdA=="}],"dry_run":true})");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.json.at("sets").at(0).at("result").as_string(), "created");
  EXPECT_EQ(scene.get("/api/v1/sets/www.example.test").status, 404);
}

TEST(ImportsApi, RefusesWhatItDoesNotUnderstandByName) {
  ApiScene scene;
  const auto detail = [&](const std::string& body) {
    const Answer answer = scene.post("/api/v1/imports", body);
    EXPECT_EQ(answer.status, 400) << answer.body;
    return answer.text("detail");
  };
  EXPECT_THAT(detail(R"({"files":[{"name":"a","text":"x","data":"eA=="}]})"), HasSubstr("one of the two"));
  EXPECT_THAT(detail(R"({"files":[{"name":"a","data":"?"}]})"), HasSubstr("'data' of a"));
  EXPECT_THAT(detail(R"({"files":[{"name":"a","path":"/etc/passwd"}]})"), HasSubstr("'path' is not known"));
  EXPECT_THAT(detail(R"({"file":"a"})"), HasSubstr("'file' is not known"));
  EXPECT_EQ(scene.post("/api/v1/imports", R"({"files":[]})").text("id"), "import-empty");
}

}  // namespace
}  // namespace certstead
