#include <gmock/gmock.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "base/temp_dir.h"
#include "base/text.h"
#include "cli/fake_manager.h"

namespace certstead {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// What a shell command prints.
std::string output_of(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  std::string out;
  std::array<char, 4096> part{};
  while (std::fgets(part.data(), part.size(), pipe) != nullptr) out += part.data();
  EXPECT_EQ(::pclose(pipe), 0) << command;
  return out;
}

class BashCompletion : public testing::Test {
 protected:
  BashCompletion() {
    scene_.servers.gateway = [](const GatewaySettings&) { return 0; };
    const Ran ran = scene_.run({"completion", "bash"});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    std::ofstream(script()) << ran.out;
  }
  std::string script() const { return (dir_.path() / "completion.bash").string(); }

  // What bash offers for the last word of this command line.
  std::vector<std::string> offers(const std::string& words, int index) {
    const std::string command = "bash -c 'source " + script() + "; COMP_WORDS=(" + words +
                                "); COMP_CWORD=" + std::to_string(index) +
                                "; _certstead; printf \"%s\\n\" \"${COMPREPLY[@]}\"'";
    std::vector<std::string> out;
    const std::string printed = output_of(command);
    for (const std::string_view line : split(printed, '\n')) {
      if (!line.empty()) out.emplace_back(line);
    }
    return out;
  }

  CliScene scene_;
  TempDir dir_;
};

TEST_F(BashCompletion, IsSoundBash) { EXPECT_EQ(output_of("bash -n " + script() + " 2>&1"), ""); }

TEST_F(BashCompletion, OffersVerbs) {
  EXPECT_THAT(offers("certstead re", 1), ElementsAre("request", "renew", "revoke"));
  EXPECT_THAT(offers("certstead issuer \"\"", 2),
              AllOf(Contains("add"), Contains("default"), Not(Contains("request"))));
}

TEST_F(BashCompletion, OffersTheFlagsOfTheVerb) {
  EXPECT_THAT(offers("certstead request --d", 2),
              ElementsAre("--domain", "--dry-run", "--detailed-exitcode"));
  EXPECT_THAT(offers("certstead issuer add --t", 3), ElementsAre("--trust"));
  EXPECT_THAT(offers("certstead list --so", 2), ElementsAre("--socket"));
}

TEST_F(BashCompletion, OffersWhatAFlagTakes) {
  EXPECT_THAT(offers("certstead list -o \"\"", 3), ElementsAre("table", "json"));
  EXPECT_THAT(offers("certstead gateway --on-unknown-name r", 3), ElementsAre("refuse"));
  EXPECT_THAT(offers("certstead request --issuer \"\"", 3), IsEmpty());
  EXPECT_THAT(offers("certstead completion z", 2), ElementsAre("zsh"));
  EXPECT_THAT(offers("certstead roots add " + script().substr(0, script().size() - 3), 3),
              ElementsAre(script()));
}

// Checks the syntax of a script with the shell itself.
class ForShell : public testing::TestWithParam<std::string> {};

TEST_P(ForShell, CompletionIsSound) {
  if (std::system(("command -v " + GetParam() + " > /dev/null").c_str()) != 0) {
    GTEST_SKIP() << GetParam() << " is not installed";
  }
  const TempDir dir;
  CliScene scene;
  const std::string path = (dir.path() / "script").string();
  std::ofstream(path) << scene.run({"completion", GetParam()}).out;
  EXPECT_EQ(output_of(GetParam() + " -n " + path + " 2>&1"), "");
}

INSTANTIATE_TEST_SUITE_P(Each, ForShell, testing::Values("bash", "zsh", "fish"));

TEST(Completion, IsThereForOtherShellsToo) {
  CliScene scene;
  const Ran zsh = scene.run({"completion", "zsh"});
  EXPECT_THAT(zsh.out, AllOf(HasSubstr("#compdef certstead"), HasSubstr("'request:--key'")));
  const Ran fish = scene.run({"completion", "fish"});
  EXPECT_THAT(fish.out, HasSubstr("complete -c certstead -n '__fish_seen_subcommand_from issuer; and "
                                  "__fish_seen_subcommand_from add' -l trust -r -F"));
  EXPECT_EQ(scene.run({"completion", "tcsh"}).exit_code, 2);
}

}  // namespace
}  // namespace certstead
