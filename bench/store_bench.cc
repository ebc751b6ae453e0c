// Steps recorded each second by the store, beside plain SQLite inserts of rows of the same size on the same
// disk, in turns. Usage: store_bench [DIRECTORY [ROUNDS]]
// With `store_bench due [DIRECTORY [SETS]]`: how long the store takes to name the next 1,000 due sets of
// many.
#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include "store/sqlite_store.h"

namespace certstead {
namespace {

constexpr auto kSpan = std::chrono::milliseconds(1500);
constexpr int kOrders = 16;

// An order as it is after the key was made: sealed key, two grants, request, two authorizations.
Order make_order(int number, const Job& job) {
  Order order;
  order.id = "order-" + std::to_string(number);
  order.set_id = job.set_id, order.job_id = job.id;
  order.issuer = "letsencrypt", order.account = "default";
  order.names = {HostPattern::parse("www.example.test").value(), HostPattern::parse("example.test").value()};
  order.url = "https://ca.example/acme/order/12345/67890";
  for (int i = 0; i < 2; ++i) {
    order.authorizations.push_back({order.url + "/authz", "www.example.test", false, AcmeStatus::kPending,
                                    ChosenChallenge{"http-01", order.url + "/chall", std::string(43, 't'),
                                                    std::string(87, 'k'), true, true, false}});
  }
  const SecretRef ref = {"orders", order.id, "key", 1};
  order.key = {ref, Bytes(180, 1), "manager-1", Bytes(71, 2)};
  for (const char* reader : {"store", "local"}) order.grants.push_back({ref, reader, Bytes(600, 3)});
  order.csr = Bytes(400, 4);
  return order;
}

// Calls of `work(thread)` in each second over kSpan by `threads` threads; ends the program if one fails.
double rate(int threads, const std::function<bool(int)>& work) {
  std::atomic<bool> stop = false;
  std::atomic<long> count = 0;
  std::vector<std::thread> running;
  const auto begun = std::chrono::steady_clock::now();
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      while (!stop) {
        if (!work(t)) std::abort();
        ++count;
      }
    });
  }
  std::this_thread::sleep_for(kSpan);
  stop = true;
  for (std::thread& thread : running) thread.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  return static_cast<double>(count) / took.count();
}

struct Prepared {
  std::unique_ptr<Store> store;
  std::vector<Job> jobs;
  std::vector<Order> orders;
};

Prepared prepare(const std::filesystem::path& directory, const Clock& clock, LogSink& log) {
  Prepared out;
  out.store = open_sqlite_store(directory, clock, log).value();
  for (int i = 0; i < kOrders; ++i) {
    Job job;
    job.id = job.set_id = "job-" + std::to_string(i);
    out.store->jobs().add_job(job).value();
    out.jobs.push_back(out.store->jobs().claim_job("bench", clock.now(), Instant::max()).value().value());
    out.orders.push_back(make_order(i, out.jobs.back()));
    out.store->orders().create_order(out.orders.back(), out.jobs.back().fence).value();
  }
  return out;
}

bool step(Prepared& on, int thread) {
  Order& order = on.orders[static_cast<std::size_t>(thread)];
  ++order.polls;
  const auto fence = on.jobs[static_cast<std::size_t>(thread)].fence;
  return on.store->orders().record_step(order, fence, "the authorization is pending").has_value();
}

// What the same disk gives a program that inserts one row in one transaction, as durable as ours.
double plain_inserts(const std::filesystem::path& file, std::size_t row_size) {
  std::filesystem::remove(file);
  sqlite3* db = nullptr;
  sqlite3_open(file.c_str(), &db);
  sqlite3_exec(
      db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, b)",
      nullptr, nullptr, nullptr);
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(db, "INSERT INTO t (b) VALUES (zeroblob(?))", -1, &insert, nullptr);
  sqlite3_bind_int64(insert, 1, static_cast<sqlite3_int64>(row_size));
  const double out = rate(1, [&](int) {
    const bool done = sqlite3_step(insert) == SQLITE_DONE;
    return sqlite3_reset(insert) == SQLITE_OK && done;
  });
  sqlite3_finalize(insert);
  sqlite3_close(db);
  return out;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

