#include "cli/cli.h"

#include <gmock/gmock.h>

#include "cli/api_client.h"
#include "cli/fake_manager.h"

namespace certstead {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// A set as the manager shows it, expiring 2027-02-20.
constexpr const char* kSet =
    R"({"name":"www.example.test","status":"issued","issuer":"lab","account":"default",
  "names":[{"ascii":"www.example.test","unicode":"www.example.test"},
           {"ascii":"xn--bcher-kva.example","unicode":"b\u00fccher.example"}],
  "key_types":["p256","rsa2048"],"renew_at":"2027-01-21T08:15:46Z","renew_why":"last third",
  "members":["local"],"tags":[],"archived":3,
  "operation":{"failures":0,"last_error":"","last_error_id":"","last_try":null,"next_try":null},
  "health":{"overall":"green","certificate":"green","operation":"green","reasons":[]},
  "active":[{"key_type":"p256","serial":"0a1b","issuer":"lab","fingerprint":"f1","certificate_issuer":"CN=Lab",
             "names":[{"ascii":"www.example.test","unicode":"www.example.test"}],"version":4,
             "not_before":"2026-11-22T08:15:46Z","not_after":"2027-02-20T08:15:46Z"},
            {"key_type":"rsa2048","serial":"0c2d","issuer":"lab","fingerprint":"f2","certificate_issuer":"CN=Lab",
             "names":[{"ascii":"www.example.test","unicode":"www.example.test"}],"version":4,
             "not_before":"2026-11-22T08:15:46Z","not_after":"2027-02-21T08:15:46Z"}]})";

constexpr const char* kResultTable =
    "SET               KEY      SERIAL  ISSUER  EXPIRES     RENEWAL\n"
    "----------------  -------  ------  ------  ----------  ----------\n"
    "www.example.test  p256     0a1b    lab     2027-02-20  2027-01-21\n"
    "www.example.test  rsa2048  0c2d    lab     2027-02-21  2027-01-21\n";

std::string failing_set() {
  std::string set = kSet;
  const auto replace = [&](const std::string& from, const std::string& to) {
    set.replace(set.find(from), from.size(), to);
  };
  replace(R"("failures":0,"last_error":"","last_error_id":"","last_try":null,"next_try":null)",
          R"("failures":2,"last_error":"the CA can't reach port 80","last_error_id":"connection",
             "last_try":"2026-11-22T08:05:46Z","next_try":"2026-11-22T08:35:46Z")");
  replace(R"("overall":"green")", R"("overall":"yellow")");
  replace(R"("reasons":[])", R"("reasons":["the renewal failed twice"])");
  return set;
}

std::string outcome(const std::string& job, bool created) {
  return R"({"set":{"name":"www.example.test"},"job":)" + (job.empty() ? "null" : "\"" + job + "\"") +
         R"(,"created":)" + (created ? "true" : "false") + R"(,"summary":"requesting 2 certificates"})";
}

std::string job(const std::string& status, const std::string& progress, const std::string& more = "") {
  return R"({"id":"j1","kind":"issue","set":"www.example.test","attempts":1,"status":")" + status +
         R"(","created":"2026-11-22T08:15:40Z","progress":[)" + progress + "]" + more + "}";
}

std::string line(int number, const std::string& text) {
  return R"({"number":)" + std::to_string(number) + R"(,"at":"2026-11-22T08:15:4)" + std::to_string(number) +
         R"(Z","text":")" + text + "\"}";
}

const std::string kPlainRequest =
    R"(POST /sets {"names":["www.example.test"],"agree_tos":false,"reuse_key":false,"self_check":true,"dry_run":false})";

// A manager that gets the certificates in two steps.
void issue_well(FakeManager& manager) {
  manager.answer("POST /sets", 201, outcome("j1", true));
  manager.answer("GET /jobs/j1?after=0&wait=25", 200, job("running", line(1, "order made")));
  manager.answer("GET /jobs/j1?after=1&wait=25", 200, job("done", line(2, "certificates active")));
  manager.answer("GET /sets/www.example.test", 200, kSet);
}

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
    EXPECT_THAT(ran.out,
                AllOf(HasSubstr("Usage: certstead " + verb.front()), HasSubstr("Example:\n  certstead ")));
  }
}

