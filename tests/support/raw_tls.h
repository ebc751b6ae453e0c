// A client that says what no TLS library would: ClientHellos and records put together by hand (RFC 8446).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace certstead {

using RawExtension = std::pair<std::uint16_t, Bytes>;

struct RawHello {
  std::uint16_t version = 0x0303;
  Bytes session_id = {};
  std::vector<std::uint16_t> suites = {0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f};
  Bytes compressions = {0};
  std::vector<RawExtension> extensions = {};

  RawHello with(RawExtension extension) const;  // behind the others
  RawHello without(std::uint16_t type) const;
  RawHello instead(RawExtension extension) const;  // of the one of that type
};

// For names of type host_name, as many as are given.
RawExtension raw_server_names(const std::vector<std::string>& names, std::uint8_t type = 0);
RawExtension raw_numbers(std::uint16_t type, const std::vector<std::uint16_t>& list);  // two bytes of length
RawExtension raw_versions(const std::vector<std::uint16_t>& list);
RawExtension raw_key_share(std::uint16_t group, std::size_t size = 32);
constexpr std::uint16_t kRawServerName = 0, kRawGroups = 10, kRawAlgorithms = 13, kRawVersions = 43,
                        kRawShare = 51;

// What ordinary clients say.
RawHello raw_hello12(const std::string& name);
RawHello raw_hello13(const std::string& name);

Bytes raw_message(const RawHello& hello);  // of the handshake, with its header
// In records of at most `piece` bytes.
Bytes raw_records(const Bytes& message, std::size_t piece = 16384, std::uint8_t type = 22);

// What comes back first: "ServerHello 1.3", "ServerHello 1.2", "HelloRetryRequest", "alert 70", "closed" or
// "record N". Waits for as long as the server does.
class RawTalk {
 public:
  explicit RawTalk(std::uint16_t port);
  ~RawTalk();
  RawTalk(const RawTalk&) = delete;
  RawTalk& operator=(const RawTalk&) = delete;
  void send(const Bytes& bytes) const;  // what a server that hung up does not take is lost
  void end_sending() const;
  std::string next();
  // One byte every tenth of a second until the server hangs up or there are no more: true if it hung up.
  bool trickle(const Bytes& bytes) const;
  const Bytes& body() const { return body_; }  // of the last record

 private:
  bool read(std::size_t size, Bytes& into) const;
  int fd_;
  Bytes body_;
};

}  // namespace certstead
