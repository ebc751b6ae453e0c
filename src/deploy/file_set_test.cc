#include "deploy/file_set.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/temp_dir.h"
#include "deploy/config.h"
#include "deploy/read_back.h"
#include "deploy/test_credential.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Files : public testing::Test {
 protected:
  Deployment deployment(const std::string& more) {
    return parse_deployment("set = \"www.example.test\"\n" + more, "www", "www.toml").value();
  }
  std::string at(const std::string& name) const { return (dir_.path() / name).string(); }
  std::string text(const std::string& name) const { return read_text_file(at(name)).value_or(""); }
  mode_t mode(const std::string& name) const {
    struct stat info {};
    return ::stat(at(name).c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
  }
  DeployPlan plan(const Deployment& d, const std::vector<const DeployCredential*>& credentials) {
    auto made = make_plan(d, credentials, {}, {});
    EXPECT_TRUE(made) << made.error().detail;
    return std::move(*made);
  }
  // Puts one credential in place, for good.
  void put(const Deployment& d, const DeployCredential& credential) {
    const DeployPlan p = plan(d, {&credential});
    FileSet files = FileSet::open(p, {}).value();
    const Status done = files.put();
    ASSERT_TRUE(done) << done.error().detail;
    EXPECT_TRUE(verify_deployed(p.paths, {&credential}));
    ASSERT_TRUE(files.finish());
    const DeployPlan again = plan(d, {&credential});
    EXPECT_TRUE(*FileSet::open(again, {})->satisfied());
  }
  std::vector<std::string> names(const std::string& directory) {
    return SafeDirectory::open(at(directory), {})->names().value();
  }

  TempDir dir_;
  const DeployCredential first_ = make_credential(), second_ = make_credential();
};

TEST_F(Files, CombinedHoldsKeyLeafAndChainInThisOrder) {
  const Deployment d = deployment("path = \"" + at("www.pem") + "\"\n");
  put(d, first_);
  const std::string all = text("www.pem");
  EXPECT_EQ(all.find("-----BEGIN PRIVATE KEY-----"), 0U);
  EXPECT_NE(all.find(first_.leaf.to_pem()), std::string::npos);
  EXPECT_EQ(mode("www.pem"), 0600U);
  put(d, second_);
  EXPECT_THAT(names("."), ElementsAre("www.pem"));
}

TEST_F(Files, CertbotsDirectoryGrowsByNumbers) {
  const Deployment d = deployment("layout = \"certbot\"\npath = \"" + at("le") + "\"\n");
  put(d, first_);
  put(d, second_);
  EXPECT_THAT(names("le/live/www.example.test"),
              ElementsAre("README", "cert.pem", "chain.pem", "fullchain.pem", "privkey.pem"));
  EXPECT_EQ(std::filesystem::read_symlink(at("le/live/www.example.test/cert.pem")),
            "../../archive/www.example.test/cert2.pem");
  EXPECT_EQ(text("le/live/www.example.test/cert.pem"), second_.leaf.to_pem());
  EXPECT_EQ(text("le/archive/www.example.test/cert1.pem"), first_.leaf.to_pem());
  EXPECT_EQ(mode("le/archive/www.example.test/privkey2.pem"), 0600U);
  EXPECT_EQ(mode("le/archive/www.example.test/fullchain2.pem"), 0644U);
  EXPECT_EQ(mode("le/live"), 0700U);
  EXPECT_EQ(mode("le/archive"), 0700U);
  EXPECT_EQ(text("le/live/www.example.test/fullchain.pem"),
            text("le/live/www.example.test/cert.pem") + text("le/live/www.example.test/chain.pem"));
}

TEST_F(Files, AnExistingCertbotDirectoryIsContinued) {
  std::filesystem::create_directories(at("le/archive/www.example.test"));
  std::filesystem::create_directories(at("le/live/www.example.test"));
  std::filesystem::create_directories(at("le/renewal"));
  ASSERT_TRUE(write_file_atomic(at("le/renewal/www.example.test.conf"), {}));
  for (const char* role : {"cert", "chain", "fullchain", "privkey"}) {
    const std::string name = std::string(role) + "7.pem";
    ASSERT_TRUE(write_file_atomic(at("le/archive/www.example.test/" + name), view_bytes("old")));
    std::filesystem::create_symlink("../../archive/www.example.test/" + name,
                                    at("le/live/www.example.test/" + std::string(role) + ".pem"));
  }
  const Deployment d = deployment("layout = \"certbot\"\npath = \"" + at("le") + "\"\n");
  EXPECT_THAT(plan(d, {&first_}).warnings, ElementsAre(HasSubstr("makes certbot renew the same lineage")));
  put(d, first_);
  EXPECT_EQ(std::filesystem::read_symlink(at("le/live/www.example.test/privkey.pem")),
            "../../archive/www.example.test/privkey8.pem");
  EXPECT_EQ(text("le/archive/www.example.test/cert7.pem"), "old");
}

