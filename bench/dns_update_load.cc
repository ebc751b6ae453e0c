// Our side of dns_update_bench.py: TXT records for many names located, written, checked at all authoritative
// servers and removed, many at a time.
//
//   CERTSTEAD_TSIG_SECRET=BASE64 dns_update_load SERVER NS-NAME KEY-NAME ZONE NAMES AT-ONCE
//
// Prints the seconds of the two halves: "written and checked" and "removed".
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "base/parallel.h"
#include "base/text.h"
#include "resolver/rfc2136_provider.h"
#include "resolver/zone_walk.h"

namespace {

using namespace certstead;
using Seconds = std::chrono::duration<double>;

Deadline soon() { return Deadline::after(std::chrono::seconds{60}); }

Result<std::unique_ptr<DnsProvider>> open(const std::string& server, const std::string& key,
                                          const Clock& clock) {
  DnsAccount account;
  account.settings = {{"nameserver", server}, {"tsig_key", key}};
  DnsSecrets secrets;
  const char* const secret = std::getenv("CERTSTEAD_TSIG_SECRET");
  if (secret != nullptr) secrets.emplace("tsig_secret", SecretBytes(view_bytes(secret)));
  return open_rfc2136(account, secrets, {&clock, EgressPolicy::anywhere()}, {});
}

Status write_and_check(ZoneWalk& walk, DnsProvider& provider, TxtRecord& record) {
  TRY(const DnsPlace place, walk.locate(record.name, soon()));
  record.name = place.name;
  record.zone = place.zone;
  CHECK_OK(provider.add(record, soon()));
  for (const Deadline deadline = soon(); !deadline.passed();) {
    TRY(const auto seen, walk.look(record, DnsPropagationMode::kAuthoritative, deadline));
    if (seen.everywhere) return Done{};
  }
  return unavailable("a record did not get to all servers");
}

double time_of(std::size_t count, std::size_t most, const std::function<Status(std::size_t)>& work) {
  std::atomic<int> failures = 0;
  const auto start = std::chrono::steady_clock::now();
  for_each_concurrently(count, most, [&](std::size_t i) {
    const Status done = work(i);
    if (!done && ++failures == 1) std::fprintf(stderr, "%s\n", done.error().detail.c_str());
  });
  if (failures > 0) std::exit(1);
  return Seconds(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) return 2;
  const auto count = parse_number(argv[5]), most = parse_number(argv[6]);
  const auto server = parse_dns_server(argv[1]);
  if (!count || !most || !server) return 2;
  ResolverSettings settings;
  settings.resolvers = {*server};
  settings.elsewhere = {{argv[2], *server}};
  ZoneWalk walk(settings);
  const SystemClock clock;
  const auto provider = open(argv[1], argv[3], clock);
  if (!provider) {
    std::fprintf(stderr, "%s\n", provider.error().detail.c_str());
    return 1;
  }
  std::vector<TxtRecord> records;
  for (std::uint64_t i = 0; i < *count; ++i)
    records.push_back(
        {"_acme-challenge.h" + std::to_string(i) + "." + argv[4], "", "value " + std::to_string(i)});
  const double written =
      time_of(*count, *most, [&](std::size_t i) { return write_and_check(walk, **provider, records[i]); });
  const double removed =
      time_of(*count, *most, [&](std::size_t i) { return (*provider)->remove(records[i], "", soon()); });
  std::printf("%.4f %.4f\n", written, removed);
  return 0;
}
