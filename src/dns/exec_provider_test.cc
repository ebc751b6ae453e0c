#include "dns/exec_provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "base/file.h"
#include "base/temp_dir.h"

namespace certstead {
namespace {

using testing::HasSubstr;

Deadline soon() { return Deadline::after(std::chrono::seconds{60}); }

std::string script(const TempDir& directory, const std::string& text) {
  const std::string path = directory.path() / "script";
  std::ofstream(path) << "#!/bin/sh\n" << text;
  EXPECT_EQ(::chmod(path.c_str(), 0700), 0);
  return path;
}

std::unique_ptr<DnsProvider> provider_of(const std::string& program, DnsTrace trace = {}) {
  DnsAccount account;
  account.name = "mine";
  account.settings["program"] = program;
  auto provider = open_exec(account, {}, std::move(trace));
  EXPECT_TRUE(provider) << provider.error().detail;
  return std::move(*provider);
}

const TxtRecord kRecord{"_acme-challenge.www.example.test", "example.test", "va lue;`id`$(id)"};

TEST(Exec, GivesTheProgramWhatLegoAndCertbotGiveIt) {
  const TempDir directory;
  const std::string log = directory.path() / "log";
  const std::string program = script(directory,
                                     "printf '%s|' \"$@\" \"$CERTBOT_DOMAIN\" \"$CERTBOT_VALIDATION\" "
                                     "\"$CERTBOT_AUTH_OUTPUT\" >>" +
                                         log + "\necho number 7\n");
  const auto provider = provider_of(program);
  const auto kept = provider->add(kRecord, soon());
  ASSERT_TRUE(kept) << kept.error().detail;
  EXPECT_EQ(*kept, "number 7\n");
  ASSERT_TRUE(provider->remove(kRecord, *kept, soon()));
  EXPECT_EQ(*read_text_file(log),
            "present|_acme-challenge.www.example.test.|va lue;`id`$(id)|www.example.test|va lue;`id`$(id)||"
            "cleanup|_acme-challenge.www.example.test.|va lue;`id`$(id)|www.example.test|va "
            "lue;`id`$(id)|number 7|");
}

TEST(Exec, SaysHowTheProgramEndedAndItsLastWords) {
  const TempDir directory;
  const auto provider = provider_of(script(directory, "echo first >&2; echo 'no such zone' >&2; exit 3\n"));
  const auto added = provider->add(kRecord, soon());
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, Code::kUnavailable);
  EXPECT_THAT(added.error().detail, HasSubstr("present ended with exit 3: \"no such zone\""));
}

TEST(Exec, WantsAFullPath) {
  DnsAccount account;
  for (const char* const path : {"", "update-dns", "./update-dns"}) {
    account.settings["program"] = path;
    const auto provider = open_exec(account, {}, {});
    ASSERT_FALSE(provider) << path;
    EXPECT_THAT(provider.error().detail, HasSubstr("'program'"));
  }
  const auto absent = provider_of("/nonexistent/program")->add(kRecord, soon());
  ASSERT_FALSE(absent);
  EXPECT_THAT(absent.error().detail, HasSubstr("cannot start /nonexistent/program"));
}

}  // namespace
}  // namespace certstead
