// What the parts of the TLS cache cost: look-ups, first use, swaps, memory. Figures are of one run; the ratio
// of threads is of neighbouring rounds.
//
//   tlscache_parts_bench [NAMES=100000] [ROUNDS=5]
#include <malloc.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <map>
#include <random>
#include <thread>

#include "base/temp_dir.h"
#include "replica/test_credentials.h"
#include "tlscache/connection.h"
#include "tlscache/test_handshake.h"

namespace certstead {
namespace {

using Moment = std::chrono::steady_clock::time_point;

double seconds_since(Moment start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string host(int i) { return "h" + std::to_string(i) + ".example.test"; }

double at_part(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1,
                         static_cast<std::size_t>(part * static_cast<double>(values.size())))];
}

ClientHello hello_for(const std::string& name) {
  ClientHello hello;
  hello.server_name_text = name;
  hello.server_name = *DomainName::parse(name);
  hello.signature_algorithms = {0x0403, 0x0804};
  hello.groups = {29, 23};
  return hello;
}

// One leaf and key for all, since they are told apart by name and id only; `real` of them have their own.
struct Fleet {
  Fleet(int count, int real_count) : names(count), real(std::min(real_count, count)) {
    const NewCredential model = ca.make(key, "model", KeyType::kP256, 1, {"model.example.test"});
    const SecretBytes der = must(key.open(model.record.id, 1, model.record.sealed_key));
    constexpr int kBatch = 20'000;
    for (int from = 0; from < count; from += kBatch) {
      ViewBatch batch = must(writer->begin());
      for (int i = from; i < std::min(count, from + kBatch); ++i) {
        if (i < real) {
          must_succeed(batch.replace_set(host(i), {ca.make(key, host(i), KeyType::kP256, 1, {host(i)})}));
          continue;
        }
        NewCredential copy = model;
        copy.record.id = host(i) + "/p256/1";
        copy.record.names = {host(i)};
        copy.record.sealed_key = must(key.seal(copy.record.id, 1, der));
        must_succeed(batch.replace_set(host(i), {copy}));
      }
      must_succeed(batch.commit());
    }
  }
  TempDir dir;
  TestCa ca{std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now() - std::chrono::hours(1))};
  ViewKey key = must(ViewKey::load_or_create(dir.path()));
  std::unique_ptr<ViewWriter> writer = must(ViewWriter::open(dir.path()));
  const int names, real;
};

// Random look-ups, each parsed from its text as a handshake does; how many a second all threads made.
double look_ups(TlsCache& cache, int names, int threads) {
  constexpr int kEach = 200'000;
  std::vector<std::thread> running;
  const Moment start = std::chrono::steady_clock::now();
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&cache, names, t] {
      std::mt19937 random(static_cast<unsigned>(t));
      ClientHello hello = hello_for(host(0));
      for (int i = 0; i < kEach; ++i) {
        hello.server_name =
            *DomainName::parse(host(static_cast<int>(random() % static_cast<unsigned>(names))));
        if (must(cache.look_up(hello, {}, "")).outcome != Outcome::kChosen) std::abort();
      }
    });
  }
  for (std::thread& thread : running) thread.join();
  return threads * kEach / seconds_since(start);
}

void compare_threads(TlsCache& cache, int names, int rounds) {
  std::vector<double> one, two, ratios;
  for (int i = 0; i < rounds; ++i) {
    one.push_back(look_ups(cache, names, 1));
    two.push_back(look_ups(cache, names, 2));
    ratios.push_back(two.back() / one.back());
  }
  std::printf("look-ups with %d names: %.0f a second on one thread, %.0f on two (ratio %.2f)\n", names,
              at_part(one, 0.5), at_part(two, 0.5), at_part(ratios, 0.5));
}

std::size_t heap() { return ::mallinfo2().uordblks; }

// Loads `fleet.real` credentials for the first time, and looks what that took.
void use_first(Fleet& fleet) {
  auto cache = must(TlsCache::open(fleet.dir.path(), {.cache_bytes = std::size_t{1} << 30}));
  const ContextHandle server = server_context(), client(SSL_CTX_new(TLS_client_method()));
  must_succeed(cache->attach(server.get(), {.tickets = 0}));
  const auto shake = [&](int i) {
    const Moment start = std::chrono::steady_clock::now();
    const Shaken done =
        shake_hands(client.get(), server.get(), {.server_name = host(i), .check_name = false});
    if (!done.ok) std::abort();
    return seconds_since(start) * 1e3;
  };
  for (int i = 0; i < 200; ++i) shake(0);
  std::vector<double> first, again;
  for (int i = 1; i < fleet.real; ++i) {
    first.push_back(shake(i));
    again.push_back(shake(i));
  }
  std::printf(
      "first use of a name: handshake %.2f ms, again %.2f ms, so %.2f ms more (medians, both sides)\n",
      at_part(first, 0.5), at_part(again, 0.5), at_part(first, 0.5) - at_part(again, 0.5));
}

