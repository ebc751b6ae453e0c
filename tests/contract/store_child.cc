// The process that dies in the durability tests. What it prints was acknowledged by the store before.
//   write DIR PREFIX THREADS   writes for ever:           "set NAME" or "challenge TOKEN" for each change
//   count DIR PREFIX COUNT     writes COUNT sets:         "set NAME" or "failed ID: SENTENCE" for each
//   full DIR BYTES             writes until no file may grow beyond BYTES, then allows it again: the same
//   lines open DIR                   opens as a user without rights: "opened" or "failed ID: SENTENCE"
//   migrate DIR STEPS          makes the tables, and kills itself after so many steps of SQLite's machine
#include <grp.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

#include "contract/store_contract.h"
#include "store/sqlite/schema.h"
#include "store/sqlite_store.h"

namespace certstead {
namespace {

void say(const std::string& line) {
  const std::string whole = line + "\n";
  if (::write(1, whole.data(), whole.size()) < 0) std::_Exit(3);
}

std::string failure(const Error& error) { return "failed " + error.id + ": " + error.detail; }

SystemClock system_clock;
NullLog no_log;

std::unique_ptr<Store> open(const std::string& directory) {
  auto store = open_sqlite_store(directory, system_clock, no_log);
  if (store) return std::move(*store);
  say(failure(store.error()));
  std::_Exit(2);
}

bool write_set(Store& store, const std::string& name) {
  const auto created = store.credentials().create_set(sample_set(name), note("set.create"));
  say(created ? "set " + name : failure(created.error()));
  return created.has_value();
}

void write_for_ever(Store& store, const std::string& prefix) {
  for (int i = 0;; ++i) {
    const std::string name = prefix + "." + std::to_string(i);
    if (!write_set(store, name)) std::_Exit(4);
    if (!store.challenges().publish_challenge(sample_challenge(name, name))) std::_Exit(4);
    say("challenge " + name);
  }
}

int write_with_threads(const std::string& directory, const std::string& prefix, int count) {
  const auto store = open(directory);
  std::vector<std::thread> threads;
  for (int t = 0; t < count; ++t) {
    threads.emplace_back([&, t] { write_for_ever(*store, prefix + "." + std::to_string(t)); });
  }
  for (std::thread& thread : threads) thread.join();
  return 0;
}

int write_count(const std::string& directory, const std::string& prefix, int count) {
  const auto store = open(directory);
  for (int i = 0; i < count; ++i) write_set(*store, prefix + "." + std::to_string(i));
  return 0;
}

void limit_files(rlim_t size) {
  const rlimit limit = {size, RLIM_INFINITY};
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

int fill(const std::string& directory, rlim_t size) {
  ::signal(SIGXFSZ, SIG_IGN);
  const auto store = open(directory);
  limit_files(size);
  int i = 0;
  while (write_set(*store, "before." + std::to_string(i))) ++i;
  limit_files(RLIM_INFINITY);
  return write_set(*store, "after") ? 0 : 1;
}

int open_without_rights(const std::string& directory) {
  if (::geteuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setgid(65534) != 0 || ::setuid(65534) != 0)) {
    return 5;
  }
  open(directory);
  say("opened");
  return 0;
}

int migrate_until(const std::string& directory, int steps) {
  auto db = sqlite::Database::open(directory + "/certstead.db", sqlite::Database::Mode::kReadWrite).value();
  sqlite3_progress_handler(
      db->native(), steps, [](void*) -> int { return ::raise(SIGKILL); }, nullptr);
  const auto done = sqlite::migrate(*db, sqlite::schema(), system_clock.now());
  say(done ? "migrated" : failure(done.error()));
  return 0;
}

int run(const std::vector<std::string>& a) {
  const std::string& verb = a.at(1);
  if (verb == "write") return write_with_threads(a.at(2), a.at(3), std::stoi(a.at(4)));
  if (verb == "count") return write_count(a.at(2), a.at(3), std::stoi(a.at(4)));
  if (verb == "full") return fill(a.at(2), std::stoul(a.at(3)));
  if (verb == "open") return open_without_rights(a.at(2));
  if (verb == "migrate") return migrate_until(a.at(2), std::stoi(a.at(3)));
  return 64;
}

}  // namespace
}  // namespace certstead

int main(int argc, char** argv) { return certstead::run({argv, argv + argc}); }
