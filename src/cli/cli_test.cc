#include "cli/cli.h"

#include <gmock/gmock.h>

#include "cli/fake_answers.h"

namespace certstead {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string kPlainRequest =
    R"(POST /sets {"names":["www.example.test"],"agree_tos":false,"reuse_key":false,"self_check":true,"dry_run":false})";

TEST(Request, WaitsWithProgressAndEndsWithTheResult) {
  CliScene scene;
  issue_well(scene.manager);
  const Ran ran = scene.run({"request", "www.example.test"});
  EXPECT_EQ(ran.exit_code, kExitOk);
  EXPECT_EQ(ran.out, kResultTable);
  EXPECT_EQ(ran.err, "requesting 2 certificates\n08:15:41  order made\n08:15:42  certificates active\n");
  EXPECT_EQ(scene.manager.calls().front(), kPlainRequest);
  EXPECT_EQ(scene.socket, "/run/certstead/api.sock");
}

TEST(Request, SendsWhatItWasTold) {
  CliScene scene;
  issue_well(scene.manager);
  scene.run({"request",
             "www.example.test",
             "b\xC3\xBC"
             "cher.example",
             "-d",
             "mail.example.test",
             "--key",
             "p256,rsa2048",
             "--issuer",
             "lab",
             "--email",
             "a@example.test",
             "--agree-tos",
             "--profile",
             "short",
             "--preferred-chain",
             "Root X",
             "--reuse-key",
             "--no-self-check",
             "--tag",
             "web",
             "--name",
             "main",
             "--account",
             "second"});
  EXPECT_EQ(scene.manager.calls().front(),
            R"(POST /sets {"names":["www.example.test","b)"
            "\xC3\xBC"
            R"(cher.example","mail.example.test"],)"
            R"("name":"main","issuer":"lab","account":"second","email":"a@example.test","profile":"short",)"
            R"("preferred_chain":"Root X","key_types":["p256","rsa2048"],"tags":["web"],"agree_tos":true,)"
            R"("reuse_key":true,"self_check":false,"dry_run":false})");
}

TEST(Request, OfANameThatIsNotInUtf8IsRefusedInOneSentence) {
  CliScene scene;
  const Ran ran = scene.run({"request", "www.example.test", "-d",
                             "b\xFC"
                             "cher.example"});
  EXPECT_EQ(ran.exit_code, kExitUsage);
  EXPECT_EQ(
      ran.err,
      "certstead: --domain: 'b\\xfccher.example' is not in UTF-8; type it in a terminal of that encoding, a "
      "host name also as xn--...\n");
  EXPECT_TRUE(scene.manager.calls().empty());
}

TEST(Request, QuietSaysTheResultOnly) {
  CliScene scene;
  issue_well(scene.manager);
  const Ran ran = scene.run({"request", "www.example.test", "--quiet"});
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(ran.out, kResultTable);
}

TEST(Request, NothingToDoIsSuccessUnlessTheExitCodeIsToSayMore) {
  CliScene scene;
  scene.manager.answer("POST /sets", 200, outcome("", false));
  scene.manager.answer("GET /sets/www.example.test", 200, kSet);
  const Ran ran = scene.run({"request", "www.example.test"});
  EXPECT_EQ(ran.exit_code, kExitOk);
  EXPECT_EQ(ran.out, kResultTable);
  EXPECT_EQ(scene.run({"request", "www.example.test", "--detailed-exitcode"}).exit_code, kExitNothingToDo);
}

TEST(Request, ADryRunSaysWhatWouldBeDone) {
  CliScene scene;
  scene.manager.answer("POST /sets", 200, outcome("", false));
  const Ran ran = scene.run({"request", "www.example.test", "--dry-run"});
  EXPECT_EQ(ran.exit_code, kExitOk);
  EXPECT_EQ(ran.out, "dry run, nothing was changed: requesting 2 certificates\n");
  EXPECT_THAT(scene.manager.last_call(), HasSubstr(R"("dry_run":true)"));
}

TEST(Request, NoWaitLeavesTheJobToTheManager) {
  CliScene scene;
  issue_well(scene.manager);
  const Ran ran = scene.run({"request", "www.example.test", "--no-wait"});
  EXPECT_EQ(ran.exit_code, kExitOk);
  EXPECT_THAT(ran.err, HasSubstr("certstead jobs show --follow j1"));
  EXPECT_EQ(scene.manager.calls().size(), 1U);
}

TEST(Request, AFailedJobEndsWithItsErrorAndTheNextTry) {
  CliScene scene;
  scene.manager.answer("POST /sets", 201, outcome("j1", true));
  scene.manager.answer(
      "GET /jobs/j1?after=0&wait=25", 200,
      job("queued", line(1, "the CA looked"),
          R"(,"run_at":"2026-11-22T08:25:46Z","last_error":"port 80 is closed","last_error_id":"connection")"));
  const Ran ran = scene.run({"request", "www.example.test"});
  EXPECT_EQ(ran.exit_code, kExitFailed);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err,
              HasSubstr("certstead: port 80 is closed [connection]; the manager tries again at 2026-11-22 "
                        "08:25 UTC, in 10 min\n"));
}

