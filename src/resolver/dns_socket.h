// A UDP or TCP socket that is connected to one DNS server. Internal.
#pragma once

#include "base/clock.h"
#include "base/file.h"
#include "resolver/dns_server.h"

namespace certstead {

class DnsSocket {
 public:
  // Errors, all kUnavailable: id "dns-no-route" if this host has no way to that family of addresses.
  // The kernel gives every socket a random port.
  static Result<DnsSocket> open(const DnsServer& server, bool tcp, Deadline deadline);

  Status send(BytesView message, Deadline deadline);
  // A datagram, or a whole message of the stream. Id "dns-no-answer" if none came in time.
  Result<Bytes> receive(Deadline deadline);

 private:
  DnsSocket(Fd fd, bool tcp, std::string server)
      : fd_(std::move(fd)), tcp_(tcp), server_(std::move(server)) {}
  Status wait_for(short events, Deadline deadline) const;
  Status send_all(BytesView bytes, Deadline deadline);
  Result<Bytes> receive_exactly(std::size_t size, Deadline deadline);
  Error failed(int number) const;

  Fd fd_;
  bool tcp_;
  std::string server_;
};

}  // namespace certstead
