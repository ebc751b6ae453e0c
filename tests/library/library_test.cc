// libtlscache as it is installed: what it exports and needs, and programs in C that are built against it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <sstream>
#include <thread>

#include "base/file.h"
#include "base/temp_dir.h"
#include "peers/process.h"
#include "probe/probe.h"
#include "replica/test_credentials.h"
#include "replica/view.h"
#include "support/command.h"

namespace certstead {
namespace {

const Instant kNow = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());

// The library in a directory of its own, and programs that were built against it there.
class Installed {
 public:
  static const Installed& get() {
    static const Installed* const instance = new Installed;
    return *instance;
  }
  std::string library() const { return (root_ / "lib/libtlscache.so.1").string(); }
  std::string program(const std::string& name) const { return (dir_.path() / name).string(); }
  std::vector<std::string> environment() const { return {"LD_LIBRARY_PATH=" + (root_ / "lib").string()}; }

 private:
  Installed() {
    for (const char* component : {"libtlscache", "libtlscache-dev"}) {
      run("cmake --install '" CERTSTEAD_BUILD "' --prefix '" + root_.string() + "' --component " + component);
    }
    build(root_ / "share/doc/libtlscache-dev/examples/tlscache_server.c", "tlscache_server");
    build(CERTSTEAD_SOURCE "/tests/library/library_probe.c", "library_probe");
  }
  static void run(const std::string& line) {
    const CommandEnd end = run_command(line);
    if (end.exit == 0) return;
    std::fprintf(stderr, "%s\n%s", line.c_str(), end.output.c_str());
    std::abort();
  }
  // The flags of the sanitizers, if this build has them, and those of the installed pkg-config file.
  void build(const std::filesystem::path& source, const std::string& name) const {
    run("PKG_CONFIG_PATH='" + (root_ / "lib/pkgconfig").string() +
        "' && export PKG_CONFIG_PATH && cc " CERTSTEAD_C_FLAGS
        " -Wall -Wextra -Werror -std=c11 -D_DEFAULT_SOURCE '" +
        source.string() + "' -o '" + program(name) +
        "' $(pkg-config --define-prefix --cflags --libs tlscache libssl libcrypto)");
  }
  TempDir dir_;
  const std::filesystem::path root_ = dir_.path() / "usr";
};

class Library : public testing::Test {
 protected:
  void fill(const std::string& lookup_log = "") {
    const ViewKey key = must(ViewKey::load_or_create(view_));
    const auto writer = must(ViewWriter::open(view_));
    ViewBatch batch = must(writer->begin());
    const std::vector<std::string> names = {"www.example.test"};
    must_succeed(batch.replace_set("www", {ca_.make(key, "www", KeyType::kP256, 1, names),
                                           ca_.make(key, "www", KeyType::kRsa2048, 1, names)}));
    must_succeed(
        batch.replace_set("fresh", {ca_.make(key, "fresh", KeyType::kP256, 1, {"fresh.example.test"})}));
    must_succeed(batch.replace_set(
        "placed", {ca_.make(key, "placed", KeyType::kRsa2048, 1, {"placed.example.test"}, {"2001:db8::1"})}));
    must_succeed(batch.set_policy("lookup-log", lookup_log));
    must_succeed(batch.set_meta({"store", 1, 1}));
    must_succeed(batch.commit());
  }
  std::string probe(const std::string& mode) const {
    const Installed& installed = Installed::get();
    return "timeout 100 env " + installed.environment().front() + " '" + installed.program("library_probe") +
           "' " + mode + " '" + view_.string() + "'";
  }
  std::string log() const { return must(read_text_file(dir_.path() / "log")); }

