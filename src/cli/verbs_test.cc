#include <gmock/gmock.h>

#include <fstream>

#include "base/file.h"
#include "base/temp_dir.h"
#include "cli/api_client.h"
#include "cli/fake_answers.h"

namespace certstead {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

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
  scene.manager.answer("GET /sets/www.example.test", 200, failing_set());
  const Ran ran = scene.run({"status", "www.example.test"});
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
            "  next try    2026-11-22 08:35 UTC, in 20 min\n");
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
  EXPECT_THAT(ran.out, AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\x07")), HasSubstr("\\x1b[2Jgone")));
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

TEST(Issuer, RootsThatCantBeReadAreToldOfWithTheirFile) {
  const TempDir dir;
  const std::string file = (dir.path() / "ca.pem").string();
  ASSERT_TRUE(write_file_atomic(file, view_bytes("no PEM")));
  CliScene scene;
  const std::string problem =
      R"({"detail":"there is no certificate in this text","code":"invalid","id":"issuer-trust"})";
  scene.manager.answer("POST /issuers", 400, problem);
  scene.manager.answer("PATCH /issuers/ours", 400, problem);
  for (const std::string verb : {"add", "change"}) {
    const Ran ran =
        scene.run({"issuer", verb, "ours", "--directory", "https://ca.test/dir", "--trust", file});
    EXPECT_EQ(ran.exit_code, kExitFailed);
    EXPECT_EQ(ran.err, "certstead: " + file + ": there is no certificate in this text\n");
  }
}

TEST(Complete, TellsWithItsFileWhatIsWrongInIt) {
  const TempDir dir;
  const std::string file = (dir.path() / "answer.pem").string();
  ASSERT_TRUE(write_file_atomic(file, view_bytes("no PEM")));
  CliScene scene;
  scene.manager.answer(
      "POST /sets/a.test/complete", 400,
      R"({"detail":"there is no certificate in it","code":"invalid","id":"certificate-garbage"})");
  scene.manager.answer("POST /sets/a.test/complete", 409,
                       R"({"detail":"a.test does not wait","code":"conflict","id":"not-waiting"})");
  EXPECT_EQ(scene.run({"complete", "a.test", file}).err,
            "certstead: " + file + ": there is no certificate in it [certificate-garbage]\n");
  EXPECT_EQ(scene.run({"complete", "a.test", file}).err, "certstead: a.test does not wait [not-waiting]\n");
}

TEST(Roots, AreTakenThoughTheyAreNoCasOnlyIfThatIsAskedFor) {
  CliScene scene;
  scene.input = "-----PEM-----\n";
  scene.manager.answer("POST /roots", 201, R"({"roots":[]})");
  EXPECT_EQ(scene.run({"roots", "add", "-"}).exit_code, kExitOk);
  EXPECT_THAT(scene.manager.last_call(), Not(HasSubstr("leaf")));
  EXPECT_EQ(scene.run({"roots", "add", "-", "--leaf"}).exit_code, kExitOk);
  EXPECT_THAT(scene.manager.last_call(), HasSubstr(R"("leaf":true)"));
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

TEST(Roots, AFileWithoutACertificateIsNamed) {
  CliScene scene;
  const TempDir dir;
  const std::string file = (dir.path() / "notes.txt").string();
  std::ofstream(file) << "no certificate";
  scene.manager.answer("POST /roots", 400, R"({"detail":"there is no certificate in it","code":"invalid"})");
  const Ran ran = scene.run({"roots", "add", file});
  EXPECT_EQ(ran.exit_code, kExitFailed);
  EXPECT_THAT(ran.err, HasSubstr(file + ": there is no certificate in it"));
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

TEST(Jobs, AreKeptAsLongAsIsChosen) {
  CliScene scene;
  scene.manager.answer("GET /settings/keep-jobs-days", 200, R"({"name":"keep-jobs-days","value":"30"})");
  scene.manager.answer("PUT /settings/keep-jobs-days", 200, R"({"name":"keep-jobs-days","value":"90"})");
  EXPECT_EQ(scene.run({"jobs", "keep"}).out, "finished jobs are kept for 30 days\n");
  EXPECT_EQ(scene.run({"jobs", "keep", "90"}).out, "finished jobs are kept for 90 days\n");
  EXPECT_EQ(scene.manager.last_call(), R"(PUT /settings/keep-jobs-days {"value":"90"})");
}

TEST(Members, AreListedAsATableAndAsJson) {
  CliScene scene;
  scene.manager.answer(
      "GET /members", 200,
      R"({"members":[{"id":"local","name":"host.test","role":"member","all_credentials":true,)"
      R"("applied_seq":12,"created":"2026-01-02T03:04:05Z","last_seen":null}]})");
  const Ran table = scene.run({"members", "list"});
  EXPECT_EQ(table.exit_code, kExitOk) << table.err;
  EXPECT_THAT(table.out, HasSubstr("MEMBER"));
  EXPECT_THAT(table.out, testing::ContainsRegex("local +host.test +member +every set +12 +.*2026-01-02"));
  EXPECT_THAT(scene.run({"members", "list", "-o", "json"}).out, HasSubstr("\"applied_seq\": 12"));
}

TEST(Members, OneThatNeverAppliedAnythingSaysSo) {
  CliScene scene;
  scene.manager.answer(
      "GET /members", 200,
      R"({"members":[{"id":"local","name":"host.test","role":"member","all_credentials":false,)"
      R"("applied_seq":null,"created":"2026-01-02T03:04:05Z","last_seen":null}]})");
  EXPECT_THAT(scene.run({"members", "list"}).out, testing::ContainsRegex("named sets +never "));
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
                           "names":[{"ascii":"www.example.test","unicode":"www.example.test"}]},
          "assumed":"--on-unknown-name refuse","lines":["request","result"]})");
  scene.manager.answer("GET /cache/lookup?name=x.test&view=gateway", 200, R"({"why":"none","entry":null})");
  EXPECT_EQ(scene.run({"cache", "lookup", "www.example.test", "--sigalgs", "rsa"}).out,
            "www.example.test:\n"
            "  match    exact\n"
            "  names    www.example.test\n"
            "  key      rsa2048\n"
            "  serial   0c2d\n"
            "  expires  2027-02-21 08:15 UTC\n"
            "  assumed  --on-unknown-name refuse\n"
            "request\nresult\n");
  const Ran nothing = scene.run({"cache", "lookup", "x.test"});
  EXPECT_EQ(nothing.exit_code, kExitFailed);
  EXPECT_EQ(nothing.out, "x.test:\n  match  none\n");
  scene.manager.answer("GET /cache/lookup?name=&view=gateway&address=192.0.2.1", 200,
                       R"({"why":"none","entry":null})");
  EXPECT_EQ(scene.run({"cache", "lookup", "--address", "192.0.2.1"}).out, "192.0.2.1:\n  match  none\n");
  scene.manager.answer("GET /cache/lookup?name=&view=gateway", 200, R"({"why":"none","entry":null})");
  EXPECT_EQ(scene.run({"cache", "lookup"}).out, "no name:\n  match  none\n");
  scene.manager.answer("GET /cache/lookup?name=&view=mail&sigalgs=none&protocol=smtp&tag=keyfile.kyr&tls12=1",
                       200, R"({"why":"none","entry":null})");
  EXPECT_EQ(scene
                .run({"cache", "lookup", "--tag", "keyfile.kyr", "--view", "mail", "--protocol", "smtp",
                      "--sigalgs", "none", "--tls12"})
                .out,
            "keyfile.kyr:\n  match  none\n");
  scene.manager.answer(
      "GET /cache/lookup?name=x.test&view=gateway&default_name=own.test&on_unknown_name=default&prefer=rsa",
      200, R"({"why":"default","entry":null})");
  EXPECT_EQ(scene
                .run({"cache", "lookup", "x.test", "--default-name", "own.test", "--on-unknown-name",
                      "default", "--prefer", "rsa"})
                .out,
            "x.test:\n  match  default\n");
}

TEST(Cache, IsShownAsTheSourceSystemShowsIt) {
  CliScene scene;
  scene.manager.answer("GET /cache?limit=5000", 200, R"({"entries":[
    {"view":"gateway","subject_key_id":"30d87a179ba0ca6e1111","key_type":"rsa4096","tags":["keyfile.kyr"],
     "not_after":"2000-01-01T00:00:00Z","names":[{"ascii":"a.test","unicode":"a.test"}]},
    {"view":"gateway","subject_key_id":"c027","key_type":"p256","tags":[],
     "not_after":"9000-01-01T00:00:00Z","names":[{"ascii":"*.b.test","unicode":"*.b.test"}]}]})");
  const std::string out = scene.run({"cache", "show"}).out;
  for (const char* part : {"30D8 7A17 9BA0 CA6E ...", "RSA 4096", "over", "keyfile.kyr", "C027", "NIST P-256",
                           "years", "*.b.test", "\n2 TLS credentials\n"}) {
    EXPECT_NE(out.find(part), std::string::npos) << part << " in\n" << out;
  }
}

TEST(Cache, LogIsSwitchedAndShown) {
  CliScene scene;
  scene.manager.answer("PUT /cache/log", 200, R"({"views":[{"view":"gateway","on":true}]})");
  EXPECT_NE(scene.run({"cache", "log", "on", "--view", "gateway"}).out.find("gateway  yes"),
            std::string::npos);
  scene.manager.answer("GET /cache/log", 200, R"({"views":[{"view":"gateway","on":false}]})");
  EXPECT_NE(scene.run({"cache", "log"}).out.find("gateway  no"), std::string::npos);
  EXPECT_EQ(scene.run({"cache", "log", "maybe"}).exit_code, kExitUsage);
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
