#include "cli/import_scan.h"

#include <gmock/gmock.h>

#include "base/file.h"
#include "base/temp_dir.h"
#include "cli/api_client.h"
#include "cli/exit_code.h"
#include "cli/fake_manager.h"
#include "cli/session.h"
#include "crypto/issue.h"

namespace certstead {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

// A root in which nginx serves a.test, and certbot renews it.
class Host {
 public:
  Host() {
    const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
    const Instant start = from_unix_seconds(1'790'000'000);
    const Certificate leaf = issue_certificate({.dns_names = {"a.test"},
                                                .public_key = key.public_key(),
                                                .not_before = start,
                                                .not_after = start + std::chrono::days(90)},
                                               key, {})
                                 .value();
    fingerprint = leaf.fingerprint();
    const std::string pem = leaf.to_pem();
    put("etc/letsencrypt/live/a.test/fullchain.pem", pem);
    put("etc/letsencrypt/live/a.test/privkey.pem", to_text(key.to_pkcs8_pem().reveal()));
    put("etc/letsencrypt/renewal/a.test.conf", "[renewalparams]\nserver = https://ca.test/dir\n");
    put("etc/nginx/nginx.conf",
        "http { server { server_name a.test;\nssl_certificate /etc/letsencrypt/live/a.test/fullchain.pem;\n"
        "ssl_certificate_key /etc/letsencrypt/live/a.test/privkey.pem; }\n"
        "server { ssl_certificate /gone.pem; ssl_certificate_key /gone.key; } }");
  }
  void put(const std::string& path, const std::string& text) {
    EXPECT_TRUE(make_directories((dir.path() / path).parent_path(), 0755));
    EXPECT_TRUE(write_file_atomic(dir.path() / path, view_bytes(text), 0644));
  }
  ScanFlags flags(std::vector<std::string> programs) const {
    ScanFlags out;
    out.programs = std::move(programs);
    out.root = dir.path();
    return out;
  }
  // What the manager answers about it.
  std::string answer(const std::string& result, const std::string& error = "null") const {
    return R"({"dry_run":false,"used":[],"dropped":[],"sets":[{"name":"a.test","warnings":[],"result":")" +
           result + R"(","certificates":[{"fingerprint":")" + fingerprint + R"("}],"error":)" + error + "}]}";
  }

  TempDir dir;
  std::string fingerprint;
};

// Runs a scan against the scene's manager.
Ran run_scan(CliScene& scene, const ScanFlags& flags, const std::string& take_over = "", bool dry_run = false,
             const std::string& output = "table") {
  std::ostringstream out, err;
  std::istringstream in;
  CliWorld world{.out = out, .err = err, .in = in, .clock = scene.clock};
  world.environment = [](const std::string&) { return std::optional<std::string>(); };
  world.connect = [&](const std::string&) -> Result<std::unique_ptr<HttpClient>> {
    return std::unique_ptr<HttpClient>(std::make_unique<FakeManagerClient>(scene.manager));
  };
  GlobalOptions options;
  options.output = output;
  Session session(options, world);
  const Result<int> ended = run_import_scan(session, flags, take_over, dry_run);
  return {ended ? *ended : kExitFailed, out.str(), ended ? "" : ended.error().id};
}

constexpr const char* kIssuers = R"({"issuers":[{"name":"ours","directory_url":"https://ca.test/dir"}]})";

TEST(ImportScan, ImportsOnceWhatSeveralProgramsHaveAndListsThePlaces) {
  Host host;
  CliScene scene;
  scene.manager.answer("POST /imports", 200, host.answer("created"));
  const Ran ran = run_scan(scene, host.flags({"nginx", "certbot"}));
  EXPECT_EQ(ran.exit_code, kExitOk) << ran.err;
  EXPECT_EQ(scene.manager.calls().size(), 1U);
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("imported  a.test  a.test"), HasSubstr("nginx /etc/nginx/nginx.conf:2"),
                    HasSubstr("/gone.pem is not there"), HasSubstr("2 certificates: 1 imported, 1 skipped")));
  EXPECT_THAT(ran.out, Not(HasSubstr("To change there")));
  EXPECT_THAT(ran.out, Not(HasSubstr("PRIVATE KEY")));
}

