#include "api/problem.h"

#include <array>
#include <boost/json/object.hpp>

#include "base/text.h"
#include "json/json.h"

namespace certstead {
namespace {

struct CodeRow {
  Code code;
  int status;
  std::string_view title;
};
constexpr std::array kCodes = {
    CodeRow{Code::kNotFound, 404, "Not found"},      CodeRow{Code::kConflict, 409, "Conflict"},
    CodeRow{Code::kInvalid, 400, "Invalid request"}, CodeRow{Code::kDenied, 403, "Denied"},
    CodeRow{Code::kLimited, 429, "Too much"},        CodeRow{Code::kUnavailable, 503, "Not available"},
    CodeRow{Code::kInternal, 500, "Internal error"},
};

struct IdRow {
  std::string_view id;
  int status;
  std::string_view title;
};
constexpr std::array kIds = {
    IdRow{kMethodNotAllowed, 405, "Method not allowed"},
    IdRow{kPreconditionFailed, 412, "Changed meanwhile"},
    IdRow{kBodyTooLarge, 413, "Body too large"},
    IdRow{kUnsupportedMediaType, 415, "Unsupported media type"},
};

IdRow row_of(const Error& error) {
  for (const IdRow& row : kIds) {
    if (row.id == error.id) return row;
  }
  for (const CodeRow& row : kCodes) {
    if (row.code == error.code) return {error.id, row.status, row.title};
  }
  return {"internal", 500, "Internal error"};
}

}  // namespace

int http_status(const Error& error) { return row_of(error).status; }

HttpReply to_reply(const Error& error) {
  const IdRow row = row_of(error);
  const bool hidden = error.code == Code::kInternal;
  const std::string code(code_name(error.code));
  const std::string kind = hidden || error.id.empty() ? code : error.id;
  boost::json::object problem;
  problem["type"] = "urn:certstead:error:" + kind;
  problem["title"] = row.title;
  problem["status"] = row.status;
  problem["detail"] =
      hidden ? "something went wrong inside the manager; its log says more" : printable(error.detail, 2000);
  problem["code"] = code;
  if (!hidden && !error.id.empty()) problem["id"] = error.id;
  HttpReply reply;
  reply.status = row.status;
  reply.headers.add("Content-Type", "application/problem+json");
  if (error.retry_after) {
    problem["retry_after"] = error.retry_after->count();
    reply.headers.add("Retry-After", std::to_string(error.retry_after->count()));
  }
  reply.body = to_json_text(problem) + "\n";
  return reply;
}

}  // namespace certstead
