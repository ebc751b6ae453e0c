// The interface over a real store and a faked outside, for tests.
#pragma once

#include <boost/json/value.hpp>

#include "api/api.h"
#include "api/fake_world.h"
#include "base/fake_clock.h"
#include "base/temp_dir.h"
#include "log/capture_log.h"
#include "manager/dns_records.h"
#include "model/fake_dns_testing.h"
#include "store/store.h"

namespace certstead {

// One answer, read.
struct Answer {
  int status = 0;
  HttpHeaders headers;
  std::string body;
  boost::json::value json;
  // A text member; "" if it is absent.
  std::string text(std::string_view name) const;
};

class ApiScene {
 public:
  // With the issuer "lab" as default, and its account.
  ApiScene();

  Answer call(const std::string& method, const std::string& target, const std::string& body = "",
              const HttpHeaders& headers = {{"Content-Type", "application/json"}});
  Answer get(const std::string& target) { return call("GET", target); }
  Answer post(const std::string& target, const std::string& body) { return call("POST", target, body); }
  // A set for one name, as a person asks for it; returns the job.
  std::string request(const std::string& host);
  // Makes a certificate of each key type of a set the active one.
  void activate(const std::string& set_name, Instant not_after);

  TempDir dir;
  FakeClock clock;
  CaptureLog log;
  FakeSealer sealer;
  FakeManifestSigner signer;
  FakeKeyMaker key_maker;
  FakeChains chains;
  FakeInspector inspector;
  FakeCa ca;
  FakeCas cas;
  FakeProgress progress;
  FakeDomains domains;
  FakeExportVault export_vault;
  FakeEncoder encoder;
  FakeImporter importer;
  FakeViews views;
  FakeDns dns;
  FakeDnsProviders dns_providers;
  std::unique_ptr<Store> store;
  Context context;
  Requests requests;
  AccountDesk accounts;
  IssuerDesk issuers;
  ManualDesk manual;
  DeploymentDesk deployments;
  ExportDesk exports;
  Imports imports;
  Scheduler scheduler;
  DnsRecords dns_records;
  DnsDesk dns_desk;
  DnsTrial dns_trial;
  DnsAssist dns_assist;
  Api api;

 private:
  Manager use_cases();
};

}  // namespace certstead
