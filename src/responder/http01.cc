#include "responder/http01.h"

#include <algorithm>

namespace certstead {
namespace {

constexpr std::size_t kLongestToken = 128;

bool is_challenge_token(std::string_view text) {
  return !text.empty() && text.size() <= kLongestToken && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

HttpReply text_reply(int status, std::string_view text) {
  return {status,
          {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}},
          std::string(text)};
}

}  // namespace

Result<std::optional<std::string>> ViewAnswers::key_authorization(std::string_view token) const {
  return view_.http01(token);
}

bool is_challenge_path(std::string_view path) { return path.starts_with(kChallengePrefix); }

HttpReply answer_challenge(const ChallengeAnswers& answers, std::string_view method, std::string_view path) {
  if (method != "GET" && method != "HEAD") {
    HttpReply reply = text_reply(405, "challenges are answered to GET and HEAD\n");
    reply.headers.add("Allow", "GET, HEAD");
    return reply;
  }
  const std::string_view token = path.substr(std::min(kChallengePrefix.size(), path.size()));
  if (!is_challenge_path(path) || !is_challenge_token(token))
    return text_reply(404, "there is no such challenge\n");
  const auto found = answers.key_authorization(token);
  if (!found) {
    HttpReply reply = text_reply(503, "challenges can't be read at the moment\n");
    reply.headers.add("Retry-After", "1");
    return reply;
  }
  if (!*found) return text_reply(404, "there is no such challenge\n");
  HttpReply reply = text_reply(200, **found);
  reply.headers.set("Content-Type", "application/octet-stream");
  return reply;
}

}  // namespace certstead