int run(const std::filesystem::path& directory, int rounds) {
  SystemClock clock;
  NullLog log;
  Prepared prepared = prepare(directory / "store", clock, log);
  constexpr std::size_t kRowSize = 3000;  // about what an order takes
  std::vector<double> one, sixteen, plain, ratio;
  std::printf("%6s %18s %18s %18s\n", "round", "1 thread, steps/s", "16 threads", "plain inserts/s");
  for (int round = 1; round <= rounds; ++round) {
    plain.push_back(plain_inserts(directory / "plain.db", kRowSize));
    one.push_back(rate(1, [&](int t) { return step(prepared, t); }));
    sixteen.push_back(rate(kOrders, [&](int t) { return step(prepared, t); }));
    ratio.push_back(sixteen.back() / plain.back());
    std::printf("%6d %18.0f %18.0f %18.0f\n", round, one.back(), sixteen.back(), plain.back());
  }
  std::printf("median %18.0f %18.0f %18.0f   16 threads / plain: %.2f\n", median(one), median(sixteen),
              median(plain), median(ratio));
  return 0;
}

constexpr std::size_t kDue = 1000;

// Sets whose renewals are spread over sixty days, as they are in a store that lives.
void fill_with_sets(Store& store, int count, Instant now) {
  constexpr int kThreads = 16;  // their calls share commits
  std::vector<std::thread> running;
  for (int t = 0; t < kThreads; ++t) {
    running.emplace_back([&, t] {
      for (int i = t; i < count; i += kThreads) {
        CredentialSet set;
        set.id = "set-" + std::to_string(i);
        set.name = "host-" + std::to_string(i) + ".example.test";
        set.names = {HostPattern::parse(set.name).value()};
        set.key_types = {KeyType::kP256, KeyType::kRsa2048};
        set.status = SetStatus::kIssued;
        set.renew_at = now + std::chrono::minutes{(i * 7919LL) % (60 * 24 * 60)};
        if (!store.credentials().create_set(set, {"bench", "set.create", set.name, ""})) std::abort();
      }
    });
  }
  for (std::thread& thread : running) thread.join();
}

int run_due(const std::filesystem::path& directory, int sets) {
  SystemClock clock;
  NullLog log;
  const auto store = open_sqlite_store(directory / "store", clock, log).value();
  const Instant now = clock.now();
  fill_with_sets(*store, sets, now);
  std::vector<double> took;
  for (int round = 0; round < 51; ++round) {
    const auto begun = std::chrono::steady_clock::now();
    const auto due = store->credentials().sets_due(now + std::chrono::days(30), kDue);
    const std::chrono::duration<double, std::milli> span = std::chrono::steady_clock::now() - begun;
    if (!due || due->size() != std::min<std::size_t>(kDue, static_cast<std::size_t>(sets) / 2)) std::abort();
    took.push_back(span.count());
  }
  std::printf("%d sets, the next %zu due: median %.2f ms, slowest of 51: %.2f ms\n", sets, kDue, median(took),
              *std::max_element(took.begin(), took.end()));
  return 0;
}

}  // namespace
}  // namespace certstead

int main(int argc, char** argv) {
  if (argc > 1 && std::string(argv[1]) == "due") {
    const std::filesystem::path place = argc > 2 ? argv[2] : "store_bench.tmp";
    std::filesystem::remove_all(place / "store");
    std::filesystem::create_directories(place);
    return certstead::run_due(place, argc > 3 ? std::atoi(argv[3]) : 1'000'000);
  }
  std::filesystem::path directory = argc > 1 ? argv[1] : "store_bench.tmp";
  std::filesystem::remove_all(directory / "store");
  std::filesystem::create_directories(directory);
  return certstead::run(directory, argc > 2 ? std::atoi(argv[2]) : 5);
}