TEST(List, ShowsOneLineForEachSet) {
  CliScene scene;
  scene.manager.answer("GET /sets?limit=500&after=", 200,
                       R"({"sets":[)" + std::string(kSet) + R"(],"next":"m"})");
  scene.manager.answer("GET /sets?limit=500&after=m", 200, R"({"sets":[{"name":"z.test"}],"next":null})");
  const Ran ran = scene.run({"list"});
  EXPECT_EQ(ran.exit_code, kExitOk);
  EXPECT_EQ(ran.out,
            "SET               KEYS          STATUS  HEALTH  ISSUER  EXPIRES               RENEWAL\n"
            "----------------  ------------  ------  ------  ------  --------------------  ----------\n"
            "www.example.test  p256,rsa2048  issued  green   lab     2027-02-20 (90 days)  2027-01-21\n"
            "z.test                                                  -                     -\n");
}

TEST(List, GivesAllPagesAsJson) {
  CliScene scene;
  scene.manager.answer("GET /sets?limit=500&after=", 200, R"({"sets":[{"name":"a.test"}],"next":"a.test"})");
  scene.manager.answer("GET /sets?limit=500&after=a.test", 200,
                       R"({"sets":[{"name":"b.test"}],"next":null})");
  const Ran ran = scene.run({"list", "-o", "json"});
  EXPECT_THAT(ran.out, AllOf(HasSubstr("\"a.test\""), HasSubstr("\"b.test\""), StartsWith("{")));
}

TEST(Status, ShowsHealthWithReasonsAndTheOperation) {
  CliScene scene;
  scene.manager.answer("GET /sets?limit=500&after=", 200,
                       R"({"sets":[)" + failing_set() + R"(],"next":null})");
  const Ran ran = scene.run({"status"});
  EXPECT_EQ(ran.exit_code, kExitOk);
  EXPECT_EQ(ran.out,
            "www.example.test: yellow, issued\n"
            "  because     the renewal failed twice\n"
            "  keys        p256, rsa2048\n"
            "  expires     2027-02-20 08:15 UTC, in 90 days\n"
            "  renewal     2027-01-21 08:15 UTC, in 60 days (last third)\n"
            "  operation   2 failures in a row\n"
            "  last error  the CA can't reach port 80 [connection]\n"
            "  last try    2026-11-22 08:05 UTC, 10 min ago\n"
            "  next try    2026-11-22 08:35 UTC, in 20 min\n"
            "\n"
            "1 set: 1 yellow\n");
}

TEST(Status, HasColoursOnTerminalsUnlessTheyAreUnwanted) {
  CliScene scene;
  scene.terminal = true;
  scene.manager.answer("GET /sets/www.example.test", 200, kSet);
  EXPECT_THAT(scene.run({"status", "www.example.test"}).out, HasSubstr("\x1b[32mgreen\x1b[0m"));
  scene.environment["NO_COLOR"] = "1";
  EXPECT_THAT(scene.run({"status", "www.example.test"}).out, Not(HasSubstr("\x1b")));
}

TEST(Show, NamesIdnsInBothForms) {
  CliScene scene;
  scene.manager.answer("GET /sets/www.example.test", 200, kSet);
  const Ran ran = scene.run({"show", "www.example.test"});
  EXPECT_THAT(ran.out, HasSubstr("  names      www.example.test, b\xC3\xBC"
                                 "cher.example (xn--bcher-kva.example)\n"));
  EXPECT_THAT(ran.out,
              HasSubstr("  operation  in order\n  archived   3\n  p256, version 4\n    serial       0a1b\n"));
}

