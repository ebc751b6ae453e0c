#include "support/raw_tls.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "support/tls_client.h"

namespace certstead {
namespace {

void put(Bytes& out, std::size_t width, std::size_t number) {
  for (std::size_t i = width; i-- > 0;) out.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
}
void add(Bytes& out, const Bytes& more) { out.insert(out.end(), more.begin(), more.end()); }
// With its length in front.
void add_sized(Bytes& out, std::size_t width, const Bytes& more) {
  put(out, width, more.size());
  add(out, more);
}
Bytes of_numbers(const std::vector<std::uint16_t>& list) {
  Bytes out;
  for (const std::uint16_t number : list) put(out, 2, number);
  return out;
}

// The random of a ServerHello that asks for another ClientHello (RFC 8446 section 4.1.3) begins so.
constexpr std::uint8_t kRetry[] = {0xcf, 0x21, 0xad, 0x74};
constexpr std::size_t kRandomAt = 6, kSessionAt = 38;

bool has_version13(const Bytes& hello) {
  const std::uint8_t chosen[] = {0, kRawVersions, 0, 2, 3, 4};
  return std::search(hello.begin(), hello.end(), std::begin(chosen), std::end(chosen)) != hello.end();
}

std::string name_of_hello(const Bytes& hello) {
  if (hello.size() < kSessionAt) return "a cut ServerHello";
  if (std::equal(std::begin(kRetry), std::end(kRetry), hello.begin() + kRandomAt)) return "HelloRetryRequest";
  return has_version13(hello) ? "ServerHello 1.3" : "ServerHello 1.2";
}

}  // namespace

RawHello RawHello::with(RawExtension extension) const {
  RawHello out = *this;
  out.extensions.push_back(std::move(extension));
  return out;
}

RawHello RawHello::without(std::uint16_t type) const {
  RawHello out = *this;
  std::erase_if(out.extensions, [&](const RawExtension& one) { return one.first == type; });
  return out;
}

RawHello RawHello::instead(RawExtension extension) const {
  return without(extension.first).with(std::move(extension));
}

RawExtension raw_server_names(const std::vector<std::string>& names, std::uint8_t type) {
  Bytes list, out;
  for (const std::string& name : names) {
    list.push_back(type);
    add_sized(list, 2, Bytes(name.begin(), name.end()));
  }
  add_sized(out, 2, list);
  return {kRawServerName, out};
}

RawExtension raw_numbers(std::uint16_t type, const std::vector<std::uint16_t>& list) {
  Bytes out;
  add_sized(out, 2, of_numbers(list));
  return {type, out};
}

RawExtension raw_versions(const std::vector<std::uint16_t>& list) {
  Bytes out;
  add_sized(out, 1, of_numbers(list));
  return {kRawVersions, out};
}

RawExtension raw_key_share(std::uint16_t group, std::size_t size) {
  Bytes share(size), list, out;
  if (!share.empty()) share.front() = 9;  // the base point of X25519
  put(list, 2, group);
  add_sized(list, 2, share);
  add_sized(out, 2, list);
  return {kRawShare, out};
}

RawHello raw_hello12(const std::string& name) {
  RawHello out;
  out.extensions = {raw_server_names({name}),
                    raw_numbers(kRawGroups, {29, 23}),
                    {11, {1, 0}},
                    raw_numbers(kRawAlgorithms, {0x0403, 0x0804, 0x0401}),
                    {0xff01, {0}}};
  return out;
}

RawHello raw_hello13(const std::string& name) {
  return raw_hello12(name).with(raw_versions({0x0304, 0x0303})).with(raw_key_share(29));
}

Bytes raw_message(const RawHello& hello) {
  Bytes body, extensions, out = {1};
  put(body, 2, hello.version);
  for (int i = 0; i < 32; ++i) body.push_back(static_cast<std::uint8_t>(i));
  add_sized(body, 1, hello.session_id);
  add_sized(body, 2, of_numbers(hello.suites));
  add_sized(body, 1, hello.compressions);
  for (const RawExtension& extension : hello.extensions) {
    put(extensions, 2, extension.first);
    add_sized(extensions, 2, extension.second);
  }
  add_sized(body, 2, extensions);
  add_sized(out, 3, body);
  return out;
}

Bytes raw_records(const Bytes& message, std::size_t piece, std::uint8_t type) {
  Bytes out;
  for (std::size_t at = 0; at < message.size(); at += piece) {
    const std::size_t size = std::min(piece, message.size() - at);
    out.push_back(type);
    put(out, 2, 0x0301);
    put(out, 2, size);
    out.insert(out.end(), message.begin() + static_cast<std::ptrdiff_t>(at),
               message.begin() + static_cast<std::ptrdiff_t>(at + size));
  }
  return out;
}

RawTalk::RawTalk(std::uint16_t port) : fd_(connect_to(port).release()) {}
RawTalk::~RawTalk() { ::close(fd_); }

void RawTalk::send(const Bytes& bytes) const {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t sent = ::send(fd_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (sent <= 0) return;
    done += static_cast<std::size_t>(sent);
  }
}

void RawTalk::end_sending() const { ::shutdown(fd_, SHUT_WR); }

bool RawTalk::read(std::size_t size, Bytes& into) const {
  into.assign(size, 0);
  return size == 0 || ::recv(fd_, into.data(), size, MSG_WAITALL) == static_cast<ssize_t>(size);
}

std::string RawTalk::next() {
  Bytes header;
  if (!read(5, header)) return "closed";
  if (!read(header[3] * std::size_t{256} + header[4], body_)) return "closed";
  if (header[0] == 21 && body_.size() == 2) return "alert " + std::to_string(body_[1]);
  if (header[0] == 22 && !body_.empty() && body_[0] == 2) return name_of_hello(body_);
  return "record " + std::to_string(header[0]);
}

bool RawTalk::trickle(const Bytes& bytes) const {
  for (const std::uint8_t byte : bytes) {
    pollfd heard{fd_, POLLIN, 0};
    std::uint8_t answer = 0;
    if (::poll(&heard, 1, 100) == 1 && ::recv(fd_, &answer, 1, 0) <= 0) return true;
    send({byte});
  }
  return false;
}

}  // namespace certstead
