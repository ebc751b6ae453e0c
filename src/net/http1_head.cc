#include "net/http1_head.h"

#include <algorithm>

#include "base/text.h"

namespace certstead {
namespace {

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_http_version(std::string_view text) { return text == "HTTP/1.1" || text == "HTTP/1.0"; }

Status check_request_line(std::string_view line, Http1Head& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    return invalid("the request line has not three parts");
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!is_http_version(version)) return invalid("the version of the request is not HTTP/1.1 or HTTP/1.0");
  head.minor_version = version.back() - '0';
  const bool clean =
      std::ranges::all_of(head.target, [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
  if (!is_token(head.method) || head.target.empty() || !clean) {
    return invalid("the request line has forbidden characters");
  }
  return Done{};
}

Status check_status_line(std::string_view line, Http1Head& head) {
  // "HTTP/1.1 200 OK"; the reason may be empty, its blank may then be missing.
  const std::string_view version = line.substr(0, 8);
  const std::string_view code = line.size() >= 12 ? line.substr(9, 3) : std::string_view();
  const bool shape = is_http_version(version) && is_digits(code) && line[8] == ' ' && code[0] >= '1' &&
                     (line.size() == 12 || line[12] == ' ') && is_field_value(line);
  if (!shape) return invalid("the answer does not begin with an HTTP/1.1 status line");
  head.minor_version = version.back() - '0';
  head.status = static_cast<int>(*parse_number(code));
  return Done{};
}

Status add_field(std::string_view line, HttpHeaders& headers) {
  // A line that begins with a blank continues the one before (obsolete folding): its name is no token.
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return invalid("a header line has no proper name before its colon");
  }
  const std::string_view value = trim(line.substr(colon + 1));
  if (!is_field_value(value)) return invalid("a header value has control characters");
  headers.add(line.substr(0, colon), value);
  return Done{};
}

Status check_framing(Http1Head& head) {
  const auto lengths = head.headers.all("Content-Length");
  const auto codings = head.headers.all("Transfer-Encoding");
  if (lengths.size() > 1) return invalid("there is more than one Content-Length");
  if (codings.size() > 1) return invalid("there is more than one Transfer-Encoding");
  if (!lengths.empty() && !codings.empty())
    return invalid("there are both Content-Length and Transfer-Encoding");
  if (!codings.empty()) {
    if (!equals_ignoring_case(codings[0], "chunked"))
      return invalid("the transfer coding is not \"chunked\"");
    if (head.minor_version == 0) return invalid("HTTP/1.0 has no transfer codings");
    head.chunked = true;
  }
  if (!lengths.empty()) {
    if (!is_digits(lengths[0]) || lengths[0].size() > 18) return invalid("the Content-Length is no number");
    head.content_length = parse_number(lengths[0]);
  }
  return Done{};
}

}  // namespace

Result<std::size_t> Http1HeadScanner::scan(std::string_view data) {
  for (std::size_t at = 0; at < data.size(); ++at) {
    const char c = data[at];
    const bool after_cr = state_ == State::kCr || state_ == State::kLastCr;
    if (c == '\0') return invalid("there is a NUL in the message head");
    if (after_cr != (c == '\n')) return invalid("a line of the message head does not end with CR LF");
    if (c == '\n') {
      if (state_ == State::kLastCr) {
        state_ = State::kComplete;
        return at + 1;
      }
      state_ = State::kLineStart;
    } else if (c == '\r') {
      state_ = state_ == State::kLineStart ? State::kLastCr : State::kCr;
    } else {
      state_ = State::kText;
    }
  }
  return data.size();
}

Result<Http1Head> check_http1_head(std::string_view text, Http1Parser::Kind kind, std::size_t most_headers) {
  Http1Head head;
  std::size_t end = text.find("\r\n");
  if (end == std::string_view::npos) return invalid("the message head has no line end");
  const std::string_view first = text.substr(0, end);
  if (kind == Http1Parser::Kind::kRequest) {
    CHECK_OK(check_request_line(first, head));
  } else {
    CHECK_OK(check_status_line(first, head));
  }
  while (true) {
    text.remove_prefix(end + 2);
    end = text.find("\r\n");
    if (end == 0) break;
    if (end == std::string_view::npos) return invalid("the message head has no blank line");
    if (head.headers.size() == most_headers) {
      return Error{Code::kLimited, "there are more than " + std::to_string(most_headers) + " header lines"};
    }
    CHECK_OK(add_field(text.substr(0, end), head.headers));
  }
  CHECK_OK(check_framing(head));
  return head;
}

}  // namespace certstead
