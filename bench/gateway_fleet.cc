// The same fleet twice, for gateway_start_bench.py and handshake_bench.py: as a view for our gateway, and as
// PEM files for a server that reads a directory of them. Every name has a P-256 key of its own; one
// intermediate signs all. With `both` it has an RSA-2048 certificate as well (one key for all of them: the
// making of a key takes a third of a second).
//
//   gateway_fleet DIRECTORY COUNT [both] [view]   writes DIRECTORY/view, DIRECTORY/root.pem, and, unless only
//                                                 the view is asked for, DIRECTORY/pem/*.pem or *.pem.ecdsa
//                                                 and *.pem.rsa
#include <charconv>
#include <cstdio>
#include <fstream>

#include "base/file.h"
#include "base/parallel.h"
#include "replica/test_credentials.h"
#include "replica/view_writer.h"

namespace certstead {
namespace {

std::string host(int i) { return "h" + std::to_string(i) + ".example.test"; }

// Certificate, intermediate, key: what HAProxy and others read from one file.
std::string bundle(const NewCredential& credential, const ViewKey& key) {
  const SecretBytes der = must(key.open(credential.record.id, 1, credential.record.sealed_key));
  return must(Certificate::from_der(credential.record.leaf)).to_pem() +
         must(Certificate::from_der(credential.intermediates.front())).to_pem() +
         to_text(must(PrivateKey::from_der(der.reveal())).to_pkcs8_pem().reveal());
}

void write_fleet(const std::filesystem::path& directory, int count, bool both, bool pem) {
  const TestCa ca(SystemClock().now());
  must_succeed(make_directories(directory / "pem"));
  must_succeed(write_file_atomic(directory / "root.pem", view_bytes(ca.root().to_pem())));
  const ViewKey key = must(ViewKey::load_or_create(directory / "view"));
  const auto writer = must(ViewWriter::open(directory / "view"));
  ViewBatch batch = must(writer->begin());
  static_cast<void>(test_key(KeyType::kRsa2048));  // made before threads ask for it
  constexpr int kPart = 1000;
  for (int from = 0; from < count; from += kPart) {
    std::vector<std::vector<NewCredential>> sets(static_cast<std::size_t>(std::min(kPart, count - from)));
    for_each_parallel(sets.size(), [&](std::size_t at) {
      const std::string name = host(from + static_cast<int>(at));
      sets[at].push_back(ca.make(key, name, KeyType::kP256, 1, {name}));
      if (both) sets[at].push_back(ca.make(key, name, KeyType::kRsa2048, 1, {name}));
      for (const NewCredential& credential : sets[at]) {
        const char* const kind = is_rsa(credential.record.key_type) ? ".rsa" : ".ecdsa";
        if (pem)
          std::ofstream(directory / "pem" / (name + ".pem" + (both ? kind : ""))) << bundle(credential, key);
      }
    });
    for (std::size_t at = 0; at < sets.size(); ++at) {
      must_succeed(batch.replace_set(host(from + static_cast<int>(at)), sets[at]));
    }
  }
  must_succeed(batch.commit());
}

}  // namespace
}  // namespace certstead

int main(int argc, char** argv) {
  int count = 0;
  int next = 3;
  const auto given = [&](std::string_view word) { return argc > next && argv[next] == word && ++next > 0; };
  const bool both = given("both"), view = given("view");
  if (argc == next) std::from_chars(argv[2], argv[2] + std::string_view(argv[2]).size(), count);
  if (count < 1) {
    std::fprintf(stderr, "usage: gateway_fleet DIRECTORY COUNT [both] [view]\n");
    return 2;
  }
  certstead::write_fleet(argv[1], count, both, !view);
  return 0;
}
