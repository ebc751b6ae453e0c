#include "cli/config.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/temp_dir.h"
#include "cli/fake_manager.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Config, ReadsValuesListsAndSections) {
  const auto entries = parse_config(
      "socket = \"/run/x.sock\"\n[gateway]\nhttps = [\"0.0.0.0:443\", \"[::]:443\"]\n"
      "workers = 4\nflag = true\n",
      "c.toml");
  ASSERT_TRUE(entries) << entries.error().detail;
  ASSERT_EQ(entries->size(), 4U);
  for (const ConfigEntry& entry : *entries) {
    if (entry.key == "gateway.https") {
      EXPECT_THAT(entry.values, ElementsAre("0.0.0.0:443", "[::]:443"));
      EXPECT_TRUE(entry.is_list);
      EXPECT_EQ(entry.line, 3);
    }
    if (entry.key == "gateway.workers") {
      EXPECT_THAT(entry.values, ElementsAre("4"));
    }
    if (entry.key == "gateway.flag") {
      EXPECT_THAT(entry.values, ElementsAre("true"));
    }
  }
}

TEST(Config, ErrorsNameTheLine) {
  EXPECT_THAT(parse_config("a = 1\nb = \n", "c.toml").error().detail, HasSubstr("c.toml, line 2"));
  EXPECT_THAT(parse_config("a = 1.5\n", "c.toml").error().detail, HasSubstr("c.toml, line 1: 'a' must be"));
  EXPECT_THAT(parse_config("[a.b]\nc = 1\n", "c.toml").error().detail, HasSubstr("no sections inside"));
  EXPECT_THAT(parse_config("a = 1\na = 2\n", "c.toml").error().detail, HasSubstr("line 2"));
}

TEST(Config, ATableWithoutANameIsRefused) {
  for (const char* const text : {"a = 1\n[?]", "a = 1\n[=", "a = 1\n[[.b]]"})
    EXPECT_THAT(parse_config(text, "c.toml").error().detail, HasSubstr("c.toml, line 2: a line that"))
        << text;
}

// A command line with servers that only keep their options.
class ServerOptions : public testing::Test {
 protected:
  ServerOptions() {
    scene_.servers.manager = [this](const ManagerOptions& options) {
      manager_ = options;
      return 0;
    };
    scene_.servers.gateway = [this](const GatewaySettings& options) {
      gateway_ = options;
      return 42;
    };
    scene_.servers.lab = [this](const LabOptions& options) {
      lab_ = options;
      return 0;
    };
  }
  void configure(const std::string& text) {
    const std::filesystem::path path = dir_.path() / "certstead.toml";
    std::ofstream(path) << text;
    scene_.environment["CERTSTEAD_CONFIG"] = path.string();
  }

  TempDir dir_;
  CliScene scene_;
  ManagerOptions manager_;
  GatewaySettings gateway_;
  LabOptions lab_;
};

