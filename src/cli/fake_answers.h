// Answers of the manager for the tests of the command line.
#pragma once

#include "cli/fake_manager.h"

namespace certstead {

// A set as the manager shows it, expiring 2027-02-20.
inline constexpr const char* kSet =
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

inline constexpr const char* kResultTable =
    "SET               KEY      SERIAL  ISSUER  EXPIRES     RENEWAL\n"
    "----------------  -------  ------  ------  ----------  ----------\n"
    "www.example.test  p256     0a1b    lab     2027-02-20  2027-01-21\n"
    "www.example.test  rsa2048  0c2d    lab     2027-02-21  2027-01-21\n";

inline std::string failing_set() {
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

inline std::string outcome(const std::string& job, bool created) {
  return R"({"set":{"name":"www.example.test"},"job":)" + (job.empty() ? "null" : "\"" + job + "\"") +
         R"(,"created":)" + (created ? "true" : "false") + R"(,"summary":"requesting 2 certificates"})";
}

inline std::string job(const std::string& status, const std::string& progress, const std::string& more = "") {
  return R"({"id":"j1","kind":"issue","set":"www.example.test","attempts":1,"status":")" + status +
         R"(","created":"2026-11-22T08:15:40Z","progress":[)" + progress + "]" + more + "}";
}

inline std::string line(int number, const std::string& text) {
  return R"({"number":)" + std::to_string(number) + R"(,"at":"2026-11-22T08:15:4)" + std::to_string(number) +
         R"(Z","text":")" + text + "\"}";
}

// A manager that gets the certificates in two steps.
inline void issue_well(FakeManager& manager) {
  manager.answer("POST /sets", 201, outcome("j1", true));
  manager.answer("GET /jobs/j1?after=0&wait=25", 200, job("running", line(1, "order made")));
  manager.answer("GET /jobs/j1?after=1&wait=25", 200, job("done", line(2, "certificates active")));
  manager.answer("GET /sets/www.example.test", 200, kSet);
}

}  // namespace certstead