void weigh(Fleet& fleet) {
  const SystemClock clock;
  CredentialSource source(fleet.dir.path(), std::size_t{1} << 30, clock, nullptr);
  must_succeed(source.open());
  const auto load = [&](int i) {
    must(source.get(must(source.find(*DomainName::parse(host(i)))).credentials.front()));
  };
  load(0);  // the intermediate, and what OpenSSL makes once
  const std::size_t before = heap(), counted = source.cache_stats().bytes;
  for (int i = 1; i < fleet.real; ++i) load(i);
  const auto each = static_cast<double>(fleet.real - 1);
  std::printf("memory of a used ECDSA credential: %.0f bytes of heap, counted as %.0f\n",
              static_cast<double>(heap() - before) / each,
              static_cast<double>(source.cache_stats().bytes - counted) / each);
}

void swap_many(Fleet& fleet) {
  constexpr int kVersions = 32, kSwaps = 2'000;
  std::vector<NewCredential> versions;
  for (int v = 1; v <= kVersions; ++v) {
    versions.push_back(fleet.ca.make(fleet.key, "swap", KeyType::kP256, v, {"swap.example.test"}));
  }
  auto cache = must(TlsCache::open(fleet.dir.path()));
  const ContextHandle server = server_context(), client(SSL_CTX_new(TLS_client_method()));
  must_succeed(cache->attach(server.get(), {.tickets = 0}));
  const auto swap = [&](int i) {
    ViewBatch batch = must(fleet.writer->begin());
    must_succeed(batch.replace_set("swap", {versions[static_cast<std::size_t>(i % kVersions)]}));
    must_succeed(batch.commit());
  };
  const Moment start = std::chrono::steady_clock::now();
  for (int i = 0; i < kSwaps; ++i) {
    swap(i);
    if (must(cache->look_up(hello_for("swap.example.test"), {}, "")).credential.version !=
        i % kVersions + 1) {
      std::abort();
    }
  }
  std::printf("swaps, each seen by the next look-up: %.0f a second\n", kSwaps / seconds_since(start));
  std::vector<double> waits;
  std::size_t quiet = 0, peak = 0;
  for (int i = 0; i < 1'000; ++i) {
    const Moment begun = std::chrono::steady_clock::now();
    swap(i);
    const Shaken done =
        shake_hands(client.get(), server.get(), {.server_name = "swap.example.test", .check_name = false});
    if (!done.ok || TlsCache::served(done.server.get()).version != i % kVersions + 1) std::abort();
    waits.push_back(seconds_since(begun) * 1e3);
    if (i == kVersions) quiet = heap();
    peak = std::max(peak, heap());
  }
  std::printf("begin of a commit to the end of a handshake with it: p50 %.2f ms, p99 %.2f ms (1,000 swaps)\n",
              at_part(waits, 0.5), at_part(waits, 0.99));
  std::printf("heap while swapping: at most %.3f of what it was after the first %d\n",
              static_cast<double>(peak) / static_cast<double>(quiet), kVersions);
}

// Versions of one set, ECDSA and RSA, each with a leaf of its own. Sequence number i has the leaf i modulo
// kCount: none can be taken for the one before it in a tenth of a second.
struct Versions {
  static constexpr int kCount = 1'000;
  explicit Versions(const Fleet& fleet) {
    for (int i = 0; i < kCount; ++i) {
      for (const KeyType type : {KeyType::kP256, KeyType::kRsa2048}) {
        both[i].push_back(fleet.ca.make(fleet.key, "watched", type, i + 1, {"watched.example.test"}));
        leaves[must(Certificate::from_der(both[i].back().record.leaf)).fingerprint()] = {i, type};
      }
    }
  }
  std::array<std::vector<NewCredential>, kCount> both;
  std::map<std::string, std::pair<int, KeyType>> leaves;
};

