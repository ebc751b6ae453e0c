// The same fleet twice, for gateway_start_bench.py and handshake_bench.py: as a view for our gateway, and as
// PEM files for a server that reads a directory of them. Every name has a P-256 key of its own; one
// intermediate signs all. With `both` it has an RSA-2048 certificate as well (one key for all of them: the
// making of a key takes a third of a second).
//
//   gateway_fleet DIRECTORY COUNT [both]   writes DIRECTORY/view, DIRECTORY/root.pem, and DIRECTORY/pem/*.pem
//                                          or *.pem.ecdsa and *.pem.rsa
#include <charconv>
#include <cstdio>
#include <fstream>

#include "base/file.h"
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

void write_fleet(const std::filesystem::path& directory, int count, bool both) {
  const TestCa ca(SystemClock().now());
  must_succeed(make_directories(directory / "pem"));
  must_succeed(write_file_atomic(directory / "root.pem", view_bytes(ca.root().to_pem())));
  const ViewKey key = must(ViewKey::load_or_create(directory / "view"));
  const auto writer = must(ViewWriter::open(directory / "view"));
  ViewBatch batch = must(writer->begin());
  for (int i = 0; i < count; ++i) {
    std::vector<NewCredential> set = {ca.make(key, host(i), KeyType::kP256, 1, {host(i)})};
    if (both) set.push_back(ca.make(key, host(i), KeyType::kRsa2048, 1, {host(i)}));
    for (const NewCredential& credential : set) {
      const char* const kind = is_rsa(credential.record.key_type) ? ".rsa" : ".ecdsa";
      std::ofstream(directory / "pem" / (host(i) + ".pem" + (both ? kind : ""))) << bundle(credential, key);
    }
    must_succeed(batch.replace_set(host(i), set));
  }
  must_succeed(batch.commit());
}

}  // namespace
}  // namespace certstead

int main(int argc, char** argv) {
  int count = 0;
  const bool both = argc == 4 && std::string_view(argv[3]) == "both";
  if (argc == 3 || both) std::from_chars(argv[2], argv[2] + std::string_view(argv[2]).size(), count);
  if (count < 1) {
    std::fprintf(stderr, "usage: gateway_fleet DIRECTORY COUNT [both]\n");
    return 2;
  }
  certstead::write_fleet(argv[1], count, both);
  return 0;
}
