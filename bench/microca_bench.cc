// Leaves signed each second by a MicroCA, recorded before and after the signature in a store on disk, beside
// the plain X509_* calls without any store, in turns, with the same threads and the same request.
// Usage: microca_bench [DIRECTORY [ROUNDS [THREADS]]]
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include "ca/micro_ca.h"
#include "crypto/csr.h"
#include "crypto/openssl.h"
#include "crypto/random.h"
#include "store/sqlite_store.h"
#include "support/open_sealer.h"

namespace certstead {
namespace {

constexpr auto kSpan = std::chrono::milliseconds(2000);

// Calls a second over kSpan, by so many threads.
double rate(int threads, const std::function<void()>& once) {
  std::atomic<long> count = 0;
  std::atomic<bool> stop = false;
  std::vector<std::thread> all;
  const auto start = std::chrono::steady_clock::now();
  for (int t = 0; t < threads; ++t) {
    all.emplace_back([&] {
      for (; !stop; ++count) once();
    });
  }
  std::this_thread::sleep_for(kSpan);
  stop = true;
  for (std::thread& thread : all) thread.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return static_cast<double>(count) / took.count();
}

void add(X509* leaf, X509V3_CTX* context, int nid, const char* value) {
  X509_EXTENSION* const one = X509V3_EXT_nconf_nid(nullptr, context, nid, value);
  X509_add_ext(leaf, one, -1);
  X509_EXTENSION_free(one);
}

// What a program does that calls OpenSSL as its manual says: reads and verifies the request, copies key and
// names, sets the usual extensions, signs, writes DER.
void sign_plainly(const Bytes& csr, const Certificate& ca, const PrivateKey& key) {
  const std::uint8_t* at = csr.data();
  const X509ReqHandle request(d2i_X509_REQ(nullptr, &at, static_cast<long>(csr.size())));
  if (X509_REQ_verify(request.get(), X509_REQ_get0_pubkey(request.get())) != 1) std::abort();
  const X509Handle leaf(X509_new());
  X509_set_version(leaf.get(), X509_VERSION_3);
  const Bytes serial = random_bytes(16);
  BIGNUM* const number = BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(leaf.get()));
  BN_free(number);
  X509_set_issuer_name(leaf.get(), X509_get_subject_name(ca.native()));
  X509_gmtime_adj(X509_getm_notBefore(leaf.get()), -300);
  X509_gmtime_adj(X509_getm_notAfter(leaf.get()), 90L * 86'400);
  X509_set_pubkey(leaf.get(), X509_REQ_get0_pubkey(request.get()));
  X509V3_CTX context;
  X509V3_set_ctx(&context, ca.native(), leaf.get(), request.get(), nullptr, 0);
  add(leaf.get(), &context, NID_basic_constraints, "critical,CA:FALSE");
  add(leaf.get(), &context, NID_key_usage, "critical,digitalSignature");
  add(leaf.get(), &context, NID_ext_key_usage, "serverAuth");
  add(leaf.get(), &context, NID_subject_key_identifier, "hash");
  add(leaf.get(), &context, NID_authority_key_identifier, "keyid");
  STACK_OF(X509_EXTENSION)* const asked = X509_REQ_get_extensions(request.get());
  for (int i = 0; i < sk_X509_EXTENSION_num(asked); ++i)
    X509_add_ext(leaf.get(), sk_X509_EXTENSION_value(asked, i), -1);
  sk_X509_EXTENSION_pop_free(asked, X509_EXTENSION_free);
  if (X509_sign(leaf.get(), key.native(), EVP_sha256()) <= 0) std::abort();
  std::uint8_t* der = nullptr;
  if (i2d_X509(leaf.get(), &der) <= 0) std::abort();
  OPENSSL_free(der);
}

template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "microca_bench: %s\n", result.error().detail.c_str());
  std::exit(1);
}

int run(const std::filesystem::path& directory, int rounds, int threads) {
  SystemClock clock;
  NullLog log;
  OpenSealer sealer;  // the CA's key is opened once in a process; sealing is not what is measured
  const auto store = must(open_sqlite_store(directory, clock, log));
  MicroCa cas({store->cas(), store->roots(), store->settings(), sealer, clock, log});
  const CaRecord record =
      must(cas.create({.name = "bench-" + std::to_string(to_unix_ms(clock.now()))}, "bench")).record;
  const Certificate ca = must(Certificate::from_der(record.chain.front()));
  const PrivateKey ca_key = must(PrivateKey::from_der(record.key.content));
  const PrivateKey leaf_key = must(PrivateKey::generate(KeyType::kP256));
  const Bytes csr = must(make_csr(leaf_key, {"www.example.test", "example.test"}, false));
  std::vector<double> ratios;
  std::printf("%8s %14s %14s %8s\n", "round", "plain/s", "recorded/s", "ratio");
  for (int round = 1; round <= rounds; ++round) {
    const double plain = rate(threads, [&] { sign_plainly(csr, ca, ca_key); });
    const double recorded = rate(threads, [&] { must(cas.sign({record.name, csr, "", 0, ""})); });
    ratios.push_back(recorded / plain);
    std::printf("%8d %14.0f %14.0f %8.3f\n", round, plain, recorded, recorded / plain);
  }
  std::sort(ratios.begin(), ratios.end());
  std::printf("median ratio %.3f with %d threads (goal 0.6)\n", ratios[ratios.size() / 2], threads);
  return 0;
}

}  // namespace
}  // namespace certstead

int main(int argc, char** argv) {
  const std::filesystem::path directory = argc > 1 ? argv[1] : "microca-bench-store";
  return certstead::run(directory, argc > 2 ? std::atoi(argv[2]) : 5, argc > 3 ? std::atoi(argv[3]) : 32);
}