TEST(ImportScan, CallsWhatIsThereAlreadyDone) {
  Host host;
  CliScene scene;
  scene.manager.answer("POST /imports", 200, host.answer("unchanged"));
  const Ran ran = run_scan(scene, host.flags({"certbot"}));
  EXPECT_EQ(ran.exit_code, kExitOk);
  EXPECT_THAT(ran.out, HasSubstr("1 certificate: 1 already there"));
}

TEST(ImportScan, CallsWhatIsBehindTheManagerAlreadyThere) {
  Host host;
  CliScene scene;
  const std::string newer = R"({"id":"import-older","detail":"the active one is newer"})";
  scene.manager.answer("POST /imports", 200, host.answer("failed", newer));
  const Ran ran = run_scan(scene, host.flags({"certbot"}));
  EXPECT_EQ(ran.exit_code, kExitOk);
  EXPECT_THAT(ran.out, HasSubstr("1 certificate: 1 already there"));
}

// What the manager has of a.test, until `end`.
std::string set_until(const std::string& end, const std::string& name = "a.test") {
  return R"({"name":"a.test","names":[{"ascii":")" + name +
         R"("}],"active":[{"not_after":"2026-10-01T00:00:00Z"},{"not_after":")" + end + R"("}]})";
}
constexpr const char* kExpired = R"({"detail":"it ended","code":"invalid","id":"import-nothing"})";

TEST(ImportScan, OfWhatTheManagerHasRenewedSinceIsNoFailure) {
  Host host;
  CliScene scene;
  scene.manager.answer("POST /imports", 400, kExpired);
  scene.manager.answer("GET /sets/a.test", 200, set_until("2027-02-20T08:15:46Z"));
  const Ran ran = run_scan(scene, host.flags({"certbot"}));
  EXPECT_EQ(ran.exit_code, kExitOk);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("1 certificate: 1 already there"),
                             HasSubstr("a.test: the manager has one until 2027-02-20 (it ended)")));
}

TEST(ImportScan, OfWhatCantBeReadButIsThereIsNoFailure) {
  Host host;
  std::filesystem::remove(host.dir.path() / "etc/letsencrypt/live/a.test/privkey.pem");
  CliScene scene;
  scene.manager.answer("GET /sets/a.test", 200, set_until("2027-02-20T08:15:46Z"));
  const Ran ran = run_scan(scene, host.flags({"certbot"}));
  EXPECT_EQ(ran.exit_code, kExitOk) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("1 certificate: 1 already there"));
}

TEST(ImportScan, FailsWhereTheManagerHasAnOlderOneOrOneOfOtherNames) {
  Host host;
  for (const std::string& set :
       {set_until("2026-10-02T00:00:00Z"), set_until("2027-02-20T08:15:46Z", "b.test")}) {
    CliScene scene;
    scene.manager.answer("POST /imports", 400, kExpired);
    scene.manager.answer("GET /sets/a.test", 200, set);
    const Ran ran = run_scan(scene, host.flags({"certbot"}));
    EXPECT_EQ(ran.exit_code, kExitFailed);
    EXPECT_THAT(ran.out, HasSubstr("1 certificate: 1 skipped"));
  }
}

TEST(ImportScan, SaysWhyTheManagerTookOneNot) {
  Host host;
  CliScene scene;
  const std::string error = R"({"id":"import-names","detail":"other names"})";
  scene.manager.answer("POST /imports", 200, host.answer("failed", error));
  const Ran ran = run_scan(scene, host.flags({"certbot"}));
  EXPECT_EQ(ran.exit_code, kExitFailed);
  EXPECT_THAT(ran.out, HasSubstr("a.test: other names"));
}

TEST(ImportScan, OfADryRunSaysWhatItWouldDo) {
  Host host;
  CliScene scene;
  scene.manager.answer("POST /imports", 200, host.answer("created"));
  const Ran ran = run_scan(scene, host.flags({"all"}), "ours", true);
  EXPECT_EQ(ran.exit_code, kExitOk);
  EXPECT_THAT(scene.manager.last_call(), HasSubstr(R"("dry_run":true,"take_over":"ours")"));
  EXPECT_THAT(ran.out, AllOf(HasSubstr("would be"), HasSubstr("To change there"),
                             HasSubstr("certbot delete --cert-name a.test")));
}

