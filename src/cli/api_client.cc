#include "cli/api_client.h"

#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/text.h"
#include "cli/json_view.h"
#include "json/json.h"

namespace certstead {
namespace {

constexpr std::size_t kLargestAnswer = std::size_t{64} << 20;

constexpr std::array kCodes = {Code::kNotFound, Code::kConflict,    Code::kInvalid, Code::kDenied,
                               Code::kLimited,  Code::kUnavailable, Code::kInternal};

// The Error that api made this problem of.
Error from_problem(int status, const boost::json::value& problem) {
  Error error;
  error.code = Code::kInternal;
  const std::string code = json_text(problem, "code");
  for (const Code one : kCodes) {
    if (code_name(one) == code) error.code = one;
  }
  error.detail = json_text(problem, "detail");
  if (error.detail.empty()) error.detail = "the manager answered with status " + std::to_string(status);
  error.id = json_text(problem, "id");
  const std::int64_t retry_after = json_number(problem, "retry_after");
  if (retry_after > 0) error.retry_after = std::chrono::seconds(retry_after);
  return error;
}

}  // namespace

std::string url_escape(std::string_view text) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  // A segment of dots would be a step in the path.
  if (out == "." || out == "..") return out == "." ? "%2E" : "%2E%2E";
  return out;
}

Error ApiClient::unreachable(const Error& cause) const {
  const std::string where = printable(socket_);
  std::string detail = "the manager can't be reached at " + where + ": " + cause.detail +
                       "; is it running there? (--socket names another place)";
  if (::access(socket_.c_str(), F_OK) != 0 && errno == ENOENT) {
    detail = "the manager is not reachable: there is no socket " + where +
             "; is it running? Start it (certstead manager), or name its socket with --socket";
  } else if (::access(socket_.c_str(), W_OK) != 0 && errno == EACCES) {
    detail = "the manager is not reachable: you may not open the socket " + where +
             "; join the group that owns it, or use sudo";
  }
  return unavailable(detail, std::string(kManagerUnreachable));
}

Result<std::unique_ptr<HttpClient>> connect_to_manager(const std::string& socket) {
  HttpClientOptions options;
  options.egress = EgressPolicy::anywhere();
  options.unix_socket = socket;
  return make_http_client(std::move(options));
}

Result<HttpResponse> ApiClient::exchange(std::string method, const std::string& path, std::string body,
                                         Duration patience) {
  if (!client_) {
    TRY(client_, connect_(socket_));
  }
  HttpRequest request;
  request.method = std::move(method);
  request.url = "http://certstead/api/v1" + path;
  request.max_response_bytes = kLargestAnswer;
  if (!body.empty()) request.headers.add("Content-Type", "application/json");
  request.body = std::move(body);
  Result<HttpResponse> answer = client_->send(request, Deadline::after(patience));
  if (!answer) return unreachable(answer.error());
  return answer;
}

Result<boost::json::value> ApiClient::call(std::string method, const std::string& path, std::string body,
                                           Duration patience) {
  TRY(const HttpResponse answer, exchange(std::move(method), path, std::move(body), patience));
  boost::json::value json;
  if (!answer.body.empty()) {
    Result<boost::json::value> parsed =
        parse_json(answer.body, {.max_bytes = kLargestAnswer, .max_depth = 32});
    if (!parsed)
      return unavailable("the answer at " + printable(socket_) +
                         " is not the manager's: " + parsed.error().detail);
    json = *std::move(parsed);
  }
  if (answer.status < 200 || answer.status > 299) return from_problem(answer.status, json);
  return json;
}

Result<std::string> ApiClient::get_bytes(const std::string& path) {
  TRY(HttpResponse answer, exchange("GET", path, "", kPatience));
  if (answer.status >= 200 && answer.status <= 299) return std::move(answer.body);
  const auto problem = parse_json(answer.body);
  return from_problem(answer.status, problem ? *problem : boost::json::value());
}

Result<boost::json::value> ApiClient::get(const std::string& path, Duration patience) {
  return call("GET", path, "", patience);
}
Result<boost::json::value> ApiClient::post(const std::string& path, const boost::json::value& body,
                                           Duration patience) {
  return call("POST", path, to_json_text(body), patience);
}
Result<boost::json::value> ApiClient::patch(const std::string& path, const boost::json::value& body) {
  return call("PATCH", path, to_json_text(body), kPatience);
}
Result<boost::json::value> ApiClient::put(const std::string& path, const boost::json::value& body,
                                          Duration patience) {
  return call("PUT", path, to_json_text(body), patience);
}
Result<boost::json::value> ApiClient::remove(const std::string& path) {
  return call("DELETE", path, "", kPatience);
}

}  // namespace certstead
