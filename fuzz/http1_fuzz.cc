// HTTP/1.1 requests and responses, in pieces whose sizes come from the input. Beyond not crashing: what is
// read must not depend on where the pieces end.
#include <cstdlib>

#include "net/http1_parser.h"
#include "net/http1_request.h"

namespace {

using namespace certstead;

std::string read_messages(Http1Parser::Kind kind, std::string_view bytes, std::size_t step) {
  Http1Parser parser(kind, {});
  std::string log;
  std::string body;
  std::size_t at = 0;
  bool ending = false;
  while (at < bytes.size() || ending) {
    const auto progress = parser.feed(bytes.substr(at, step), body);
    if (!progress) return log + "|refused";
    at += progress->used;
    ending = progress->event == Http1Parser::Event::kHead;
    if (ending) {
      log += parser.head().method + parser.head().target + std::to_string(parser.head().status);
      if (kind == Http1Parser::Kind::kRequest) log += check_request(parser.head()) ? "+" : "-";
    } else if (progress->event == Http1Parser::Event::kEnd) {
      log += "|" + std::exchange(body, {});
      parser.begin();
    }
  }
  return log + "|" + body + (parser.finish() ? "ended" : "open");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > 8192) return 0;
  const auto kind = (data[0] & 0x80) != 0 ? Http1Parser::Kind::kResponse : Http1Parser::Kind::kRequest;
  const std::size_t step = 1 + (data[0] & 0x7f);
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  if (read_messages(kind, bytes, size) != read_messages(kind, bytes, step)) std::abort();
  return 0;
}
