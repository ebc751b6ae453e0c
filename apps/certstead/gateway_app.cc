#include "gateway_app.h"

#include <algorithm>
#include <bit>
#include <iterator>

#include "base/file.h"
#include "crypto/secure_heap.h"
#include "gateway/gateway.h"
#include "headers/notes_ini.h"
#include "replica/view_reader.h"
#include "responder/http01.h"
#include "service.h"
#include "tlscache/tls_cache.h"

namespace certstead {
namespace {

constexpr std::size_t kMaxPage = 1U << 20;

std::vector<GatewayAddress> addresses(const std::vector<ListenAddress>& from) {
  std::vector<GatewayAddress> out;
  out.reserve(from.size());
  for (const ListenAddress& where : from) out.push_back({where.address, where.port});
  return out;
}

Result<HeaderPolicy> header_policy(const GatewaySettings& settings, LogSink& log) {
  HeaderPolicy policy;
  if (settings.baseline_headers) policy = baseline_headers();
  if (settings.notes_ini.empty()) return policy;
  TRY(const std::string text, read_text_file(settings.notes_ini));
  auto parsed = parse_notes_ini(text);
  if (!parsed) return parsed.error().within(settings.notes_ini);
  for (const std::string& warning : parsed->warnings) {
    log.warning("gateway.notes-ini", {{"file", settings.notes_ini}, {"note", warning}});
  }
  // Of two with one name the later one is sent.
  std::move(parsed->policy.set.begin(), parsed->policy.set.end(), std::back_inserter(policy.set));
  return policy;
}

Result<ServePolicy> serve_policy(const GatewaySettings& settings) {
  ServePolicy policy;
  policy.on_unknown_name =
      settings.on_unknown_name == UnknownName::kDefault ? OnUnknownName::kDefault : OnUnknownName::kRefuse;
  policy.tag = settings.tag;
  policy.default_name = own_host_name();
  if (!settings.default_name.empty()) {
    TRY(policy.default_name, DomainName::parse(settings.default_name));
  }
  policy.prefer = settings.prefer == "rsa" ? Preference::kRsa : Preference::kEcdsa;
  policy.least_tls = settings.least_tls == "1.3" ? LeastTls::kTls13 : LeastTls::kTls12;
  policy.tickets = static_cast<int>(settings.tickets);
  return policy;
}

Result<GatewayOptions> gateway_options(const GatewaySettings& settings, TlsCache& cache, LogSink& log) {
  GatewayOptions options;
  options.https = addresses(settings.https);
  options.http = addresses(settings.http);
  options.upstream = settings.upstream;
  if (!settings.static_page.empty()) {
    TRY(options.page.body, read_text_file(settings.static_page, kMaxPage));
  }
  TRY(options.headers, header_policy(settings, log));
  if (!settings.https.empty() && settings.https.front().port != 0) {
    options.public_https_port = settings.https.front().port;
  }
  TRY(const ServePolicy policy, serve_policy(settings));
  options.prepare_tls = [&cache, policy](SSL_CTX* context) { return cache.attach(context, policy); };
  return options;
}

// Room for the keys of a full cache and of a hundred thousand connections, 64 bytes each. A credential takes
// more than 4 KiB of the cache.
std::size_t secure_heap_bytes(std::size_t cache_bytes) {
  constexpr std::size_t kConnections = std::size_t{8} << 20;
  return std::bit_ceil(cache_bytes / 64 + kConnections);
}

void report(const TlsCacheStats& stats, LogSink& log) {
  log.info("gateway.look-ups", {{"count", stats.lookups},
                                {"default", stats.by_default},
                                {"refused", stats.refused},
                                {"unusable", stats.unusable},
                                {"failed", stats.failed},
                                {"kept", stats.kept},
                                {"view_failures", stats.view_failures},
                                {"resumed", stats.resumed},
                                {"evictions", stats.evictions}});
}

Status run(const GatewaySettings& settings, LogSink& log) {
  TlsCacheOptions cache_options;
  cache_options.cache_bytes = static_cast<std::size_t>(settings.cache_mib) << 20;
  const std::size_t heap_bytes = secure_heap_bytes(cache_options.cache_bytes);
  TRY(const SecureHeap heap, use_secure_heap(heap_bytes));
  if (!heap.locked) {
    log.warning("gateway.memory", {{"effect", "private keys may be swapped out; raise LimitMEMLOCK to " +
                                                  std::to_string(2 * (heap_bytes >> 20)) + "M"}});
  }
  cache_options.log = &log;
  cache_options.lookup_log = [&log](std::string_view line) { log.info("tlscache.lookup", {{"line", line}}); };
  TRY(const auto cache, TlsCache::open(settings.view, cache_options));
  TRY(const auto view, ViewReader::open(settings.view));
  const ViewAnswers answers(*view);
  TRY(GatewayOptions options, gateway_options(settings, *cache, log));
  TRY(const auto gateway, Gateway::start(std::move(options), answers, log));
  log.info("gateway.ready", {{"view", settings.view}});
  notify_systemd("READY=1");
  wait_for_stop();
  notify_systemd("STOPPING=1");
  gateway->stop();
  report(cache->stats(), log);
  return Done{};
}

}  // namespace

int run_gateway(const GatewaySettings& settings) {
  return run_server("gateway", settings.log, [&](LogSink& log) { return run(settings, log); });
}

}  // namespace certstead
