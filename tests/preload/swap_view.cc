// The writer of a view as a process of its own: replaces a credential set again and again, as the member
// does.
//
//   swap_view DIR ROOT.pem BASE FIRST LAST PAUSE-MS SET NAME...
//
// Versions FIRST to LAST, each a fresh ECDSA and an RSA leaf that begins BASE + version (seconds since 1970),
// of a CA of this process whose root goes to ROOT.pem first. Prints "swapped LAST" and waits for its end.
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "replica/test_credentials.h"

namespace {

using namespace certstead;

struct Swaps {
  std::string directory, root, set;
  std::int64_t base = 0, first = 0, last = 0;
  int pause_ms = 0;
  std::vector<std::string> names;
};

void write_root(const TestCa& ca, const std::string& path) {
  must_succeed(write_file_atomic(path, view_bytes(ca.root().to_pem()), 0644));
}

void run(const Swaps& swaps) {
  const TestCa ca(from_unix_seconds(swaps.base));
  write_root(ca, swaps.root);
  const ViewKey key = must(ViewKey::load_or_create(swaps.directory));
  const auto writer = must(ViewWriter::open(swaps.directory));
  for (std::int64_t version = swaps.first; version <= swaps.last; ++version) {
    const std::vector<NewCredential> both = {
        ca.make(key, swaps.set, KeyType::kP256, version, swaps.names),
        ca.make(key, swaps.set, KeyType::kRsa2048, version, swaps.names)};
    ViewBatch batch = must(writer->begin());
    must_succeed(batch.replace_set(swaps.set, both));
    must_succeed(batch.commit());
    ::usleep(static_cast<useconds_t>(swaps.pause_ms) * 1000);
  }
  std::printf("swapped %lld\n", static_cast<long long>(swaps.last));
  std::fflush(stdout);
  ::pause();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 9) return 2;
  Swaps swaps;
  swaps.directory = argv[1];
  swaps.root = argv[2];
  swaps.base = std::stoll(argv[3]);
  swaps.first = std::stoll(argv[4]);
  swaps.last = std::stoll(argv[5]);
  swaps.pause_ms = std::stoi(argv[6]);
  swaps.set = argv[7];
  swaps.names.assign(argv + 8, argv + argc);
  run(swaps);
  return 0;
}
