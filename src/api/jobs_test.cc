#include <gmock/gmock.h>

#include <thread>

#include "api/scene_testing.h"
#include "json/json_object.h"

namespace certstead {
namespace {

using testing::ElementsAre;

std::vector<std::string> lines_of(const Answer& answer) {
  std::vector<std::string> lines;
  const auto progress = JsonObject::of(answer.json)->objects("progress");
  for (const JsonObject& line : progress.value()) lines.push_back(line.string("text").value());
  return lines;
}

class LongPoll : public testing::Test {
 protected:
  void progress(const std::string& text) {
    EXPECT_TRUE(scene_.store->jobs().add_progress(job_, scene_.clock.now(), text));
  }
  std::size_t lines() { return scene_.store->jobs().progress_after(job_, 0)->size(); }
  // Only what comes after the lines that are there already.
  std::string target(int wait) {
    return "/api/v1/jobs/" + job_ + "?after=" + std::to_string(lines()) + "&wait=" + std::to_string(wait);
  }

  ApiScene scene_;
  std::string job_ = scene_.request("www.example.test");
};

TEST_F(LongPoll, AnswersAtOnceWithLinesThatAreThere) {
  const std::string from_here = target(50);
  progress("order made");
  progress("challenge published");
  EXPECT_THAT(lines_of(scene_.get(from_here)), ElementsAre("order made", "challenge published"));
}

TEST_F(LongPoll, WaitsForALine) {
  const std::string from_here = target(50);
  std::thread later([&] { progress("order made"); });
  EXPECT_THAT(lines_of(scene_.get(from_here)), ElementsAre("order made"));
  later.join();
}

TEST_F(LongPoll, EndsWhenTheJobIsOver) {
  const std::string from_here = target(50);
  std::thread later([&] {
    Jobs& jobs = scene_.store->jobs();
    Job job =
        jobs.claim_job("test", scene_.clock.now(), scene_.clock.now() + std::chrono::minutes(1))->value();
    job.status = JobStatus::kFailed;
    job.last_error = "the CA said no";
    job.finished = scene_.clock.now();
    EXPECT_TRUE(jobs.finish_run(job));
  });
  std::string status = scene_.get(from_here).text("status");
  if (status == "running") status = scene_.get(from_here).text("status");
  later.join();
  EXPECT_EQ(status, "failed");
}

TEST_F(LongPoll, StopEndsTheWaiting) {
  const std::string from_here = target(3600);
  std::thread later([&] { scene_.api.stop(); });
  const Answer answer = scene_.get(from_here);
  later.join();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(scene_.get(from_here).status, 200);
}

TEST_F(LongPoll, WithoutAPlaceToWaitInItAnswersAtOnce) {
  // The scene has two places; a third caller must not take the last worker of the server.
  const std::string from_here = target(3600);
  std::vector<std::thread> waiting;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 3; ++i) {
    waiting.emplace_back([&] {
      scene_.get(from_here);
      if (++answered == 1) progress("line");
    });
  }
  for (std::thread& thread : waiting) thread.join();
  EXPECT_EQ(answered, 3);
}

TEST_F(LongPoll, UnknownJobsAreNotFound) {
  EXPECT_EQ(scene_.get("/api/v1/jobs/nothing?wait=50").status, 404);
}

TEST_F(LongPoll, ListsTheNewestFirst) {
  const std::string second = scene_.request("mail.example.test");
  const Answer answer = scene_.get("/api/v1/jobs?limit=1");
  const auto jobs = JsonObject::of(answer.json)->objects("jobs");
  ASSERT_EQ(jobs->size(), 1U);
  EXPECT_EQ(jobs->front().string("id").value(), second);
  EXPECT_EQ(jobs->front().string("kind").value(), "issue");
}

}  // namespace
}  // namespace certstead