TEST_F(ServerOptions, HaveDefaults) {
  const Ran ran = scene_.run({"manager"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(manager_.data, "/var/lib/certstead");
  EXPECT_EQ(manager_.identity, "/etc/certstead/identity");
  EXPECT_EQ(manager_.socket, "/run/certstead/api.sock");
  EXPECT_EQ(manager_.log.format, LogFormat::kText);
}

TEST_F(ServerOptions, AFlagBeatsTheEnvironmentBeatsTheFileBeatsTheDefault) {
  configure("socket = \"/file.sock\"\n[manager]\ndata = \"/file\"\nidentity = \"/file-id\"\nworkers = 3\n");
  scene_.environment["CERTSTEAD_MANAGER_DATA"] = "/environment";
  scene_.environment["CERTSTEAD_MANAGER_IDENTITY"] = "/environment-id";
  ASSERT_EQ(scene_.run({"manager", "--data", "/flag"}).exit_code, 0);
  EXPECT_EQ(manager_.data, "/flag");
  EXPECT_EQ(manager_.identity, "/environment-id");
  EXPECT_EQ(manager_.socket, "/file.sock");
  EXPECT_EQ(manager_.workers, 3U);
}

TEST_F(ServerOptions, TheFileNamesTheSocketForClientsToo) {
  configure("socket = \"/file.sock\"\n[gateway]\nhttp = [\"127.0.0.1:80\"]\n");
  scene_.manager.answer("GET /sets?limit=500&after=", 200, R"({"sets":[],"next":null})");
  EXPECT_EQ(scene_.run({"list"}).exit_code, 0);
  EXPECT_EQ(scene_.socket, "/file.sock");
  EXPECT_EQ(scene_.run({"list", "--socket", "/flag.sock"}).exit_code, 0);
  EXPECT_EQ(scene_.socket, "/flag.sock");
}

TEST_F(ServerOptions, UnknownKeysAreRefusedWithTheirLine) {
  configure("[manager]\ndata = \"/file\"\ndatta = \"/file\"\n");
  const Ran ran = scene_.run({"manager"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("line 3: there is no setting 'manager.datta'"));
}

TEST_F(ServerOptions, WrongValuesNameWhereTheyStand) {
  configure("[manager]\nworkers = 0\n");
  EXPECT_THAT(scene_.run({"manager"}).err, HasSubstr("line 2: 'manager.workers': it must be a whole number"));
  configure("[manager]\ndata = [\"/a\", \"/b\"]\n");
  EXPECT_THAT(scene_.run({"manager"}).err, HasSubstr("takes one value, no list"));
  configure("");
  scene_.environment["CERTSTEAD_MANAGER_LOG_FORMAT"] = "xml";
  EXPECT_THAT(scene_.run({"manager"}).err,
              HasSubstr("CERTSTEAD_MANAGER_LOG_FORMAT: it must be text or json"));
}

TEST_F(ServerOptions, AFileThatIsNamedMustBeThere) {
  const Ran ran = scene_.run({"manager", "--config", (dir_.path() / "absent.toml").string()});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("absent.toml"));
}

TEST_F(ServerOptions, ViewsHaveNameDirectoryAndGroup) {
  ASSERT_EQ(
      scene_.run({"manager", "--view", "gateway=/v/gateway", "--view", "mail=/v/mail:postfix"}).exit_code, 0);
  EXPECT_THAT(manager_.views,
              ElementsAre(ViewOption{"gateway", "/v/gateway", ""}, ViewOption{"mail", "/v/mail", "postfix"}));
  EXPECT_EQ(scene_.run({"manager", "--view", "gateway"}).exit_code, 2);
}

TEST_F(ServerOptions, SetsGoIntoTheViewsThatAreNamedForThem) {
  configure(
      "[manager]\nview = [\"nginx=/v/nginx\", \"postfix=/v/postfix\"]\n"
      "view-set = [\"postfix=mail.example.org\", \"postfix=mx.example.org\"]\n");
  ASSERT_EQ(scene_.run({"manager"}).exit_code, 0);
  ASSERT_EQ(manager_.views.size(), 2U);
  EXPECT_THAT(manager_.views[0].sets, ElementsAre());
  EXPECT_THAT(manager_.views[1].sets, ElementsAre("mail.example.org", "mx.example.org"));
  configure("");
  const Ran ran = scene_.run({"manager", "--view-set", "mail=mail.example.org"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("--view mail=DIR"));
  EXPECT_EQ(scene_.run({"manager", "--view-set", "mail"}).exit_code, 2);
}

TEST_F(ServerOptions, TheManagerProvesWhereTheGatewayOfTheSameFileListensAndWhereItIsTold) {
  configure(
      "[manager]\nprove = [\"mail=smtp+starttls://127.0.0.1:25\"]\n"
      "[gateway]\nhttps = [\"0.0.0.0:443\", \"[::]:8443\", \"192.0.2.7:443\"]\n");
  EXPECT_EQ(scene_.run({"manager"}).exit_code, kExitOk);
  const std::vector<ProofOption> wanted = {{"mail", "smtp+starttls://127.0.0.1:25"},
                                           {"gateway", "https://127.0.0.1:443"},
                                           {"gateway", "https://[::1]:8443"},
                                           {"gateway", "https://192.0.2.7:443"}};
  EXPECT_EQ(manager_.proofs, wanted);
  for (const char* wrong : {"mail", "mail=", "=https://a.test", "mail=gopher://a.test"}) {
    EXPECT_NE(scene_.run({"manager", "--prove", wrong}).exit_code, kExitOk) << wrong;
  }
}

TEST_F(ServerOptions, TheGatewayListensWhereItIsTold) {
  const Ran ran = scene_.run({"gateway",
                              "--http",
                              "0.0.0.0:80",
                              "--https",
                              "0.0.0.0:443",
                              "--https",
                              "[::]:443",
                              "--upstream",
                              "http://127.0.0.1:8080",
                              "--on-unknown-name",
                              "default",
                              "--prefer",
                              "rsa",
                              "--least-tls",
                              "1.3",
                              "--tickets",
                              "2",
                              "--cache-mib",
                              "1024",
                              "--tag",
                              "mail",
                              "--default-name",
                              "Own.example.test",
                              "--baseline-headers"});
  EXPECT_EQ(ran.exit_code, 42) << ran.err;
  EXPECT_THAT(gateway_.http, ElementsAre(ListenAddress{"0.0.0.0", 80}));
  EXPECT_THAT(gateway_.https, ElementsAre(ListenAddress{"0.0.0.0", 443}, ListenAddress{"::", 443}));
  EXPECT_EQ(gateway_.on_unknown_name, UnknownName::kDefault);
  EXPECT_EQ(gateway_.prefer, "rsa");
  EXPECT_EQ(gateway_.least_tls, "1.3");
  EXPECT_EQ(gateway_.tickets, 2);
  EXPECT_EQ(gateway_.cache_mib, 1024);
  EXPECT_EQ(gateway_.tag, "mail");
  EXPECT_EQ(gateway_.default_name, "own.example.test");
  EXPECT_TRUE(gateway_.baseline_headers);
  EXPECT_EQ(
      scene_.run({"gateway", "--https", "0.0.0.0:443", "--static", "/", "--default-name", "a b"}).exit_code,
      2);
  for (const char* wrong : {"443", "::443", "localhost:443", "1.2.3.4:70000", "[1.2.3.4]:80"}) {
    EXPECT_EQ(scene_.run({"gateway", "--https", wrong, "--static", "/"}).exit_code, 2) << wrong;
  }
}

TEST_F(ServerOptions, TheGatewayMustHaveSomethingToDo) {
  EXPECT_THAT(scene_.run({"gateway"}).err, HasSubstr("say where to listen"));
  EXPECT_THAT(scene_.run({"gateway", "--https", "0.0.0.0:443"}).err, HasSubstr("say what to serve"));
  const Ran both =
      scene_.run({"gateway", "--https", "0.0.0.0:443", "--static", "/", "--upstream", "http://x:1"});
  EXPECT_EQ(both.exit_code, 2);
}

TEST_F(ServerOptions, ServersThatAreNotBuiltInDontExist) {
  scene_.servers = {};
  const Ran ran = scene_.run({"gateway"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("there is no 'gateway' here"));
}

}  // namespace
}  // namespace certstead
