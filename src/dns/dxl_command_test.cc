#include "dns/dxl_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/temp_dir.h"
#include "dns/argv.h"
#include "dns/dxl_fixture_testing.h"

namespace certstead {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

HttpResponse nothing(const HttpRequest&) { return answer(500); }

struct ApprovedBench : DxlBench {
  explicit ApprovedBench(const DxlProviderConfig& config) : DxlBench(config, nothing) {
    const Result<DxlDefinition> parsed = parse_dxl_definition(definition.text, "");
    definition.approved = parsed ? parsed->demands_sha256 : "";
  }
};

// A document whose script writes down how it was called.
struct Commands {
  Commands() {
    config.name = "Commands";
    config.type = "C";
    const std::string log = (directory.path() / "log").string();
    config.command_add = R"("add.sh add " + param_DnsTxtName + " \"" + param_DnsTxtValue + "\"")";
    config.command_del = R"("add.sh" : "del" : param_DnsTxtName : retJSON_Add.id)";
    config.command_env = R"(("TOKEN=" + cfg_AuthToken) : "MODE=a b")";
    config.attachments = {
        {"add.sh", to_bytes("#!/bin/sh -e\necho \"$@ TOKEN=$TOKEN MODE=$MODE LANG=$LANG SHLVL=$OLDPWD\" >> " +
                            log + "\necho '{\"id\": \"r1\"}'\n")}};
  }
  ApprovedBench bench() const { return ApprovedBench(config); }
  std::string log() const { return read_text_file(directory.path() / "log").value_or("(nothing)"); }

  TempDir directory;
  DxlProviderConfig config;
};

