// Reads HTTP/1.1 messages out of a byte stream, strictly (RFC 9112). Framing is decided by llhttp in its
// strict mode; what llhttp lets pass is refused before it sees the bytes: folded header lines, bare CR or LF,
// blanks before a colon, several Content-Length or Transfer-Encoding fields, any coding but exactly
// "chunked". Whoever reads on after an error would guess where a message ends, so the connection has to be
// closed then.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/result.h"
#include "net/http_message.h"

namespace certstead {

struct Http1Head {
  // Of a request.
  std::string method, target;
  // Of a response.
  int status = 0;

  int minor_version = 1;  // HTTP/1.x
  HttpHeaders headers;
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  // Whether the connection may be used again after this message.
  bool keep_alive = false;
  // Whether body bytes follow the head; for a response also when they end with the connection.
  bool has_body = false;
};

class Http1Parser {
 public:
  enum class Kind { kRequest, kResponse };
  enum class Event {
    kMore,  // everything was taken; more bytes are needed
    kHead,  // head() is complete; stopped behind its blank line
    kEnd,   // the message is complete; stopped behind its last byte
  };
  struct Progress {
    std::size_t used = 0;
    Event event = Event::kMore;
  };
  struct Limits {
    std::size_t header_bytes = 16 * 1024;  // start line and header lines; also trailers and chunk lines
    std::size_t header_count = 100;
  };

  Http1Parser(Kind kind, Limits limits);
  ~Http1Parser();
  Http1Parser(const Http1Parser&) = delete;
  Http1Parser& operator=(const Http1Parser&) = delete;

  // Forgets the present message; the next byte is the first of a new one. `to_head`: the response that
  // follows answers a HEAD request and so has no body.
  void begin(bool to_head = false);

  // Takes bytes from `data` until an event; body bytes are appended to `body`. Trailers are checked and
  // dropped. Errors: kInvalid for what breaks the rules (answer 400, or 502 for a response), kLimited when
  // the head is too large (answer 431). After an error or kEnd only begin() helps.
  Result<Progress> feed(std::string_view data, std::string& body);

  // The stream ended. Success if that ends the message too (a response without length). Error: kUnavailable.
  Status finish();

  const Http1Head& head() const;
  // Whether a byte of the present message was seen.
  bool started() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace certstead
