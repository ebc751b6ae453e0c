#include "manager_app.h"

#include <algorithm>

#include "acme_client/acme_issuer.h"
#include "acme_client/ca_clients.h"
#include "acme_client/known_issuers.h"
#include "api/api.h"
#include "backup/backup_desk.h"
#include "backup/offline.h"
#include "base/file.h"
#include "base/text.h"
#include "ca/micro_ca.h"
#include "cli/cli.h"
#include "dns_parts.h"
#include "fleet_setup.h"
#include "health_parts.h"
#include "manager/feed_source.h"
#include "manager/manager.h"
#include "member/member.h"
#include "net/http_server.h"
#include "pki/pki_chain_builder.h"
#include "pki/pki_credential_encoder.h"
#include "pki/pki_importer.h"
#include "pki/pki_inspector.h"
#include "pki/pki_key_maker.h"
#include "pki/public_suffixes.h"
#include "service.h"
#include "store/sqlite_store.h"
#include "vault/export_vault.h"
#include "vault/manifest.h"
#include "vault/vault.h"
#include "view_catalog.h"

namespace certstead {
namespace {

Result<MemberOptions> member_options(const ManagerOptions& options) {
  MemberOptions out;
  for (const ViewOption& view : options.views) {
    ViewConfig config{view.name, view.directory, view.sets, {}};
    if (!view.group.empty()) {
      TRY(config.group, group_id(view.group));
    }
    out.views.push_back(std::move(config));
  }
  if (out.views.empty()) out.views.push_back({"gateway", options.data + "/views/gateway", {}, {}});
  return out;
}

// By view. Ports of a view that this manager does not fill prove nothing.
std::vector<ViewProof> proofs_of(const ManagerOptions& options, const Member& member, LogSink& log) {
  std::vector<ViewProof> out;
  for (const ProofOption& one : options.proofs) {
    const auto& views = member.views();
    const bool is_filled =
        std::any_of(views.begin(), views.end(), [&](const auto& view) { return view->name() == one.view; });
    if (!is_filled) {
      log.warning("manager.proof", {{"view", one.view},
                                    {"target", one.target},
                                    {"effect", "it proves nothing: there is no such view"}});
      continue;
    }
    auto known = std::find_if(out.begin(), out.end(), [&](const ViewProof& p) { return p.view == one.view; });
    if (known == out.end()) known = out.insert(out.end(), ViewProof{one.view, {}});
    if (std::find(known->targets.begin(), known->targets.end(), one.target) == known->targets.end())
      known->targets.push_back(one.target);
  }
  return out;
}

AcmeIssuerOptions acme_options(const ManagerOptions& options) {
  AcmeIssuerOptions out;
  CaClientSettings self_check;
  if (!options.self_check_address.empty()) {
    self_check.resolve.push_back("*:" + std::to_string(options.self_check_port) + ":" +
                                 options.self_check_address);
  }
  out.ca_client = ca_clients({});
  out.self_check_client = self_check_clients(std::move(self_check));
  out.self_check_ports.http = options.self_check_port;
  return out;
}

// An import of thousands of files is one call (api/import_routes.cc says how large it may be).
constexpr std::size_t kLargestBody = std::size_t{100} << 20;

HttpServerOptions api_server_options(const ManagerOptions& options) {
  HttpServerOptions out;
  HttpListener listener;
  listener.unix_path = options.socket;
  listener.unix_group = options.socket_group;
  out.listeners.push_back(std::move(listener));
  out.limits.body_bytes = kLargestBody;
  out.workers = 32;  // most of them wait in long polls
  out.limits.connections_per_address = out.limits.connections;
  return out;
}

// Built from the store outwards; torn down in the opposite order.
class ManagerServer {
 public:
  ManagerServer(const ManagerOptions& options, LogSink& log) : options_(options), log_(log) {}
  Status run();

 private:
  Status build();
  void serve();