TEST(Argv, SplitsByFixedRules) {
  EXPECT_THAT(*split_words("a  b\tc\n"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(*split_words(R"(a "b c" 'd "e' f\ g "" x"y"z)"),
              ElementsAre("a", "b c", "d \"e", "f g", "", "xyz"));
  EXPECT_THAT(*split_words(R"("a\"b\\c\d" '\' $HOME ~ *)"),
              ElementsAre(R"(a"b\c\d)", R"(\)", "$HOME", "~", "*"));
  EXPECT_THAT(*split_words(R"("a|b" 'c;d' e\&f a#b)"), ElementsAre("a|b", "c;d", "e&f", "a#b"));
  EXPECT_THAT(*split_words("  "), IsEmpty());
}

TEST(Argv, RefusesWhatOnlyAShellUnderstands) {
  for (const std::string line : {"a | b", "a && b", "a; b", "a > b", "a < b", "a `b`", "$(a)", "a # b"})
    EXPECT_THAT(split_words(line).error().detail, HasSubstr("there is none here")) << line;
  EXPECT_THAT(split_words("a \"b").error().detail, HasSubstr("not closed"));
  EXPECT_FALSE(split_words(std::string("a\0b", 3)));
}

TEST(DxlCommand, RunsAnApprovedScriptForAddAndRemove) {
  Commands commands;
  ApprovedBench bench = commands.bench();
  const Result<std::string> kept = bench.add("v1");
  ASSERT_TRUE(kept) << kept.error().detail;
  EXPECT_EQ(commands.log(),
            "add _acme-challenge.www.example.test v1 TOKEN=tok-secret-1 MODE=a b LANG=C.UTF-8 SHLVL=\n");
  const Status removed = bench.remove(*kept, "v1");
  ASSERT_TRUE(removed) << removed.error().detail;
  EXPECT_THAT(commands.log(), HasSubstr("del _acme-challenge.www.example.test r1 TOKEN="));
  EXPECT_THAT(bench.trace, AllOf(HasSubstr("$ /bin/sh -e "), Not(HasSubstr("tok-secret"))));
}

TEST(DxlCommand, RunsNothingThatNobodyHasApproved) {
  Commands commands;
  ApprovedBench bench = commands.bench();
  const std::string approved = bench.definition.approved;
  ASSERT_EQ(approved.size(), 64u);
  bench.definition.approved = "";
  const auto refused = bench.open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kDenied);
  EXPECT_EQ(refused.error().id, "command-not-approved");
  EXPECT_THAT(refused.error().detail, HasSubstr(approved));
  // Another script, another command: another hash.
  commands.config.attachments[0].content.push_back('\n');
  EXPECT_NE(commands.bench().definition.approved, approved);
  commands.config.attachments[0].content.pop_back();
  EXPECT_EQ(commands.bench().definition.approved, approved);
  commands.config.command_del += " ";
  EXPECT_NE(commands.bench().definition.approved, approved);
  EXPECT_EQ(commands.log(), "(nothing)");
}

TEST(DxlCommand, ShowsCommandsAndScriptsBeforeTheyAreApproved) {
  Commands commands;
  const Result<DnsProviderFacts> facts = describe_dxl(commands.bench().definition);
  ASSERT_TRUE(facts);
  EXPECT_THAT(facts->help,
              AllOf(HasSubstr("add \"add.sh add \" + param_DnsTxtName"), HasSubstr("script add.sh SHA-256 "),
                    HasSubstr("#!/bin/sh -e\n"), HasSubstr("SHA-256 to approve: ")));
}

TEST(DxlCommand, KeepsSecretsOutOfTheWords) {
  Commands commands;
  commands.config.command_add = R"("/bin/echo " + cfg_AuthToken)";
  ApprovedBench bench = commands.bench();
  EXPECT_EQ(bench.add().error().id, "command-secret");
}

TEST(DxlCommand, SaysHowItEnded) {
  Commands commands;
  commands.config.attachments[0].content = to_bytes("#!/bin/sh\necho \"no zone for $TOKEN\" >&2\nexit 3\n");
  ApprovedBench bench = commands.bench();
  const Result<std::string> kept = bench.add();
  ASSERT_FALSE(kept);
  EXPECT_THAT(kept.error().detail,
              AllOf(HasSubstr("ended with exit 3"), HasSubstr("no zone for [redacted]")));
}

TEST(DxlCommand, StatusFormulaMayDisagree) {
  Commands commands;
  commands.config.status_formula = R"(@If(retJSON_Add.id = "r2"; 200; 400))";
  EXPECT_THAT(commands.bench().add().error().detail, HasSubstr("StatusFormula gives 400"));
  commands.config.status_formula = R"(@If(retJSON_Add.id = "r1" & ret_AddStatus = 200; 200; 400))";
  EXPECT_TRUE(commands.bench().add());
}

TEST(DxlCommand, SetsNoVariableThatDecidesWhichCodeRuns) {
  for (const std::string line : {"LD_PRELOAD=/x", "PATH=/x", "BASH_ENV=/x"}) {
    Commands commands;
    commands.config.command_env = "\"" + line + "\"";
    EXPECT_EQ(commands.bench().add().error().id, "command-environment") << line;
  }
}

TEST(DxlCommand, TakesFullPathsAndScriptsOnly) {
  Commands commands;
  commands.config.command_add = "\"echo a\"";
  EXPECT_THAT(commands.bench().add().error().detail, HasSubstr("neither a full path nor"));
  commands.config.command_add = "\"/bin/true\"";
  EXPECT_TRUE(commands.bench().add());
  commands.config.command_add = "\"add.sh\"";
  commands.config.attachments[0].content = to_bytes(
      "\x7F"
      "ELF");
  EXPECT_THAT(commands.bench().add().error().detail, HasSubstr("must begin with #!"));
}

TEST(DxlCommand, LeavesNoScriptBehind) {
  Commands commands;
  commands.config.attachments[0].content = to_bytes("#!/bin/sh\necho \"{\\\"path\\\": \\\"$0\\\"}\"\n");
  ApprovedBench bench = commands.bench();
  const Result<std::string> kept = bench.add();
  ASSERT_TRUE(kept) << kept.error().detail;
  const std::size_t at = kept->find("/tmp");
  ASSERT_NE(at, std::string::npos) << *kept;
  EXPECT_FALSE(std::filesystem::exists(kept->substr(at, kept->find('"', at) - at)));
}

}  // namespace
}  // namespace certstead
