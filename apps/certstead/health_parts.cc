#include "health_parts.h"

#include <mutex>

#include "base/file.h"
#include "base/host_name.h"
#include "base/text.h"
#include "notify/notifiers.h"
#include "pki/pki_chain_inspector.h"
#include "probe/endpoint_prober.h"
#include "probe/served_prober.h"
#include "revocation/http_revocation_source.h"

namespace certstead {
namespace {

constexpr const char* kSystemRoots = "/etc/ssl/certs/ca-certificates.crt";

// What is unreadable in the bundle is left out: one bad root must not take all others away.
std::vector<Certificate> roots_in(const std::string& pem) {
  auto all = Certificate::all_from_pem(pem);
  return all ? std::move(*all) : std::vector<Certificate>();
}

// A client whose egress policy follows the setting, without a restart.
class SettingHttpClient final : public HttpClient {
 public:
  explicit SettingHttpClient(Settings& settings) : settings_(settings) {}

  Result<HttpResponse> send(const HttpRequest& request, Deadline deadline) override {
    TRY(const std::shared_ptr<HttpClient> client, current());
    return client->send(request, deadline);
  }

 private:
  Result<std::shared_ptr<HttpClient>> current() {
    TRY(const auto setting, settings_.setting(kRevocationNetworks));
    const std::string networks = setting.value_or("");
    const std::lock_guard hold(mutex_);
    if (client_ && networks == networks_) return client_;
    std::vector<std::string> blocks;
    for (const std::string_view block : split(networks, ',')) {
      if (!trim(block).empty()) blocks.emplace_back(trim(block));
    }
    HttpClientOptions options;
    TRY(options.egress, EgressPolicy::with_allowed(blocks));
    TRY(client_, make_http_client(std::move(options)));
    networks_ = networks;
    return client_;
  }

  Settings& settings_;
  std::mutex mutex_;
  std::shared_ptr<HttpClient> client_;  // guarded by mutex_
  std::string networks_;                // guarded by mutex_
};

class Parts final : public HealthParts {
 public:
  Parts(const Context& context, const std::string& system_roots, CaKeeper& cas, ProofOptions proofs)
      : http_(context.store.settings),
        revocation_(http_, &context.store.roots),
        chains_(roots_in(system_roots)),
        prober_(system_roots),
        notifiers_(host_name().value_or("localhost")),
        health_context_{context, chains_, revocation_, prober_, notifiers_, &cas, context.clock.now()},
        health_(health_context_),
        notify_(health_context_),
        roots_(health_context_),
        watch_(health_context_, {}),
        prover_(context, served_, std::move(proofs)) {}

  void add_to(Manager& manager) override {
    manager.health = &health_;
    manager.notify = &notify_;
    manager.roots = &roots_;
    manager.watch = &watch_;
    manager.prover = &prover_;
  }
  StapleSource& staples() override { return revocation_; }
  void start() override {
    watch_.start();
    prover_.start();
  }
  void stop() override {
    prover_.stop();
    watch_.stop();
  }

 private:
  SettingHttpClient http_;
  HttpRevocationSource revocation_;
  PkiChainInspector chains_;
  EndpointProber prober_;
  Notifiers notifiers_;
  const HealthContext health_context_;
  HealthDesk health_;
  NotifyDesk notify_;
  RootsDesk roots_;
  Watch watch_;
  ServedProber served_;
  ViewProver prover_;
};

}  // namespace

Result<std::unique_ptr<HealthParts>> HealthParts::make(const Context& context, CaKeeper& cas,
                                                       std::vector<ViewProof> proofs) {
  const auto system_roots = read_text_file(kSystemRoots, std::size_t{4} << 20);
  if (!system_roots) {
    context.log.warning("health.roots", {{"file", kSystemRoots}, {"error", system_roots.error().detail}});
  }
  ProofOptions proving;
  proving.proofs = std::move(proofs);
  proving.host = host_name().value_or("localhost");
  return std::unique_ptr<HealthParts>(
      std::make_unique<Parts>(context, system_roots.value_or(std::string()), cas, std::move(proving)));
}

}  // namespace certstead
