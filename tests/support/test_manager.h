// A whole manager in a temporary directory: real store, vault, member and view; the CA and the clock are the
// test's.
#pragma once

#include <memory>

#include "base/fake_clock.h"
#include "base/temp_dir.h"
#include "ca/micro_ca.h"
#include "fake_ca.h"
#include "log/capture_log.h"
#include "manager/dns_records.h"
#include "manager/feed_source.h"
#include "manager/manager.h"
#include "member/member.h"
#include "model/fake_dns_testing.h"
#include "pki/pki_chain_builder.h"
#include "pki/pki_credential_encoder.h"
#include "pki/pki_inspector.h"
#include "pki/pki_key_maker.h"
#include "pki/public_suffixes.h"
#include "store/sqlite_store.h"
#include "vault/export_vault.h"
#include "vault/fleet_ca.h"
#include "vault/manifest.h"
#include "vault/vault.h"

namespace certstead {

class TestManager {
 public:
  // Builds everything; the issuer "fake" is there and is the default.
  TestManager();
  ~TestManager();

  // What a crash leaves: everything in memory is dropped and built again from the directory.
  void restart();
  // Runs every job that is due now, and those that become due by it, on this thread. Returns how many runs
  // there were.
  int run_due();
  RequestInput input(std::vector<std::string> hosts) const;
  // Requests and runs it to its end.
  SetView issue(const std::vector<std::string>& hosts, const std::vector<std::string>& keys = {"p256"});
  // Makes the sets' jobs whose renewal is due, as the scheduler does, and runs them.
  int renew_due();
  SetView show(const std::string& name) { return requests->show(name).value(); }

  TempDir dir;
  FakeClock clock;
  CaptureLog log;
  FakeCa ca{clock};
  FakeDns dns{clock};
  FakeDnsProviders dns_providers{dns};
  std::unique_ptr<Store> store;
  std::optional<FleetCa> fleet_ca;
  std::optional<Identity> manager_identity, member_identity;
  std::string store_id;
  std::unique_ptr<Vault> vault;
  std::unique_ptr<SealerManifestSigner> signer;
  PkiKeyMaker key_maker;
  PkiInspector inspector;
  PkiChainBuilder chains;
  PublicSuffixes domains;
  PkiCredentialEncoder encoder;
  std::unique_ptr<FleetExportVault> export_vault;
  std::unique_ptr<FeedSource> feed;
  std::unique_ptr<Member> member;
  std::unique_ptr<MicroCa> micro_ca;
  std::unique_ptr<DnsRecords> dns_records;
  std::optional<Context> context;
  std::unique_ptr<Requests> requests;
  std::unique_ptr<AccountDesk> accounts;
  std::unique_ptr<IssuerDesk> issuers;
  std::unique_ptr<ExportDesk> exports;
  std::unique_ptr<ManualDesk> manual;
  const Actor actor{"test"};

  const ViewReader& view() const { return member->views().front()->reader(); }

 private:
  void build();
  void make_fleet();
};

}  // namespace certstead