TEST(Show, MakesForeignTextHarmless) {
  CliScene scene;
  scene.manager.answer(
      "GET /sets/a.test", 200,
      R"({"name":"a.test","operation":{"failures":1,"last_error":"\u001b[2Jgone\u0007\nx"}})");
  const Ran ran = scene.run({"show", "a.test"});
  EXPECT_THAT(ran.out, AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\x07")), HasSubstr("\\x1B[2Jgone")));
}

TEST(Show, EscapesTheNameInTheAddress) {
  CliScene scene;
  scene.run({"show", "a b/../c?d"});
  EXPECT_EQ(scene.manager.last_call(), "GET /sets/a%20b%2F..%2Fc%3Fd");
  EXPECT_EQ(url_escape(".."), "%2E%2E");
}

TEST(Revoke, AsksOnATerminal) {
  CliScene scene;
  scene.terminal = true;
  scene.input = "n\n";
  scene.manager.answer("POST /sets/a.test/revoke", 200, outcome("", false));
  EXPECT_EQ(scene.run({"revoke", "a.test"}).exit_code, kExitFailed);
  EXPECT_TRUE(scene.manager.calls().empty());
  scene.run({"revoke", "a.test", "--yes", "--reason", "superseded"});
  EXPECT_EQ(scene.manager.calls().front(),
            R"(POST /sets/a.test/revoke {"reason":"superseded","leave_empty":false})");
}

TEST(Delete, SaysThatNothingWasRevoked) {
  CliScene scene;
  scene.manager.answer("DELETE /sets/a.test", 204, "");
  const Ran ran = scene.run({"delete", "a.test"});
  EXPECT_EQ(ran.exit_code, kExitOk);
  EXPECT_EQ(ran.err, "deleted a.test; its certificates are not revoked\n");
}

TEST(Issuer, IsAddedWithItsRootsAndNetworks) {
  CliScene scene;
  scene.input = "-----PEM-----\n";
  scene.manager.answer("POST /issuers", 201,
                       R"({"name":"ours","directory_url":"https://ca.test/dir","wildcards":true})");
  const Ran ran = scene.run({"issuer", "add", "ours", "--directory", "https://ca.test/dir", "--trust", "-",
                             "--allow", "10.0.0.0/8,fd00::/8", "--orders-per-hour", "0"});
  EXPECT_EQ(ran.exit_code, kExitOk) << ran.err;
  EXPECT_EQ(scene.manager.last_call(),
            R"(POST /issuers {"directory_url":"https://ca.test/dir","trusted_pem":"-----PEM-----\n",)"
            R"("allowed_networks":["10.0.0.0/8","fd00::/8"],"max_orders_per_hour":0,"name":"ours"})");
  EXPECT_THAT(ran.out, HasSubstr("ours:\n  directory  https://ca.test/dir\n"));
}

TEST(Issuer, TheDefaultIsMarked) {
  CliScene scene;
  scene.manager.answer("GET /issuers", 200,
                       R"({"issuers":[{"name":"a","directory_url":"https://a.test"},{"name":"b"}]})");
  scene.manager.answer("GET /settings/default-issuer", 200, R"({"name":"default-issuer","value":"a"})");
  EXPECT_EQ(scene.run({"issuer", "list"}).out,
            "ISSUER  DEFAULT  EAB  DIRECTORY\n"
            "------  -------  ---  --------------\n"
            "a       yes      no   https://a.test\n"
            "b                no\n");
  EXPECT_EQ(scene.run({"issuer", "default"}).out, "a\n");
}

TEST(Account, TheHmacKeyNeverStandsOnTheCommandLine) {
  CliScene scene;
  scene.input = "c2VjcmV0\n";
  scene.manager.answer("POST /accounts", 201, R"({"issuer":"lab","name":"default","status":"valid"})");
  const Ran ran =
      scene.run({"account", "add", "lab", "--eab-kid", "kid-1", "--eab-hmac-file", "-", "--agree-tos"});
  EXPECT_EQ(ran.exit_code, kExitOk) << ran.err;
  EXPECT_THAT(scene.manager.last_call(), HasSubstr(R"("eab_kid":"kid-1","eab_hmac":"c2VjcmV0")"));
  EXPECT_EQ(scene.run({"account", "add", "lab", "--eab-kid", "kid-1"}).exit_code, kExitUsage);
}

TEST(Account, AgreesRollsAndGoes) {
  CliScene scene;
  const std::string account = R"({"issuer":"lab","name":"default","status":"valid"})";
  scene.manager.answer("POST /accounts/lab/default/agree", 200, account);
  scene.manager.answer("POST /accounts/lab/default/rollover", 200, account);
  scene.manager.answer("DELETE /accounts/lab/second", 204, "");
  EXPECT_EQ(scene.run({"account", "agree", "lab"}).exit_code, kExitOk);
  EXPECT_EQ(scene.run({"account", "rollover", "lab", "default"}).exit_code, kExitOk);
  EXPECT_EQ(scene.run({"account", "remove", "lab", "second"}).exit_code, kExitOk);
}

TEST(Jobs, AreListedAndFollowed) {
  CliScene scene;
  issue_well(scene.manager);
  scene.manager.answer("GET /jobs?limit=20", 200, R"({"jobs":[)" + job("done", "") + "]}");
  EXPECT_THAT(scene.run({"jobs", "list"}).out,
              HasSubstr("j1   issue  www.example.test  done    1      2026-11-22 08:15 UTC\n"));
  const Ran followed = scene.run({"jobs", "show", "j1", "--follow"});
  EXPECT_EQ(followed.exit_code, kExitOk);
  EXPECT_EQ(followed.err, "08:15:41  order made\n08:15:42  certificates active\n");
}

TEST(Audit, SaysWhetherItIsIntact) {
  CliScene scene;
  scene.manager.answer("GET /audit/verify", 200, R"({"records":12,"intact":true})");
  EXPECT_EQ(scene.run({"audit", "verify"}).out, "the audit log is intact: 12 records\n");
  CliScene broken;
  broken.manager.answer("GET /audit/verify", 403, R"({"detail":"record 7 does not fit","code":"denied"})");
  const Ran ran = broken.run({"audit", "verify"});
  EXPECT_EQ(ran.exit_code, kExitFailed);
  EXPECT_EQ(ran.err, "certstead: record 7 does not fit\n");
}

TEST(Cache, SaysWhatAClientWouldGetAndWhy) {
  CliScene scene;
  scene.manager.answer(
      "GET /cache/lookup?name=www.example.test&view=gateway&sigalgs=rsa", 200,
      R"({"why":"exact","entry":{"serial":"0c2d","key_type":"rsa2048","not_after":"2027-02-21T08:15:46Z",
                           "names":[{"ascii":"www.example.test","unicode":"www.example.test"}]}})");
  scene.manager.answer("GET /cache/lookup?name=x.test&view=gateway", 200, R"({"why":"none","entry":null})");
  EXPECT_EQ(scene.run({"cache", "lookup", "www.example.test", "--sigalgs", "rsa"}).out,
            "www.example.test:\n"
            "  match    exact\n"
            "  names    www.example.test\n"
            "  key      rsa2048\n"
            "  serial   0c2d\n"
            "  expires  2027-02-21 08:15 UTC\n");
  const Ran nothing = scene.run({"cache", "lookup", "x.test"});
  EXPECT_EQ(nothing.exit_code, kExitFailed);
  EXPECT_EQ(nothing.out, "x.test:\n  match  none\n");
}

TEST(Version, IsSaidWithoutAManagerToo) {
  CliScene scene;
  scene.manager.answer("GET /version", 0, "");
  scene.manager.answer("GET /version", 200, R"({"version":"1.2.4"})");
  EXPECT_EQ(scene.run({"version"}).out, "certstead 1.2.3\n");
  EXPECT_EQ(scene.run({"version"}).out, "certstead 1.2.3\nmanager   1.2.4\n");
}

}  // namespace
}  // namespace certstead