TEST_F(Files, SeparateFilesAreLinksIntoADirectoryThatIsSwitchedAsAWhole) {
  const Deployment d = deployment("layout = \"files\"\nkey = \"" + at("www.key") + "\"\ncert = \"" +
                                  at("crt/www.crt") + "\"\nchain = \"" + at("www.chain") + "\"\n");
  std::filesystem::create_directory(at("crt"));
  put(d, first_);
  put(d, second_);
  EXPECT_EQ(text("crt/www.crt"), second_.leaf.to_pem());
  EXPECT_EQ(text("www.key").find("-----BEGIN PRIVATE KEY-----"), 0U);
  EXPECT_EQ(mode("www.key"), 0600U);
  EXPECT_EQ(mode("crt/www.crt"), 0644U);
  EXPECT_THAT(names("."), ElementsAre(".certstead-www-ecdsa", "crt", "www.chain", "www.key"));
}

TEST_F(Files, FilesThatStoodThereComeBackWhenTheNewOnesAreTakenBack) {
  ASSERT_TRUE(write_file_atomic(at("www.key"), view_bytes("old key")));
  ASSERT_TRUE(write_file_atomic(at("www.crt"), view_bytes("old certificate")));
  const Deployment d = deployment("layout = \"files\"\nkey = \"" + at("www.key") + "\"\nfullchain = \"" +
                                  at("www.crt") + "\"\n");
  const DeployPlan p = plan(d, {&first_});
  FileSet files = FileSet::open(p, {}).value();
  ASSERT_TRUE(files.put());
  EXPECT_NE(text("www.key"), "old key");
  ASSERT_TRUE(files.take_back());
  EXPECT_EQ(text("www.key"), "old key");
  EXPECT_EQ(text("www.crt"), "old certificate");
}

TEST_F(Files, EveryLayoutGoesBackToWhatStoodThere) {
  const std::vector<std::string> layouts = {
      "path = \"" + at("www.pem") + "\"\n", "layout = \"certbot\"\npath = \"" + at("le") + "\"\n",
      "layout = \"haproxy\"\npath = \"" + at("ha") + "\"\n",
      "layout = \"files\"\nkey = \"" + at("k") + "\"\ncert = \"" + at("c") + "\"\n"};
  for (const std::string& layout : layouts) {
    const Deployment d = deployment(layout);
    put(d, first_);
    const DeployPlan p = plan(d, {&second_});
    FileSet files = FileSet::open(p, {}).value();
    ASSERT_TRUE(files.put()) << layout;
    EXPECT_TRUE(verify_deployed(p.paths, {&second_})) << layout;
    ASSERT_TRUE(files.take_back()) << layout;
    EXPECT_TRUE(verify_deployed(p.paths, {&first_})) << layout;
  }
  EXPECT_EQ(names("le/archive/www.example.test").size(), 4U);
}

TEST_F(Files, TheWayBackOutlivesTheProcess) {
  const Deployment d = deployment("path = \"" + at("www.pem") + "\"\n");
  put(d, first_);
  {
    const DeployPlan p = plan(d, {&second_});
    FileSet files = FileSet::open(p, {}).value();
    ASSERT_TRUE(files.put());
  }  // neither finished nor taken back: a crash
  const DeployPlan p = plan(d, {&second_});
  FileSet files = FileSet::open(p, {}).value();
  ASSERT_TRUE(files.put());
  ASSERT_TRUE(files.take_back());
  EXPECT_TRUE(verify_deployed(p.paths, {&first_}));
  EXPECT_THAT(names("."), ElementsAre("www.pem"));
}

TEST_F(Files, TwoKindsOfKeyNeedTwoPaths) {
  const DeployCredential rsa = make_credential(KeyType::kRsa2048);
  const Deployment one = deployment("path = \"" + at("www.pem") + "\"\n");
  EXPECT_EQ(make_plan(one, {&first_, &rsa}, {}, {}).error().id, "deploy-keys");
  const Deployment two = deployment("path = \"" + at("www-{key}.pem") + "\"\n");
  const DeployPlan p = plan(two, {&first_, &rsa});
  ASSERT_TRUE(FileSet::open(p, {})->put());
  EXPECT_TRUE(verify_deployed(p.paths, {&first_, &rsa}));
  const Deployment bundle =
      deployment("layout = \"haproxy\"\npath = \"" + at("ha") + "\"\nlineage = \"site\"\n");
  const DeployPlan b = plan(bundle, {&first_, &rsa});
  FileSet files = FileSet::open(b, {}).value();
  ASSERT_TRUE(files.put());
  ASSERT_TRUE(files.finish());
  EXPECT_THAT(names("ha"), ElementsAre("site.pem.ecdsa", "site.pem.rsa"));
}

TEST_F(Files, ADirectoryInThePlaceOfAFileIsNotTouched) {
  std::filesystem::create_directory(at("www.pem"));
  const DeployPlan p = plan(deployment("path = \"" + at("www.pem") + "\"\n"), {&first_});
  EXPECT_THAT(FileSet::open(p, {}).error().detail, HasSubstr("is a directory"));
}

TEST_F(Files, APkcs12FileIsForItsOwnerAlone) {
  ASSERT_TRUE(write_file_atomic(at("password"), view_bytes("pass word\n")));
  const Deployment d = deployment("layout = \"pkcs12\"\npath = \"" + at("www.p12") +
                                  "\"\npassword_file = \"" + at("password") + "\"\npkcs12 = \"legacy\"\n");
  const DeployPlan p = plan(d, {&first_});
  FileSet files = FileSet::open(p, {}).value();
  ASSERT_TRUE(files.put());
  EXPECT_EQ(mode("www.p12"), 0600U);
}

}  // namespace
}  // namespace certstead
