// The command line and the interface's transport together: a real server on a real Unix socket.
#include <gmock/gmock.h>

#include <atomic>
#include <sstream>

#include "base/temp_dir.h"
#include "cli/cli.h"
#include "log/capture_log.h"
#include "net/http_server.h"

namespace certstead {
namespace {

using testing::HasSubstr;

class OverASocket : public testing::Test {
 protected:
  OverASocket() : path_((dir_.path() / "api.sock").string()) {}

  void serve(HttpHandler handler) {
    HttpServerOptions options;
    options.listeners.emplace_back().unix_path = path_;
    auto server = HttpServer::start(std::move(options), std::move(handler), log_);
    ASSERT_TRUE(server) << server.error().detail;
    server_ = *std::move(server);
  }
  int run(const std::vector<std::string>& words) {
    std::vector<const char*> argv = {"certstead"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    argv.insert(argv.end(), {"--socket", path_.c_str()});
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int exit_code = run_cli(static_cast<int>(argv.size()), argv.data(), {}, "1.2.3");
    out_ = testing::internal::GetCapturedStdout();
    err_ = testing::internal::GetCapturedStderr();
    return exit_code;
  }

  TempDir dir_;
  std::string path_, out_, err_;
  CaptureLog log_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(OverASocket, TheManagerSeesWhoAsksAndWhat) {
  serve([](const HttpExchange& http) {
    EXPECT_TRUE(http.peer.has_value());
    HttpReply reply;
    reply.headers.add("Content-Type", "application/json");
    reply.body = R"({"jobs":[{"id":")" + http.method + " " + http.target + R"("}]})";
    return reply;
  });
  EXPECT_EQ(run({"jobs", "list", "-o", "json"}), kExitOk) << err_;
  EXPECT_THAT(out_, HasSubstr("GET /api/v1/jobs?limit=20"));
}

TEST_F(OverASocket, AProblemIsAnError) {
  serve([](const HttpExchange& http) {
    EXPECT_EQ(http.method, "DELETE");
    HttpReply reply;
    reply.status = 404;
    reply.body = R"({"detail":"there is no set 'a.test'","code":"not-found"})";
    return reply;
  });
  EXPECT_EQ(run({"delete", "a.test"}), kExitFailed);
  EXPECT_EQ(err_, "certstead: there is no set 'a.test'\n");
}

TEST_F(OverASocket, WithoutAServerItSaysSo) {
  EXPECT_EQ(run({"list"}), kExitUnreachable);
  EXPECT_THAT(err_, HasSubstr("there is no socket " + path_));
  serve([](const HttpExchange&) { return HttpReply{}; });
  server_->stop();
  EXPECT_EQ(run({"status"}), kExitUnreachable);
}

}  // namespace
}  // namespace certstead
