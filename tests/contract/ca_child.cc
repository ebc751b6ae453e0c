// The process that dies in the crash tests of our own CA.
//   ca_child DIR FIRST LAST KILL     signs the request in DIR/request under the ids FIRST to LAST, revokes
//   every tenth, and kills itself at the KILL-th write or sync of the store after it is open.
// It prints what it was given, when it was given: "signed ID SERIAL SHA256", "revoked ID COUNTER-OF-CRL".
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "base/file.h"
#include "ca/micro_ca.h"
#include "crypto/digest.h"
#include "store/sqlite_store.h"
#include "support/open_sealer.h"

namespace {

std::atomic<long> calls_left = -1;

// Before the call has any effect: the one before it was the last.
void count_call() {
  if (calls_left > 0 && --calls_left == 0) ::raise(SIGKILL);
}

}  // namespace

// SQLite takes these instead of those of the C library.
extern "C" {
int fdatasync(int fd) {
  count_call();
  return static_cast<int>(::syscall(SYS_fdatasync, fd));
}
ssize_t pwrite64(int fd, const void* data, size_t size, off64_t offset) {
  count_call();
  return ::syscall(SYS_pwrite64, fd, data, size, offset);
}
ssize_t pwrite(int fd, const void* data, size_t size, off_t offset) {
  return pwrite64(fd, data, size, offset);
}
}

namespace certstead {
namespace {

constexpr std::string_view kCa = "office";
constexpr int kRevokeEach = 10;

void say(const std::string& line) {
  const std::string whole = line + "\n";
  if (::write(1, whole.data(), whole.size()) < 0) std::_Exit(3);
}

template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  say("failed " + result.error().id + ": " + result.error().detail);
  std::_Exit(2);
}

void revoke(MicroCa& cas, int id, const std::string& serial) {
  const auto revoked = cas.revoke(kCa, serial, 4, "test");
  if (!revoked && revoked.error().code != Code::kConflict) must(Result<Done>(revoked.error()));
  say("revoked " + std::to_string(id) + " " + std::to_string(must(cas.show(kCa)).record.crl_counter));
}

int run(const std::filesystem::path& directory, int first, int last, long kill_at) {
  SystemClock clock;
  NullLog log;
  OpenSealer sealer;
  const auto store = must(open_sqlite_store(directory / "store", clock, log));
  MicroCa cas({store->cas(), store->roots(), store->settings(), sealer, clock, log});
  if (must(cas.list()).empty()) must(cas.create({.name = std::string(kCa)}, "test"));
  const Bytes csr = must(read_file(directory / "request", 10'000));
  calls_left = kill_at;
  for (int id = first; id <= last; ++id) {
    const SignedLeaf leaf = must(cas.sign({std::string(kCa), csr, "", 0, std::to_string(id)}));
    say("signed " + std::to_string(id) + " " + leaf.serial + " " + sha256_hex(leaf.chain.front()));
    if (id % kRevokeEach == 0) revoke(cas, id, leaf.serial);
  }
  return 0;
}

}  // namespace
}  // namespace certstead

int main(int argc, char** argv) {
  if (argc != 5) return 64;
  return certstead::run(argv[1], std::atoi(argv[2]), std::atoi(argv[3]), std::atol(argv[4]));
}