TEST(Request, AProblemIsSaidAsTheManagerSaysIt) {
  CliScene scene;
  scene.manager.answer(
      "POST /sets", 403,
      R"({"detail":"agree to https://ca.test/terms first","code":"denied","id":"terms-not-agreed",
                           "retry_after":90})");
  const Ran ran = scene.run({"request", "www.example.test"});
  EXPECT_EQ(ran.exit_code, kExitFailed);
  EXPECT_EQ(ran.err, "certstead: agree to https://ca.test/terms first (try again in 90 s)\n");
}

TEST(Request, OutlivesAManagerThatIsRestarted) {
  CliScene scene;
  scene.manager.answer("POST /sets", 201, outcome("j1", true));
  scene.manager.answer("GET /jobs/j1?after=0&wait=25", 200, job("running", line(1, "order made")));
  for (int i = 0; i < 5; ++i) scene.manager.answer("GET /jobs/j1?after=1&wait=25", 0, "");
  scene.manager.answer("GET /jobs/j1?after=1&wait=25", 200, job("done", ""));
  scene.manager.answer("GET /sets/www.example.test", 200, kSet);
  const Ran ran = scene.run({"request", "www.example.test"});
  EXPECT_EQ(ran.exit_code, kExitOk) << ran.err;
  EXPECT_EQ(scene.pauses, 5);
}

TEST(Request, GivesUpOnAManagerThatStaysAway) {
  CliScene scene;
  scene.manager.answer("POST /sets", 201, outcome("j1", true));
  scene.manager.answer("GET /jobs/j1?after=0&wait=25", 200, job("running", line(1, "order made")));
  scene.manager.answer("GET /jobs/j1?after=1&wait=25", 0, "");
  EXPECT_EQ(scene.run({"request", "www.example.test"}).exit_code, kExitUnreachable);
}

TEST(Request, NeedsAName) {
  CliScene scene;
  const Ran ran = scene.run({"request"});
  EXPECT_EQ(ran.exit_code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("name at least one host"));
}

TEST(Cli, AManagerThatIsAwayHasAnExitCodeOfItsOwn) {
  CliScene scene;
  scene.manager.answer("GET /sets?limit=500&after=", 0, "");
  const Ran ran = scene.run({"list", "--socket", "/no/such/api.sock"});
  EXPECT_EQ(ran.exit_code, kExitUnreachable);
  EXPECT_EQ(ran.err,
            "certstead: the manager is not reachable: there is no socket /no/such/api.sock; is it running? "
            "Start it "
            "(certstead manager), or name its socket with --socket\n");
}

TEST(Cli, TheSocketComesFromTheEnvironmentToo) {
  CliScene scene;
  scene.environment["CERTSTEAD_SOCKET"] = "/somewhere/api.sock";
  scene.run({"list"});
  EXPECT_EQ(scene.socket, "/somewhere/api.sock");
}

TEST(Cli, FlagsForEveryVerbMayStandBeforeIt) {
  CliScene scene;
  scene.run({"--socket", "/before.sock", "list"});
  EXPECT_EQ(scene.socket, "/before.sock");
  scene.run({"issuer", "--socket", "/between.sock", "list"});
  EXPECT_EQ(scene.socket, "/between.sock");
  scene.run({"--socket", "/before.sock", "list", "--socket", "/behind.sock"});
  EXPECT_EQ(scene.socket, "/behind.sock");
}

TEST(Cli, WrongUsageIsTwo) {
  CliScene scene;
  for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                {"nonsense"},
                                                {"list", "--nonsense"},
                                                {"show"},
                                                {"list", "-o", "yaml"},
                                                {"issuer"},
                                                {"jobs", "list", "--limit", "0"},
                                                {"issuer", "add", "x"}}) {
    const Ran ran = scene.run(words);
    EXPECT_EQ(ran.exit_code, kExitUsage);
    EXPECT_THAT(ran.err, StartsWith("certstead"));
    EXPECT_EQ(ran.out, "");
  }
  EXPECT_TRUE(scene.manager.calls().empty());
}

TEST(Cli, EveryVerbHasHelpWithAnExample) {
  CliScene scene;
  for (const std::vector<std::string>& verb : {std::vector<std::string>{"request"},
                                               {"list"},
                                               {"show"},
                                               {"status"},
                                               {"renew"},
                                               {"revoke"},
                                               {"delete"},
                                               {"issuer"},
                                               {"issuer", "add"},
                                               {"issuer", "list"},
                                               {"issuer", "show"},
                                               {"issuer", "remove"},
                                               {"account"},
                                               {"account", "add"},
                                               {"account", "rollover"},
                                               {"roots"},
                                               {"roots", "add"},
                                               {"roots", "rechain"},
                                               {"health"},
                                               {"health", "watch", "add"},
                                               {"notify", "add", "mail"},
                                               {"notify", "test"},
                                               {"jobs"},
                                               {"jobs", "show"},
                                               {"audit"},
                                               {"audit", "verify"},
                                               {"cache"},
                                               {"cache", "lookup"},
                                               {"version"},
                                               {"completion"}}) {
    std::vector<std::string> words = verb;
    words.push_back("--help");
    const Ran ran = scene.run(words);
    EXPECT_EQ(ran.exit_code, kExitOk) << verb.back();
    EXPECT_THAT(ran.out, Not(HasSubstr("\n\n\n")));
    EXPECT_THAT(ran.out,
                AllOf(HasSubstr("Usage: certstead " + verb.front()), HasSubstr("Example:\n  certstead ")));
  }
}

}  // namespace
}  // namespace certstead
