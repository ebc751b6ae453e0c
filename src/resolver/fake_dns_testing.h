// DNS servers inside a test, on the loopback.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

#include "base/file.h"
#include "resolver/dns_message.h"
#include "resolver/dns_server.h"

namespace certstead {

// Answers over UDP and TCP on one free port of the loopback.
class FakeDns {
 public:
  struct Options {
    bool v6 = false;  // [::1]; at().port is 0 if this host has none
    bool tcp = true;  // else nothing listens there
  };
  struct Query {
    DnsMessage message;
    Bytes bytes;
    bool tcp = false;
  };
  // What is sent back, each as one datagram or message; none: silence. Called on a thread of this object.
  using Handler = std::function<std::vector<Bytes>(const Query&)>;
  explicit FakeDns(Handler handler) : FakeDns(std::move(handler), Options()) {}
  FakeDns(Handler handler, Options options);
  ~FakeDns();
  FakeDns(const FakeDns&) = delete;
  FakeDns& operator=(const FakeDns&) = delete;

  const DnsServer& at() const { return at_; }
  std::vector<Query> queries() const;

 private:
  bool listen(const Options& options);
  void serve();
  void answer_datagram();
  void answer_connection();
  std::vector<Bytes> take(BytesView bytes, bool tcp);

  Handler handler_;
  Fd udp_, tcp_;
  DnsServer at_;
  mutable std::mutex mutex_;  // guards queries_
  std::vector<Query> queries_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

// A reply with the head and the question of `query`.
DnsMessage reply_to(const DnsMessage& query);
// "www.example.test", kTxt, "text": data by type (address, name, text, `0 issue "x"` for CAA as tag and
// value).
DnsRecord record_of(std::string_view name, DnsType type, std::string_view data);

// Zones that a FakeDns serves. Thread-safe.
class FakeZones {
 public:
  // Also adds its SOA record, and an NS record for each server.
  void add_zone(std::string_view apex, const std::vector<std::string>& servers);
  void add(std::string_view name, DnsType type, std::string_view data);
  void remove(std::string_view name, DnsType type);
  FakeDns::Handler handler() {
    return [this](const FakeDns::Query& query) {
      return std::vector<Bytes>{*encode_dns(answer(query.message))};
    };
  }
  DnsMessage answer(const DnsMessage& query) const;

 private:
  mutable std::mutex mutex_;  // guards the rest
  std::vector<DnsRecord> records_;
};

}  // namespace certstead
