// For tests: an HttpClient that answers what the test says.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "net/http_client.h"

namespace certstead {

class StubClient final : public HttpClient {
 public:
  using Answer = std::function<HttpResponse(const HttpRequest&)>;
  explicit StubClient(Answer answer) : answer_(std::move(answer)) {}
  Result<HttpResponse> send(const HttpRequest& request, Deadline /*deadline*/) override {
    const std::lock_guard lock(mutex_);
    seen.push_back(request);
    return answer_(request);
  }
  std::vector<HttpRequest> seen;

 private:
  std::mutex mutex_;
  const Answer answer_;
};

}  // namespace certstead
