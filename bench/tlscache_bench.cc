// What the TLS cache costs a handshake, against a context with one certificate and no call-backs, in one
// process and one run: rounds alternate, only the server's side is on the clock, and ratios of neighbouring
// rounds count.
//
//   tlscache_bench [CREDENTIALS=10000] [HANDSHAKES PER ROUND=500] [ROUNDS=7]
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <random>

#include "base/temp_dir.h"
#include "replica/test_credentials.h"
#include "tlscache/test_handshake.h"
#include "tlscache/tls_cache.h"

namespace certstead {
namespace {

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double wall_ms() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// Seconds of the server's side of one handshake, making and freeing its SSL included.
double server_seconds(SSL_CTX* client_context, SSL_CTX* server_context, const ClientWish& wanted) {
  const SslHandle client(SSL_new(client_context));
  BIO *client_end = nullptr, *server_end = nullptr;
  if (BIO_new_bio_pair(&client_end, 1U << 17, &server_end, 1U << 17) != 1) std::abort();
  SSL_set_bio(client.get(), client_end, client_end);
  SSL_set_connect_state(client.get());
  wish(client.get(), wanted);
  double spent = -cpu_seconds();
  SslHandle server(SSL_new(server_context));
  SSL_set_bio(server.get(), server_end, server_end);
  SSL_set_accept_state(server.get());
  spent += cpu_seconds();
  bool client_done = false, server_done = false, going = true;
  while (going && !(client_done && server_done)) {
    if (!client_done) client_done = shake_once(client.get(), going);
    spent -= cpu_seconds();
    if (!server_done) server_done = shake_once(server.get(), going);
    spent += cpu_seconds();
  }
  if (!going) {
    std::fprintf(stderr, "a handshake failed\n");
    std::exit(1);
  }
  spent -= cpu_seconds();
  server.reset();
  return spent + cpu_seconds();
}

std::string host(int i) { return "h" + std::to_string(i) + ".example.test"; }

// Both kinds of key for every host; the intermediate is shared.
void fill(const std::filesystem::path& directory, const TestCa& ca, int hosts) {
  const ViewKey key = must(ViewKey::load_or_create(directory));
  const auto writer = must(ViewWriter::open(directory));
  ViewBatch batch = must(writer->begin());
  for (int i = 0; i < hosts; ++i) {
    must_succeed(batch.replace_set(host(i), {ca.make(key, host(i), KeyType::kP256, 1, {host(i)}),
                                             ca.make(key, host(i), KeyType::kRsa2048, 1, {host(i)})}));
  }
  must_succeed(batch.commit());
}

ContextHandle bare_context(const std::filesystem::path& directory) {
  const ViewKey key = must(ViewKey::load(directory));
  const auto reader = must(ViewReader::open(directory));
  ContextHandle context = server_context();
  for (const CredentialRef& ref : must(reader->find(must(DomainName::parse(host(0))))).credentials) {
    const StoredCredential stored = must(reader->load(ref.id));
    const Certificate leaf = must(Certificate::from_der(stored.record.leaf));
    const SecretBytes der = must(key.open(ref.id, ref.version, stored.record.sealed_key));
    SSL_CTX_use_certificate(context.get(), leaf.native());
    SSL_CTX_use_PrivateKey(context.get(), must(PrivateKey::from_der(der.reveal())).native());
    SSL_CTX_add1_chain_cert(context.get(), must(Certificate::from_der(stored.intermediates[0])).native());
  }
  return context;
}

struct Setting {
  int hosts, handshakes, rounds;
};

void compare(const char* title, const char* algorithms, SSL_CTX* client, SSL_CTX* bare, SSL_CTX* cached,
             const Setting& setting) {
  std::mt19937 random(1);
  const auto round = [&](SSL_CTX* server) {
    double spent = 0;
    for (int i = 0; i < setting.handshakes; ++i) {
      const int at = static_cast<int>(random() % static_cast<unsigned>(setting.hosts));
      spent += server_seconds(client, server, {.server_name = host(at), .signature_algorithms = algorithms});
    }
    return setting.handshakes / spent;
  };
  std::vector<double> ratios, bare_rates, cached_rates;
  for (int i = 0; i < setting.rounds; ++i) {
    bare_rates.push_back(round(bare));
    cached_rates.push_back(round(cached));
    ratios.push_back(cached_rates.back() / bare_rates.back());
  }
  const auto median = [](std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  };
  std::printf("%-22s bare %7.0f /s   cache %7.0f /s   ratio %.3f (%.3f to %.3f)\n", title, median(bare_rates),
              median(cached_rates), median(ratios), *std::min_element(ratios.begin(), ratios.end()),
              *std::max_element(ratios.begin(), ratios.end()));
}

void run(const Setting& setting) {
  const TempDir dir;
  const TestCa ca(
      std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now() - std::chrono::hours(1)));
  fill(dir.path(), ca, setting.hosts);
  const ContextHandle bare = bare_context(dir.path());
  const ContextHandle client(SSL_CTX_new(TLS_client_method()));

  const double start = wall_ms();
  const auto cache = must(TlsCache::open(dir.path(), {.cache_bytes = std::size_t{1} << 30}));
  const ContextHandle cached = server_context();
  must_succeed(cache->attach(cached.get()));
  const double opened = wall_ms();
  server_seconds(client.get(), cached.get(), {.server_name = host(0)});
  std::printf("%d hosts with 2 credentials: open %.2f ms, first handshake %.2f ms\n", setting.hosts,
              opened - start, wall_ms() - opened);

  compare("ECDSA, cold then warm", "ECDSA+SHA256", client.get(), bare.get(), cached.get(), setting);
  for (int i = 0; i < setting.hosts; ++i) {
    for (const char* algorithms : {"ECDSA+SHA256", "rsa_pss_rsae_sha256"}) {
      server_seconds(client.get(), cached.get(),
                     {.server_name = host(i), .signature_algorithms = algorithms});
    }
  }
  compare("ECDSA, warm", "ECDSA+SHA256", client.get(), bare.get(), cached.get(), setting);
  compare("RSA, warm", "rsa_pss_rsae_sha256", client.get(), bare.get(), cached.get(), setting);
}

}  // namespace
}  // namespace certstead

int main(int argc, char** argv) {
  const auto argument = [&](int at, int otherwise) { return argc > at ? std::atoi(argv[at]) : otherwise; };
  certstead::run({argument(1, 10'000), argument(2, 500), argument(3, 7)});
  return 0;
}