  void wait_for_line(Process& process) const {
    while (process.running() && log().find('\n') == std::string::npos) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  TempDir dir_;
  const std::filesystem::path view_ = dir_.path() / "view";
  TestCa ca_{kNow - std::chrono::hours(1)};
};

TEST_F(Library, ExportsItsOwnVersionedFunctionsAndNothingElse) {
  const CommandEnd end = run_command("nm -D --defined-only '" + Installed::get().library() + "'");
  std::istringstream lines(end.output);
  int functions = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.find(" A TLSCACHE_1") != std::string::npos) continue;
    EXPECT_NE(line.find(" T tlscache_"), std::string::npos) << line;
    EXPECT_TRUE(line.ends_with("@@TLSCACHE_1")) << line;
    ++functions;
  }
  EXPECT_EQ(functions, 10);
}

TEST_F(Library, NeedsNoBoostAndMakesNoThreadAndRegistersNothingForTheExit) {
  const std::string needed = run_command("ldd '" + Installed::get().library() + "'").output;
  EXPECT_NE(needed.find("libssl"), std::string::npos) << needed;
  for (const char* unwanted : {"boost", "fmt", "spdlog", "curl", "nghttp2", "sqlite"}) {
    EXPECT_EQ(needed.find(unwanted), std::string::npos) << unwanted << " in\n" << needed;
  }
  const std::string asked = run_command("nm -D --undefined-only '" + Installed::get().library() + "'").output;
  for (const char* unwanted : {"pthread_create", "atexit", "_ZNSt6thread", "on_exit"}) {
    EXPECT_EQ(asked.find(unwanted), std::string::npos) << unwanted << " in\n" << asked;
  }
}

TEST_F(Library, EveryFunctionAnswersGoodAndBadArgumentsOfAProgramInC) {
  fill("on");
  const CommandEnd end = run_command(probe("api"));
  EXPECT_EQ(end.exit, 0) << end.output;
}

TEST_F(Library, ServesInForkedChildrenWithoutPrivilegesInAnEmptyRoot) {
  if (::geteuid() != 0) GTEST_SKIP() << "chroot needs root";
  fill();
  const CommandEnd end = run_command(probe("fork"));
  EXPECT_EQ(end.exit, 0) << end.output;
}

TEST_F(Library, MayBeOpenedBeforeThereIsAView) {
  const std::filesystem::path pipe = dir_.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  Process process = must(
      Process::start({{"sh", "-c", probe("late") + " <'" + pipe.string() + "'"}, {}, dir_.path() / "log"}));
  // Opening it waits for the shell; the program says when it has found no view.
  Fd go(::open(pipe.c_str(), O_WRONLY | O_CLOEXEC));
  wait_for_line(process);
  ASSERT_EQ(log(), "waiting\n");
  fill();
  ASSERT_EQ(::write(go.get(), "go\n", 3), 3);
  while (process.running()) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_NE(log().find("good"), std::string::npos) << log();
}

TEST_F(Library, ExampleServerShowsTheRightCertificateToBothKindsOfClients) {
  fill();
  const Installed& installed = Installed::get();
  Process server = must(Process::start({{installed.program("tlscache_server"), view_.string(), "0"},
                                        installed.environment(),
                                        dir_.path() / "log"}));
  const std::string sign = "listening on port ";
  wait_for_line(server);
  ASSERT_TRUE(log().starts_with(sign)) << log();
  ProbeRequest request;
  request.host = "127.0.0.1";
  request.port = static_cast<std::uint16_t>(std::stoi(log().substr(sign.size())));
  request.server_name = "www.example.test";
  request.trusted_roots = ca_.root().to_pem();
  for (const ProbeKey key : {ProbeKey::kEcdsa, ProbeKey::kRsa}) {
    request.key = key;
    request.deadline = Deadline::after(std::chrono::seconds(60));
    const ProbeReport report = must(certstead::probe(request));
    EXPECT_TRUE(report.verified) << report.problem;
    EXPECT_EQ(report.key_type, key == ProbeKey::kRsa ? KeyType::kRsa2048 : KeyType::kP256);
  }
  EXPECT_TRUE(server.running()) << log();
}

}  // namespace
}  // namespace certstead
