// HTTP/1.1 messages over a Stream. Only for .cc files that use Asio.
#pragma once

#include <memory>

#include "net/http1_parser.h"
#include "net/stream.h"

namespace certstead {

// Reads messages one after another; bytes of the next one are kept.
class Http1Reader {
 public:
  // `stream` must outlive it.
  Http1Reader(Stream& stream, Http1Parser::Kind kind, Http1Parser::Limits limits);

  enum class Head {
    kRead,    // head() is there
    kClosed,  // the stream ended before the first byte of a message
    kSilent,  // nothing came until `idle`
  };
  // Reads the next head: its first byte within `idle`, the rest within `head_time` from then. Errors: those
  // of Http1Parser::feed; kUnavailable with the id "timeout" for a head that came too slowly.
  asio::awaitable<Result<Head>> read_head(Deadline idle, Duration head_time, bool to_head = false);
  // The next head of the same exchange (after an interim response).
  const Http1Head& head() const { return parser_.head(); }

  // Appends some body bytes to `out`; true when the message is complete. Errors as above.
  asio::awaitable<Result<bool>> read_body(std::string& out, Deadline deadline);

  // Whether bytes of a next message are waiting.
  bool has_more() const { return begin_ < end_; }

 private:
  asio::awaitable<Result<std::size_t>> fill(Deadline deadline);
  Result<Http1Parser::Event> feed(std::string& body);

  Stream& stream_;
  Http1Parser parser_;
  std::unique_ptr<char[]> buffer_;
  std::size_t begin_ = 0, end_ = 0;  // what of buffer_ is not parsed yet
};

// One chunk of the chunked transfer coding around `data`, which must not be empty; and what ends a body.
std::string chunk(std::string_view data);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

// The head of a response as bytes, with its blank line. `headers` are written as they are.
std::string response_head(int status, const HttpHeaders& headers);

}  // namespace certstead