// What a client saw of versions that another thread wrote.
struct Watch {
  void saw(int sequence, int known_before, Moment at, const std::vector<std::atomic<Moment>>& committed) {
    ++handshakes;
    if (sequence < known_before) ++stale;
    if (sequence < last) ++backwards;
    for (int i = last + 1; i <= sequence; ++i) {
      const double late = std::chrono::duration<double, std::milli>(at - committed[i].load()).count();
      lags.push_back(committed[i].load() == Moment{} ? 0 : std::max(0.0, late));
    }
    shown += sequence > last ? 1 : 0;
    last = std::max(last, sequence);
  }
  int last = -1, handshakes = 0, shown = 0, stale = 0, backwards = 0, wrong_type = 0;
  std::vector<double> lags;
};

void watch_swaps(Fleet& fleet) {
  constexpr int kSwaps = 10'000, kMostPerSecond = 2'000;
  const Versions versions(fleet);
  std::vector<std::atomic<Moment>> committed(kSwaps);
  std::atomic<int> begun{-1}, done{-1};
  const auto write = [&](int i) {
    begun = i;
    ViewBatch batch = must(fleet.writer->begin());
    must_succeed(batch.replace_set("watched", versions.both[i % Versions::kCount]));
    must_succeed(batch.commit());
    committed[i] = std::chrono::steady_clock::now();
    done = i;
  };
  write(0);
  auto cache = must(TlsCache::open(fleet.dir.path()));
  const ContextHandle server = server_context(), client(SSL_CTX_new(TLS_client_method()));
  must_succeed(cache->attach(server.get(), {.tickets = 0}));
  const Moment start = std::chrono::steady_clock::now();
  std::thread writer([&] {
    for (int i = 1; i < kSwaps; ++i) {
      std::this_thread::sleep_until(start + i * std::chrono::microseconds(1'000'000 / kMostPerSecond));
      write(i);
    }
  });
  Watch watch;
  while (watch.last < kSwaps - 1) {
    const bool rsa = watch.handshakes % 2 == 1;
    const int known = done;
    const Shaken shaken = shake_hands(client.get(), server.get(),
                                      {.server_name = "watched.example.test",
                                       .signature_algorithms = rsa ? "rsa_pss_rsae_sha256" : "ECDSA+SHA256",
                                       .check_name = false});
    if (!shaken.ok) std::abort();
    const auto [leaf, type] = versions.leaves.at(shaken.leaf_fingerprint);
    if (is_rsa(type) != rsa) ++watch.wrong_type;
    const int newest = begun;
    watch.saw(newest - (newest - leaf) % Versions::kCount, known, std::chrono::steady_clock::now(),
              committed);
  }
  writer.join();
  std::printf(
      "%.0f swaps a second while a client shakes hands: %d handshakes, %d versions shown, %d after a newer "
      "one or older than one committed before, %d of the wrong kind; end of a commit to the end of the first "
      "handshake with it or a newer one: p50 %.2f ms, p99 %.2f ms, at most %.2f ms\n",
      kSwaps / seconds_since(start), watch.handshakes, watch.shown, watch.stale + watch.backwards,
      watch.wrong_type, at_part(watch.lags, 0.5), at_part(watch.lags, 0.99), at_part(watch.lags, 1));
}

void run(int names, int rounds) {
  const Moment start = std::chrono::steady_clock::now();
  Fleet fleet(names, 2'000);
  std::printf("view of %d credentials written in %.1f s\n", names, seconds_since(start));
  const Moment opening = std::chrono::steady_clock::now();
  auto cache = must(TlsCache::open(fleet.dir.path()));
  const ContextHandle server = server_context(), client(SSL_CTX_new(TLS_client_method()));
  must_succeed(cache->attach(server.get()));
  if (!shake_hands(client.get(), server.get(), {.server_name = host(names - 1), .check_name = false}).ok) {
    std::abort();
  }
  std::printf("open to first handshake: %.1f ms\n", seconds_since(opening) * 1e3);
  compare_threads(*cache, names, rounds);
  weigh(fleet);
  use_first(fleet);
  swap_many(fleet);
  watch_swaps(fleet);
}

}  // namespace
}  // namespace certstead

int main(int argc, char** argv) {
  const auto argument = [&](int at, int otherwise) { return argc > at ? std::atoi(argv[at]) : otherwise; };
  certstead::run(argument(1, 100'000), argument(2, 5));
  return 0;
}
