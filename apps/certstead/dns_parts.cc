#include "dns_parts.h"

#include <optional>

#include "dns/provider_factory.h"
#include "resolver/zone_walk.h"

namespace certstead {
namespace {

class RealDnsParts final : public DnsParts {
 public:
  RealDnsParts(OwnedClients clients, ResolverSettings resolver)
      : clients_(std::move(clients)), names_(std::move(resolver)) {}

  Status build(const StorePorts& store, Sealer& sealer, const Clock& clock, LogSink& log) {
    ProviderFactory::Parts parts;
    parts.clients = clients_.view();
    parts.clock = &clock;
    TRY(providers_, ProviderFactory::make(std::move(parts)));
    records_.emplace(store, sealer, *providers_, names_, clock, log);
    return Done{};
  }

  DnsRecords& records() override { return *records_; }
  void add_to(Manager& manager, const Context& context) override {
    accounts_.emplace(context, *providers_, *records_);
    trial_.emplace(context, *records_);
    assist_.emplace(context, *records_);
    manager.dns = {&*accounts_, &*trial_, &*assist_, providers_.get()};
  }

 private:
  OwnedClients clients_;
  ZoneWalk names_;
  std::unique_ptr<ProviderFactory> providers_;
  std::optional<DnsRecords> records_;
  std::optional<DnsDesk> accounts_;
  std::optional<DnsTrial> trial_;
  std::optional<DnsAssist> assist_;
};

}  // namespace

Result<std::unique_ptr<DnsParts>> DnsParts::make(const ManagerOptions& options, const StorePorts& store,
                                                 Sealer& sealer, const Clock& clock, LogSink& log) {
  TRY(ResolverSettings resolver, parse_resolver_settings({options.dns_resolvers, options.dns_servers,
                                                          options.dns_families, options.dns_networks}));
  TRY(OwnedClients clients, make_exchange_clients());
  auto parts = std::make_unique<RealDnsParts>(std::move(clients), std::move(resolver));
  CHECK_OK(parts->build(store, sealer, clock, log));
  return std::unique_ptr<DnsParts>(std::move(parts));
}

}  // namespace certstead