  const ManagerOptions& options_;
  LogSink& log_;
  SystemClock clock_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Vault> vault_;
  std::unique_ptr<FleetExportVault> export_vault_;
  std::unique_ptr<SealerManifestSigner> signer_;
  PkiKeyMaker key_maker_;
  PkiInspector inspector_;
  PkiChainBuilder chains_;
  PublicSuffixes suffixes_;
  PkiCredentialEncoder encoder_;
  PkiImporter importer_;
  std::unique_ptr<AcmeIssuer> acme_;
  std::unique_ptr<MicroCa> micro_ca_;
  std::unique_ptr<FeedSource> feed_;
  std::unique_ptr<Member> member_;
  std::unique_ptr<MemberViewCatalog> catalog_;
  std::unique_ptr<DnsParts> dns_;
  std::unique_ptr<BackupDesk> backups_;
  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<Requests> requests_;
  std::unique_ptr<AccountDesk> accounts_;
  std::unique_ptr<IssuerDesk> issuers_;
  std::unique_ptr<HealthParts> health_;
  std::unique_ptr<ExportDesk> exports_;
  std::unique_ptr<Imports> imports_;
  std::unique_ptr<ManualDesk> manual_;
  std::unique_ptr<DeploymentDesk> deployments_;
  std::unique_ptr<Api> api_;
  std::unique_ptr<HttpServer> server_;
};

Status ManagerServer::build() {
  CHECK_OK(check_no_unfinished_restore(options_.data));
  TRY(store_, open_sqlite_store(options_.data, clock_, log_));
  CHECK_OK(audit_offline_exports(options_.data, store_->audit(), log_));
  TRY(const Fleet fleet, open_fleet(options_.identity, *store_, clock_, log_));
  vault_ = std::make_unique<Vault>(
      fleet.manager, fleet.store_id, [this] { return store_->settings().store_keys(); }, clock_);
  CHECK_OK(vault_->reload_store_keys());
  export_vault_ = std::make_unique<FleetExportVault>(fleet.ca, fleet.store_id, clock_);
  signer_ = std::make_unique<SealerManifestSigner>(*vault_, fleet.store_id);
  acme_ = std::make_unique<AcmeIssuer>(acme_options(options_), clock_, log_);
  // The feed needs the ports but no progress of members; the member is the progress that the executor waits
  // for.
  feed_ = std::make_unique<FeedSource>(store_->ports(), *signer_, clock_);
  TRY(MemberOptions views, member_options(options_));
  TRY(member_, Member::open(fleet.local_member, fleet.store_id, std::move(views), *feed_, clock_, log_));
  catalog_ = std::make_unique<MemberViewCatalog>(*member_, clock_);
  micro_ca_ = std::make_unique<MicroCa>(
      MicroCaPorts{store_->cas(), store_->roots(), store_->settings(), *vault_, clock_, log_});
  TRY(dns_, DnsParts::make(options_, store_->ports(), *vault_, clock_, log_));
  const Context context{store_->ports(), *vault_, *signer_, key_maker_,      chains_,
                        inspector_,      *acme_,  *acme_,   *micro_ca_,      *member_,
                        suffixes_,       clock_,  log_,     &dns_->records()};
  SchedulerOptions scheduling;
  scheduling.workers = options_.workers;
  scheduler_ = std::make_unique<Scheduler>(context, scheduling);
  requests_ = std::make_unique<Requests>(context);
  accounts_ = std::make_unique<AccountDesk>(context);
  issuers_ = std::make_unique<IssuerDesk>(context);
  exports_ = std::make_unique<ExportDesk>(context, *export_vault_, encoder_);
  imports_ = std::make_unique<Imports>(context, importer_, store_->bulk());
  manual_ = std::make_unique<ManualDesk>(context);
  deployments_ = std::make_unique<DeploymentDesk>(context);
  CHECK_OK(issuers_->install_known(known_issuers()));
  backups_ = std::make_unique<BackupDesk>(*store_, *vault_, fleet.ca.root(),
                                          BackupPlaces{options_.data, options_.identity, options_.config},
                                          CERTSTEAD_VERSION, clock_, log_);
  Manager manager{*requests_,         *accounts_,  *issuers_,      *exports_,       *manual_,
                  *deployments_,      *micro_ca_,  store_->jobs(), store_->audit(), store_->members(),
                  store_->settings(), *scheduler_, catalog_.get(), clock_};
  TRY(health_, HealthParts::make(context, *micro_ca_, proofs_of(options_, *member_, log_)));
  health_->add_to(manager);
  dns_->add_to(manager, context);
  manager.backups = backups_.get();
  manager.imports = imports_.get();
  ApiOptions api;
  api.version = CERTSTEAD_VERSION;
  api.poll_interval = std::chrono::milliseconds{15};  // a certificate takes about a tenth of a second
  api_ = std::make_unique<Api>(manager, api, log_);
  return Done{};
}

Status ManagerServer::run() {
  CHECK_OK(build());
  member_->start();
  CHECK_OK(scheduler_->start());
  health_->start();
  TRY(server_,
      HttpServer::start(
          api_server_options(options_), [this](const HttpExchange& e) { return api_->handle(e); }, log_));
  member_->start_staples(health_->staples());
  log_.info("manager.ready", {{"socket", options_.socket}, {"data", options_.data}});
  notify_systemd("READY=1");
  wait_for_stop();
  notify_systemd("STOPPING=1");
  log_.info("manager.stopping");
  api_->stop();
  server_->stop();
  health_->stop();
  scheduler_->stop();
  member_->stop();
  return Done{};
}

}  // namespace

int run_manager(const ManagerOptions& options) {
  return run_server("manager", options.log, [&](LogSink& log) { return ManagerServer(options, log).run(); });
}

}  // namespace certstead
