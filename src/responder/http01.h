// Answers to HTTP-01 challenges (RFC 8555 section 8.3).
#pragma once

#include <optional>
#include <string>

#include "net/http_server.h"
#include "replica/view_reader.h"

namespace certstead {

// Where the answers are looked up.
class ChallengeAnswers {
 public:
  virtual ~ChallengeAnswers() = default;
  // The key authorization that is to be served for `token` now, or nothing. Safe from any thread; blocks for
  // a local read at most.
  virtual Result<std::optional<std::string>> key_authorization(std::string_view token) const = 0;
};

// The answers that stand in a view: every member answers for every order.
class ViewAnswers final : public ChallengeAnswers {
 public:
  // `view` must outlive it.
  explicit ViewAnswers(const ViewReader& view) : view_(view) {}
  Result<std::optional<std::string>> key_authorization(std::string_view token) const override;

 private:
  const ViewReader& view_;
};

inline constexpr std::string_view kChallengePrefix = "/.well-known/acme-challenge/";

// Whether `path` is the answer's business: everything below the prefix, and nothing else.
bool is_challenge_path(std::string_view path);

// The reply for a path below the prefix. 200 with the key authorization; 404 for a token that is unknown or
// malformed (anything but 1 to 128 characters of base64url); 405 for methods other than GET and HEAD; 503
// when the answers can't be read. The reply names neither the token nor a cause.
HttpReply answer_challenge(const ChallengeAnswers& answers, std::string_view method, std::string_view path);

}  // namespace certstead