TEST(ImportScan, TakesOverAtTheCaThatWasUsedAndMakesTheAccount) {
  Host host;
  CliScene scene;
  scene.manager.answer("GET /issuers", 200, kIssuers);
  scene.manager.answer("POST /imports", 403,
                       R"({"detail":"no account","code":"denied","id":"account-needed"})");
  scene.manager.answer("POST /imports", 200, host.answer("created"));
  scene.manager.answer("POST /accounts", 201, "{}");
  scene.manager.answer("GET /sets/a.test", 200, R"({"issuer":"ours","renew_at":"2027-01-21T08:15:46Z"})");
  ScanFlags flags = host.flags({"certbot"});
  flags.email = "me@a.test";
  flags.agree_tos = true;
  const Ran ran = run_scan(scene, flags, "auto");
  EXPECT_EQ(ran.exit_code, kExitOk) << ran.out;
  EXPECT_THAT(
      scene.manager.calls(),
      Contains(R"(POST /accounts {"issuer":"ours","name":"default","email":"me@a.test","agree_tos":true})"));
  EXPECT_THAT(scene.manager.calls()[3], HasSubstr(R"("take_over":"ours")"));
  EXPECT_THAT(ran.out, HasSubstr("a.test: renewed at ours, next on 2027-01-21"));
}

TEST(ImportScan, ImportsAlsoWhereATakeOverLacksSomething) {
  Host host;
  CliScene scene;
  scene.manager.answer("GET /issuers", 200, R"({"issuers":[]})");
  scene.manager.answer("POST /imports", 200, host.answer("created"));
  const Ran unknown = run_scan(scene, host.flags({"certbot"}), "auto");
  EXPECT_EQ(unknown.exit_code, kExitFailed);
  EXPECT_THAT(unknown.out, AllOf(HasSubstr("imported"), HasSubstr("its CA is not known here")));

  CliScene other;
  other.manager.answer("POST /imports", 403,
                       R"({"detail":"no account","code":"denied","id":"account-needed"})");
  other.manager.answer("POST /imports", 200, host.answer("created"));
  const Ran needed = run_scan(other, host.flags({"certbot"}), "ours");
  EXPECT_EQ(needed.exit_code, kExitFailed);
  EXPECT_THAT(needed.out, AllOf(HasSubstr("1 imported"), HasSubstr("--agree-tos lets one be made")));
}

TEST(ImportScan, GivesAllOfItAsJson) {
  Host host;
  CliScene scene;
  scene.manager.answer("POST /imports", 422,
                       R"({"detail":"the key is weak","code":"invalid","id":"key-weak"})");
  const Ran ran = run_scan(scene, host.flags({"certbot"}), "", false, "json");
  EXPECT_EQ(ran.exit_code, kExitFailed);  // nothing of what was found could be taken
  EXPECT_THAT(ran.out, AllOf(HasSubstr("\"result\": \"skipped\""), HasSubstr("the key is weak"),
                             HasSubstr("\"directory_url\": \"https://ca.test/dir\"")));
}

TEST(ImportScan, WantsProgramsItKnowsAndAManager) {
  Host host;
  CliScene scene;
  EXPECT_EQ(run_scan(scene, host.flags({"iis"})).err, kWrongUsage);
  ScanFlags two = host.flags({"nginx", "certbot"});
  two.at = {"/x"};
  EXPECT_EQ(run_scan(scene, two).err, kWrongUsage);
  scene.manager.answer("POST /imports", 0, "");
  EXPECT_EQ(run_scan(scene, host.flags({"certbot"})).err, kManagerUnreachable);
}

TEST(ImportScan, OfAnEmptyHostIsNoFailure) {
  TempDir dir;
  CliScene scene;
  ScanFlags flags;
  flags.programs = {"all"};
  flags.root = dir.path();
  const Ran ran = run_scan(scene, flags);
  EXPECT_EQ(ran.exit_code, kExitOk);
  EXPECT_THAT(ran.out, HasSubstr("no certificate was found"));
  EXPECT_TRUE(scene.manager.calls().empty());
}

}  // namespace
}  // namespace certstead
