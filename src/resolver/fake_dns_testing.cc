#include "resolver/fake_dns_testing.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace certstead {
namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);
  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&storage); }
};

SocketAddress loopback(bool v6, std::uint16_t port) {
  SocketAddress out;
  if (v6) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    address.sin6_addr = in6addr_loopback;
    std::memcpy(&out.storage, &address, out.size = sizeof address);
  } else {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::memcpy(&out.storage, &address, out.size = sizeof address);
  }
  return out;
}

Fd bound(bool v6, int kind, std::uint16_t port) {
  Fd fd(socket(v6 ? AF_INET6 : AF_INET, kind | SOCK_CLOEXEC, 0));
  SocketAddress address = loopback(v6, port);
  return bind(fd.get(), address.generic(), address.size) == 0 ? std::move(fd) : Fd();
}

std::uint16_t port_of(const Fd& fd) {
  SocketAddress address;
  if (getsockname(fd.get(), address.generic(), &address.size) != 0) return 0;
  return address.storage.ss_family == AF_INET6
             ? ntohs(reinterpret_cast<const sockaddr_in6*>(&address.storage)->sin6_port)
             : ntohs(reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_port);
}

bool read_exactly(int fd, std::span<std::uint8_t> out) {
  return recv(fd, out.data(), out.size(), MSG_WAITALL) == static_cast<ssize_t>(out.size());
}

DnsName name_of(std::string_view text) { return *DnsName::parse(text); }

}  // namespace

FakeDns::FakeDns(Handler handler, Options options) : handler_(std::move(handler)) {
  at_.address = *IpAddress::parse(options.v6 ? "::1" : "127.0.0.1");
  at_.port = 0;
  for (int i = 0; i < 100 && at_.port == 0; ++i)
    if (listen(options)) at_.port = port_of(udp_);
  thread_ = std::thread([this] { serve(); });
}

FakeDns::~FakeDns() {
  stopping_ = true;
  shutdown(tcp_.get(), SHUT_RDWR);
  thread_.join();
}

bool FakeDns::listen(const Options& options) {
  tcp_ = bound(options.v6, SOCK_STREAM, 0);
  if (!tcp_.valid()) return false;
  udp_ = bound(options.v6, SOCK_DGRAM, port_of(tcp_));
  if (!options.tcp) tcp_ = Fd();
  return udp_.valid() && (!options.tcp || ::listen(tcp_.get(), 16) == 0);
}

std::vector<FakeDns::Query> FakeDns::queries() const {
  const std::lock_guard hold(mutex_);
  return queries_;
}

void FakeDns::serve() {
  while (!stopping_) {
    std::array<pollfd, 2> ready{{{udp_.get(), POLLIN, 0}, {tcp_.get(), POLLIN, 0}}};
    if (poll(ready.data(), ready.size(), 200) <= 0) continue;
    if ((ready[0].revents & POLLIN) != 0) answer_datagram();
    if (ready[1].fd >= 0 && ready[1].revents != 0 && !stopping_) answer_connection();
  }
}

std::vector<Bytes> FakeDns::take(BytesView bytes, bool tcp) {
  auto message = decode_dns(bytes);
  if (!message) return {};
  Query query{std::move(*message), {bytes.begin(), bytes.end()}, tcp};
  {
    const std::lock_guard hold(mutex_);
    queries_.push_back(query);
  }
  return handler_(query);
}

void FakeDns::answer_datagram() {
  std::array<std::uint8_t, 65535> buffer;
  SocketAddress from;
  const ssize_t got = recvfrom(udp_.get(), buffer.data(), buffer.size(), 0, from.generic(), &from.size);
  if (got <= 0) return;
  for (const Bytes& out : take(BytesView(buffer).first(static_cast<std::size_t>(got)), false))
    sendto(udp_.get(), out.data(), out.size(), 0, from.generic(), from.size);
}

void FakeDns::answer_connection() {
  const Fd connection(accept4(tcp_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  std::array<std::uint8_t, 2> length{};
  if (!connection.valid() || !read_exactly(connection.get(), length)) return;
  Bytes message(static_cast<std::size_t>(length[0]) << 8 | length[1]);
  if (!read_exactly(connection.get(), message)) return;
  for (const Bytes& out : take(message, true)) {
    Bytes framed{static_cast<std::uint8_t>(out.size() >> 8), static_cast<std::uint8_t>(out.size())};
    framed.insert(framed.end(), out.begin(), out.end());
    send(connection.get(), framed.data(), framed.size(), MSG_NOSIGNAL);
  }
}

DnsMessage reply_to(const DnsMessage& query) {
  DnsMessage reply;
  reply.id = query.id;
  reply.opcode = query.opcode;
  reply.reply = true;
  reply.questions = query.questions;
  if (query.edns) reply.edns = DnsEdns{};
  return reply;
}

DnsRecord record_of(std::string_view name, DnsType type, std::string_view data) {
  DnsRecord record{name_of(name), type, DnsClass::kIn, 60, {}};
  if (type == DnsType::kTxt) record.data = make_txt(data);
  if (type == DnsType::kA || type == DnsType::kAaaa) record.data = *IpAddress::parse(data);
  if (type == DnsType::kNs || type == DnsType::kCname || type == DnsType::kDname) record.data = name_of(data);
  if (type == DnsType::kCaa)
    record.data =
        DnsCaa{0, std::string(data.substr(0, data.find(' '))), std::string(data.substr(data.find(' ') + 1))};
  return record;
}

void FakeZones::add_zone(std::string_view apex, const std::vector<std::string>& servers) {
  const std::lock_guard hold(mutex_);
  const DnsSoa soa{name_of("ns.invalid"), name_of("root.invalid"), 1, 1, 1, 1, 1};
  records_.push_back({name_of(apex), DnsType::kSoa, DnsClass::kIn, 60, soa});
  for (const std::string& server : servers) records_.push_back(record_of(apex, DnsType::kNs, server));
}

void FakeZones::add(std::string_view name, DnsType type, std::string_view data) {
  const std::lock_guard hold(mutex_);
  records_.push_back(record_of(name, type, data));
}

void FakeZones::remove(std::string_view name, DnsType type) {
  const std::lock_guard hold(mutex_);
  std::erase_if(records_,
                [&](const DnsRecord& one) { return one.name == name_of(name) && one.type == type; });
}

DnsMessage FakeZones::answer(const DnsMessage& query) const {
  const std::lock_guard hold(mutex_);
  DnsMessage reply = reply_to(query);
  const DnsQuestion& asked = query.questions.front();
  const DnsRecord* soa = nullptr;
  bool exists = false;
  for (const DnsRecord& record : records_) {
    if (record.type == DnsType::kSoa && asked.name.is_within(record.name) &&
        (soa == nullptr || record.name.is_within(soa->name)))
      soa = &record;
    exists = exists || record.name.is_within(asked.name);
    const bool moves = record.type == DnsType::kDname && asked.name != record.name;
    if ((moves && asked.name.is_within(record.name)) ||
        (record.name == asked.name && (record.type == asked.type || record.type == DnsType::kCname)))
      reply.answers.push_back(record);
  }
  reply.authoritative = soa != nullptr;
  if (soa == nullptr) reply.rcode = DnsRcode::kRefused;
  if (soa != nullptr && reply.answers.empty()) {
    reply.authority.push_back(*soa);
    if (!exists) reply.rcode = DnsRcode::kNxDomain;
  }
  return reply;
}

}  // namespace certstead
