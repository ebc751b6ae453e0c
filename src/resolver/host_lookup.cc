#include "resolver/host_lookup.h"

#include <netdb.h>
#include <sys/socket.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "base/text.h"

namespace certstead {
namespace {

// Belongs to both threads, of which either may be the last.
struct Search {
  std::string host;
  std::mutex mutex;
  std::condition_variable ended;
  bool done = false;  // these are guarded by the mutex
  int failure = 0;
  std::vector<IpAddress> found;
};

void search(const std::shared_ptr<Search>& shared) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int failure = ::getaddrinfo(shared->host.c_str(), nullptr, &hints, &list);
  const std::lock_guard hold(shared->mutex);
  shared->failure = failure;
  for (const addrinfo* at = list; at != nullptr; at = at->ai_next)
    if (const auto address = IpAddress::from(at->ai_addr)) shared->found.push_back(*address);
  if (list != nullptr) ::freeaddrinfo(list);
  shared->done = true;
  shared->ended.notify_all();
}

}  // namespace

Result<std::vector<DnsServer>> find_host(const HostAndPort& host, Deadline deadline) {
  if (const auto address = IpAddress::parse(host.host)) return std::vector<DnsServer>{{*address, host.port}};
  const auto no_address = [&](const std::string& why) {
    return unavailable("the DNS server " + printable(host.host) + " has no address: " + why,
                       "dns-no-address");
  };
  if (deadline.passed()) return no_address("there is no time left to find it");
  const auto shared = std::make_shared<Search>();
  shared->host = host.host;
  std::thread([shared] { search(shared); }).detach();
  std::unique_lock hold(shared->mutex);
  if (!shared->ended.wait_for(hold, deadline.left(), [&] { return shared->done; }))
    return no_address("the system did not find it in time");
  if (shared->found.empty()) return no_address(::gai_strerror(shared->failure));
  std::vector<DnsServer> out;
  out.reserve(shared->found.size());
  for (const IpAddress& address : shared->found) out.push_back({address, host.port});
  return out;
}

}  // namespace certstead
