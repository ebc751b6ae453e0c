#include "contract/store_contract.h"

namespace certstead {
namespace {

Instant at(int second) { return from_unix_seconds(1'700'000'000 + second); }
HostPattern host(const std::string& name) { return HostPattern::parse(name).value(); }
SecretRef ref(const std::string& record) { return {"orders", record, "key", 7}; }

}  // namespace

AuditNote note(const std::string& action) { return {"uid:1000", action, "thing", "said \"so\"\n"}; }

SealedSecret sample_secret(const std::string& record) {
  return {ref(record), {0, 1, 2, 0xff}, "manager-1", {9, 8, 0}};
}

std::vector<Grant> sample_grants(const std::string& record) {
  return {{ref(record), "store", {1, 0, 2}}, {ref(record), "member-1", Bytes(700, 0xab)}};
}

CertificateFacts sample_facts(const std::string& serial) {
  CertificateFacts facts;
  facts.subject = "CN=a.test", facts.issuer = "CN=CA", facts.serial = serial;
  facts.fingerprint = "f" + serial, facts.spki_sha256 = "aa", facts.ari_id = "x.y";
  facts.names = {"a.test", "*.a.test"};
  facts.key_type = KeyType::kRsa2048;
  facts.not_before = at(1), facts.not_after = at(2);
  return facts;
}

CredentialSet sample_set(const std::string& name) {
  CredentialSet set;
  set.id = "id-" + name, set.name = name;
  set.names = {host("a.test"), host("*.xn--bcher-kva.test")};
  set.key_types = {KeyType::kRsa2048, KeyType::kP384};
  set.flow = "manual", set.issuer = "issuer", set.account = "account", set.profile = "short";
  set.preferred_chain = "Root X", set.reuse_key = true, set.self_check = false;
  set.exportable = true;
  set.members = {"local", "member-1"}, set.tags = {"mail"};
  set.status = SetStatus::kIssued;
  set.operation = {3, "it failed", "why", at(10), at(11)};
  set.renew_at = at(12), set.renew_why = "ari", set.ari_poll_at = at(13);
  set.created = at(14);
  set.revision = 5;
  return set;
}

CredentialVersion sample_version(const CredentialSet& set, std::int64_t number, KeyType type) {
  CredentialVersion version;
  version.id = set.id + "." + std::to_string(number) + "." + std::string(key_type_name(type));
  version.set_id = set.id, version.key_type = type, version.version = number;
  version.key = sample_secret(version.id), version.grants = sample_grants(version.id);
  version.chain = {Bytes(900, 1), {}, {2}};
  version.facts = sample_facts("0" + std::to_string(number));
  version.issuer = "issuer", version.account = "account";
  version.activated = at(20);
  version.signer = "manager-1", version.signature = {4, 5};
  return version;
}

Order sample_order(const std::string& id, const std::string& set_id, const std::string& job_id) {
  Order order;
  order.id = id, order.set_id = set_id, order.job_id = job_id;
  order.version = 2, order.issuer = "issuer", order.account = "account";
  order.names = {host("a.test")}, order.profile = "short", order.preferred_chain = "Root X";
  order.replaces = "x.y", order.self_check = false;
  order.url = "https://ca.test/o", order.finalize_url = "https://ca.test/f";
  order.certificate_url = "https://ca.test/c", order.status = AcmeStatus::kProcessing;
  order.authorizations = {{"https://ca.test/a", "a.test", true, AcmeStatus::kValid, std::nullopt},
                          {"https://ca.test/b", "", false, AcmeStatus::kNone,
                           ChosenChallenge{"dns-01",
                                           "https://ca.test/x",
                                           "t",
                                           "t.k",
                                           true,
                                           false,
                                           true,
                                           "_acme-challenge.a.test",
                                           "value",
                                           {"ca.test"},
                                           "_x.b.test",
                                           "b.test",
                                           "main",
                                           at(33)}}};
  order.planned = true, order.plan = {{"*.a.test", "dns-01", "main"}, {"a.test", "http-01", ""}};
  order.step_begun = "finalize", order.create_attempts = 2;
  order.key = sample_secret(id), order.grants = sample_grants(id), order.csr = {1, 2, 3};
  order.finalize_sent = true, order.chain = {{1}, {2, 2}}, order.chain_accepted = true, order.polls = 4;
  order.not_before = at(30), order.error = "no", order.error_id = "e", order.error_retry_after = at(31);
  order.created = at(32);
  return order;
}

Job sample_job(const std::string& id, const std::string& set_id) {
  Job job;
  job.id = id, job.set_id = set_id, job.set_name = "a.test", job.argument = "forced";
  job.run_at = at(40), job.created = at(41);
  return job;
}

Account sample_account(const std::string& issuer, const std::string& name) {
  Account account;
  account.id = issuer + "/" + name, account.issuer = issuer, account.name = name;
  account.email = "a@a.test", account.key_type = KeyType::kRsa4096, account.url = "https://ca.test/acct";
  account.status = "valid", account.agreed_terms = "https://ca.test/tos", account.eab_kid = "kid";
  account.eab_hmac = sample_secret("eab"), account.eab_grants = sample_grants("eab");
  account.key = sample_secret("key"), account.grants = sample_grants("key");
  account.next_key = sample_secret("next"), account.next_grants = sample_grants("next");
  account.created = at(50), account.revision = 3;
  return account;
}

IssuerRecord sample_issuer(const std::string& name) {
  IssuerRecord issuer;
  issuer.name = name, issuer.kind = "microca", issuer.description = "ours";
  issuer.directory_url = "https://ca.test/dir", issuer.trusted_pem = "PEM";
  issuer.allowed_networks = "10.0.0.0/8", issuer.needs_eab = true, issuer.account_key_rollover = false;
  issuer.key_types = {KeyType::kP256}, issuer.wildcards = false, issuer.max_names = 7;
  issuer.default_profile = "classic", issuer.max_orders_per_hour = 8, issuer.max_failures_per_hour = 9;
  issuer.max_per_domain_per_week = 10, issuer.max_duplicates_per_week = 11;
  issuer.built_in = true, issuer.terms_seen = "https://ca.test/tos", issuer.created = at(60);
  issuer.revision = 4;
  return issuer;
}

TrustedRoot sample_root(const std::string& name) {
  return {name, to_bytes("DER of " + name), sample_facts("01"), true, {"web", "mail"}, at(70)};
}

PublishedChallenge sample_challenge(const std::string& token, const std::string& order_id) {
  return {token, token + ".thumb", order_id, "a.test", at(80)};
}

MemberRecord sample_member(const std::string& id) {
  return {id, "host-" + id, "member", {1, 2}, {3, 4}, true, 6, at(90), at(91)};
}

}  // namespace certstead
