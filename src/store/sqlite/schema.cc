#include "store/sqlite/schema.h"

namespace certstead::sqlite {
namespace {

// Times are milliseconds since 1970. Columns of type BLOB hold keys sealed, certificates as DER, or lists and
// nested records as blobs.h writes them.
constexpr const char* kFirst = R"sql(
-- One row: who this store is, the head of the change feed, the head of the audit chain.
CREATE TABLE head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  store_id TEXT NOT NULL, epoch INTEGER NOT NULL, epoch_proof BLOB NOT NULL,
  seq INTEGER NOT NULL,
  audit_number INTEGER NOT NULL, audit_hash TEXT NOT NULL
) STRICT;

CREATE TABLE audit (
  number INTEGER PRIMARY KEY, at INTEGER NOT NULL,
  actor TEXT NOT NULL, action TEXT NOT NULL, object TEXT NOT NULL, detail TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;

-- What changed last and when in the order of the feed, not how: readers take the present state.
CREATE TABLE feed_items (
  kind TEXT NOT NULL, object TEXT NOT NULL,
  seq INTEGER NOT NULL, gone INTEGER NOT NULL,
  PRIMARY KEY (kind, object)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX feed_items_by_seq ON feed_items (seq);
CREATE INDEX feed_items_withdrawn ON feed_items (seq) WHERE kind = 'challenge' AND gone = 1;

CREATE TABLE credential_sets (
  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, names BLOB NOT NULL, key_types BLOB NOT NULL,
  flow TEXT NOT NULL, issuer TEXT NOT NULL, account TEXT NOT NULL,
  profile TEXT NOT NULL, preferred_chain TEXT NOT NULL,
  reuse_key INTEGER NOT NULL, self_check INTEGER NOT NULL, members BLOB NOT NULL, tags BLOB NOT NULL,
  status TEXT NOT NULL, failures INTEGER NOT NULL,
  last_error TEXT NOT NULL, last_error_id TEXT NOT NULL,
  last_try INTEGER, next_try INTEGER,
  renew_at INTEGER, renew_why TEXT NOT NULL, ari_poll_at INTEGER,
  created INTEGER NOT NULL, revision INTEGER NOT NULL,
  due_at INTEGER GENERATED ALWAYS AS
    (min(coalesce(renew_at, ari_poll_at), coalesce(ari_poll_at, renew_at))) VIRTUAL
) STRICT;
CREATE INDEX credential_sets_due ON credential_sets (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX credential_sets_by_account ON credential_sets (issuer, account);

-- No reference to the set: versions outlive it in the archive.
CREATE TABLE credential_versions (
  id TEXT PRIMARY KEY, set_id TEXT NOT NULL, key_type TEXT NOT NULL,
  version INTEGER NOT NULL, state TEXT NOT NULL, sealed_key BLOB NOT NULL,
  grants BLOB NOT NULL, chain BLOB NOT NULL, facts BLOB NOT NULL,
  issuer TEXT NOT NULL, account TEXT NOT NULL, activated INTEGER NOT NULL,
  ended INTEGER, revocation_reason INTEGER,
  signer TEXT NOT NULL, signature BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX credential_versions_by_set ON credential_versions (set_id, version, key_type);
CREATE UNIQUE INDEX credential_versions_active ON credential_versions (set_id, key_type)
  WHERE state = 'active';
CREATE INDEX credential_versions_all_active ON credential_versions (id) WHERE state = 'active';

CREATE TABLE orders (
  id TEXT PRIMARY KEY, set_id TEXT NOT NULL, job_id TEXT NOT NULL,
  key_type TEXT NOT NULL, version INTEGER NOT NULL, issuer TEXT NOT NULL,
  account TEXT NOT NULL, names BLOB NOT NULL, profile TEXT NOT NULL,
  preferred_chain TEXT NOT NULL, replaces TEXT NOT NULL,
  self_check INTEGER NOT NULL, url TEXT NOT NULL, finalize_url TEXT NOT NULL,
  certificate_url TEXT NOT NULL, status TEXT NOT NULL,
  authorizations BLOB NOT NULL, step_begun TEXT NOT NULL,
  create_attempts INTEGER NOT NULL, sealed_key BLOB NOT NULL, grants BLOB NOT NULL,
  csr BLOB NOT NULL, finalize_sent INTEGER NOT NULL, chain BLOB NOT NULL,
  chain_accepted INTEGER NOT NULL, polls INTEGER NOT NULL, not_before INTEGER,
  error TEXT NOT NULL, error_id TEXT NOT NULL,
  error_retry_after INTEGER, created INTEGER NOT NULL
) STRICT;
CREATE INDEX orders_by_set ON orders (set_id);

CREATE TABLE challenges (
  token TEXT NOT NULL, order_id TEXT NOT NULL, domain TEXT NOT NULL,
  key_authorization TEXT NOT NULL, created INTEGER NOT NULL,
  PRIMARY KEY (token, order_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX challenges_by_order ON challenges (order_id);

CREATE TABLE jobs (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, set_id TEXT NOT NULL, set_name TEXT NOT NULL,
  argument TEXT NOT NULL, status TEXT NOT NULL, run_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL, owner TEXT NOT NULL, lease_until INTEGER,
  fence INTEGER NOT NULL, last_error TEXT NOT NULL, last_error_id TEXT NOT NULL,
  created INTEGER NOT NULL, finished INTEGER
) STRICT;
CREATE UNIQUE INDEX jobs_unfinished ON jobs (kind, set_id) WHERE status IN ('queued', 'running');
CREATE INDEX jobs_queued ON jobs (run_at) WHERE status = 'queued';
CREATE INDEX jobs_running ON jobs (lease_until) WHERE status = 'running';
CREATE INDEX jobs_by_age ON jobs (created);

CREATE TABLE job_progress (
  job_id TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, line TEXT NOT NULL,
  PRIMARY KEY (job_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
  id TEXT PRIMARY KEY, issuer TEXT NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL,
  key_type TEXT NOT NULL, url TEXT NOT NULL, status TEXT NOT NULL,
  agreed_terms TEXT NOT NULL, eab_kid TEXT NOT NULL, eab_hmac BLOB NOT NULL,
  eab_grants BLOB NOT NULL, sealed_key BLOB NOT NULL, grants BLOB NOT NULL,
  next_key BLOB NOT NULL, next_grants BLOB NOT NULL, created INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  UNIQUE (issuer, name)
) STRICT;

CREATE TABLE issuers (
  name TEXT PRIMARY KEY, kind TEXT NOT NULL, description TEXT NOT NULL,
  directory_url TEXT NOT NULL, trusted_pem TEXT NOT NULL,
  allowed_networks TEXT NOT NULL, needs_eab INTEGER NOT NULL,
  account_key_rollover INTEGER NOT NULL, key_types BLOB NOT NULL,
  wildcards INTEGER NOT NULL, max_names INTEGER NOT NULL,
  default_profile TEXT NOT NULL, max_orders_per_hour INTEGER NOT NULL,
  max_failures_per_hour INTEGER NOT NULL, built_in INTEGER NOT NULL,
  terms_seen TEXT NOT NULL, created INTEGER NOT NULL, revision INTEGER NOT NULL
) STRICT;

CREATE TABLE issuer_usage (
  issuer TEXT NOT NULL, kind TEXT NOT NULL, scope TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE INDEX issuer_usage_of ON issuer_usage (issuer, kind, scope, at);
CREATE INDEX issuer_usage_by_age ON issuer_usage (at);

CREATE TABLE trusted_roots (
  name TEXT PRIMARY KEY, certificate BLOB NOT NULL UNIQUE, facts BLOB NOT NULL,
  self_signed INTEGER NOT NULL, categories BLOB NOT NULL, created INTEGER NOT NULL
) STRICT;

CREATE TABLE members (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL,
  sealing_certificate BLOB NOT NULL, signing_certificate BLOB NOT NULL,
  all_credentials INTEGER NOT NULL, applied_seq INTEGER NOT NULL,
  created INTEGER NOT NULL, last_seen INTEGER
) STRICT;

CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE store_keys (
  version INTEGER PRIMARY KEY, certificate BLOB NOT NULL, grants BLOB NOT NULL
) STRICT;
)sql";

// What health and notifications keep. Every active version has its check from the moment it becomes active.
constexpr const char* kHealth = R"sql(
CREATE TABLE version_checks (
  version_id TEXT PRIMARY KEY, set_id TEXT NOT NULL, next_check INTEGER NOT NULL,
  checked_at INTEGER, key_kind TEXT NOT NULL DEFAULT '', signature TEXT NOT NULL DEFAULT '',
  top_issuer TEXT NOT NULL DEFAULT '', chain_problem TEXT NOT NULL DEFAULT '',
  weaknesses BLOB NOT NULL DEFAULT x'0100000000', root_known INTEGER NOT NULL DEFAULT 1,
  revocation TEXT NOT NULL DEFAULT 'not-offered', revocation_source TEXT NOT NULL DEFAULT '',
  revocation_detail TEXT NOT NULL DEFAULT '', revoked_at INTEGER, revocation_reason INTEGER,
  revocation_known_at INTEGER, unknown_since INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX version_checks_by_set ON version_checks (set_id);
CREATE INDEX version_checks_due ON version_checks (next_check);
CREATE INDEX version_checks_by_top ON version_checks (top_issuer);
INSERT INTO version_checks (version_id, set_id, next_check)
  SELECT id, set_id, 0 FROM credential_versions WHERE state = 'active';
CREATE TRIGGER version_made_active AFTER INSERT ON credential_versions WHEN new.state = 'active' BEGIN
  INSERT OR REPLACE INTO version_checks (version_id, set_id, next_check) VALUES (new.id, new.set_id, 0);
END;
CREATE TRIGGER version_made_active_again AFTER UPDATE OF state ON credential_versions
  WHEN new.state = 'active' AND old.state <> 'active' BEGIN
  INSERT OR REPLACE INTO version_checks (version_id, set_id, next_check) VALUES (new.id, new.set_id, 0);
END;
CREATE TRIGGER version_ended AFTER UPDATE OF state ON credential_versions WHEN new.state <> 'active' BEGIN
  DELETE FROM version_checks WHERE version_id = new.id;
END;
CREATE TRIGGER version_deleted AFTER DELETE ON credential_versions BEGIN
  DELETE FROM version_checks WHERE version_id = old.id;
END;

CREATE TABLE url_watches (
  name TEXT PRIMARY KEY, host TEXT NOT NULL, port INTEGER NOT NULL, starttls TEXT NOT NULL,
  server_name TEXT NOT NULL, roots TEXT NOT NULL, created INTEGER NOT NULL,
  next_check INTEGER NOT NULL, last BLOB, before_last BLOB
) STRICT;

CREATE TABLE notify_targets (
  name TEXT PRIMARY KEY, kind TEXT NOT NULL, url TEXT NOT NULL, heartbeat INTEGER NOT NULL,
  server TEXT NOT NULL, sender TEXT NOT NULL, recipients BLOB NOT NULL, account TEXT NOT NULL,
  tls TEXT NOT NULL, trusted_pem TEXT NOT NULL, allowed_networks TEXT NOT NULL,
  secret BLOB NOT NULL, grants BLOB NOT NULL, created INTEGER NOT NULL
) STRICT;
CREATE TABLE told (
  subject TEXT NOT NULL, finding TEXT NOT NULL, severity TEXT NOT NULL, detail TEXT NOT NULL,
  first_told INTEGER NOT NULL, last_told INTEGER NOT NULL,
  PRIMARY KEY (subject, finding)
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
  id TEXT PRIMARY KEY, target TEXT NOT NULL, subject TEXT NOT NULL, finding TEXT NOT NULL,
  event TEXT NOT NULL, severity TEXT NOT NULL, detail TEXT NOT NULL, at INTEGER NOT NULL,
  next_try INTEGER NOT NULL, attempts INTEGER NOT NULL, last_error TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (target, next_try);
CREATE TABLE beats (what TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
)sql";

// What was asked for while a run went on; how long versions are kept; budgets by registered domain;
// exportable keys. Known CAs get the limits that they publish.
constexpr const char* kDebts = R"sql(
ALTER TABLE jobs ADD COLUMN again TEXT;
ALTER TABLE jobs ADD COLUMN again_at INTEGER;
CREATE INDEX jobs_finished ON jobs (finished) WHERE finished IS NOT NULL;

-- When the certificate expires, as in its facts; filled in for old rows by the first pruning.
ALTER TABLE credential_versions ADD COLUMN expires INTEGER;
CREATE INDEX credential_versions_ended ON credential_versions (expires) WHERE state <> 'active';

ALTER TABLE issuers ADD COLUMN max_per_domain_per_week INTEGER NOT NULL DEFAULT 0;
ALTER TABLE issuers ADD COLUMN max_duplicates_per_week INTEGER NOT NULL DEFAULT 0;
UPDATE issuers SET max_per_domain_per_week = 50, max_duplicates_per_week = 5
  WHERE name = 'letsencrypt' AND built_in = 1;

ALTER TABLE credential_sets ADD COLUMN exportable INTEGER NOT NULL DEFAULT 0;
CREATE TABLE export_identity (
  certificate BLOB NOT NULL, encrypted_key BLOB NOT NULL,
  created INTEGER NOT NULL, password_changed INTEGER NOT NULL,
  failures INTEGER NOT NULL, locked_until INTEGER
) STRICT;
)sql";

// Our own CAs, and what they signed.
constexpr const char* kMicroCas = R"sql(
CREATE TABLE micro_cas (
  name TEXT PRIMARY KEY, key_type TEXT NOT NULL, sealed_key BLOB NOT NULL, grants BLOB NOT NULL,
  subordinate INTEGER NOT NULL, csr BLOB NOT NULL, chain BLOB NOT NULL,
  permitted BLOB NOT NULL, crl_url TEXT NOT NULL, crl_counter INTEGER NOT NULL, crl BLOB NOT NULL,
  crl_this_update INTEGER, crl_next_update INTEGER,
  created INTEGER NOT NULL, revision INTEGER NOT NULL
) STRICT;

CREATE TABLE issued_certificates (
  serial TEXT PRIMARY KEY, ca TEXT NOT NULL, request_id TEXT NOT NULL, profile TEXT NOT NULL,
  names BLOB NOT NULL, to_be_signed BLOB NOT NULL, certificate BLOB NOT NULL,
  not_before INTEGER NOT NULL, not_after INTEGER NOT NULL, created INTEGER NOT NULL,
  revoked INTEGER, revocation_reason INTEGER
) STRICT;
CREATE INDEX issued_certificates_of ON issued_certificates (ca);
CREATE UNIQUE INDEX issued_certificates_request ON issued_certificates (ca, request_id)
  WHERE request_id != '';
CREATE INDEX issued_certificates_revoked ON issued_certificates (ca, not_after) WHERE revoked IS NOT NULL;
)sql";

// What the deployments of hosts report: the last report of each.
constexpr const char* kDeployments = R"sql(
CREATE TABLE deployments (
  name TEXT PRIMARY KEY, host TEXT NOT NULL, set_name TEXT NOT NULL, layout TEXT NOT NULL,
  outcome TEXT NOT NULL, error TEXT NOT NULL, error_id TEXT NOT NULL,
  deployed BLOB NOT NULL, served BLOB NOT NULL,
  deployed_at INTEGER, proved_at INTEGER, reported INTEGER NOT NULL
) STRICT;
CREATE INDEX deployments_by_set ON deployments (set_name);
)sql";

// Secrets of session tickets: due with the first active version of a set, and when its members change.
constexpr const char* kTickets = R"sql(
CREATE TABLE ticket_secrets (
  set_id TEXT PRIMARY KEY, generation INTEGER NOT NULL DEFAULT 0,
  secrets BLOB NOT NULL DEFAULT x'0100000000', members BLOB NOT NULL DEFAULT x'0100000000',
  rotate_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_secrets_due ON ticket_secrets (rotate_at);
INSERT INTO ticket_secrets (set_id)
  SELECT id FROM credential_sets WHERE id IN (SELECT set_id FROM credential_versions WHERE state = 'active');
CREATE TRIGGER tickets_begin AFTER INSERT ON credential_versions WHEN new.state = 'active' BEGIN
  INSERT OR IGNORE INTO ticket_secrets (set_id) VALUES (new.set_id);
END;
CREATE TRIGGER tickets_for_others AFTER UPDATE OF members ON credential_sets
  WHEN new.members <> old.members BEGIN
  UPDATE ticket_secrets SET rotate_at = 0 WHERE set_id = new.id;
END;
CREATE TRIGGER tickets_end AFTER DELETE ON credential_sets BEGIN
  DELETE FROM ticket_secrets WHERE set_id = old.id;
END;
)sql";

// How names are proved over DNS: accounts at providers, providers as data, and the records that we wrote into
// zones. No reference to the order: a record outlives it until it is taken away.
constexpr const char* kDns = R"sql(
CREATE TABLE dns_accounts (
  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, provider TEXT NOT NULL, domains BLOB NOT NULL,
  settings BLOB NOT NULL, secrets BLOB NOT NULL, grants BLOB NOT NULL,
  secrets_version INTEGER NOT NULL, secrets_since INTEGER NOT NULL, rotate_every INTEGER,
  propagation TEXT NOT NULL, delay INTEGER NOT NULL, timeout INTEGER NOT NULL,
  challenge TEXT NOT NULL, enabled INTEGER NOT NULL, created INTEGER NOT NULL, revision INTEGER NOT NULL
) STRICT;
CREATE INDEX dns_accounts_by_provider ON dns_accounts (provider);

CREATE TABLE dns_definitions (
  name TEXT PRIMARY KEY, kind TEXT NOT NULL, text TEXT NOT NULL, approved TEXT NOT NULL,
  created INTEGER NOT NULL, revision INTEGER NOT NULL
) STRICT;

CREATE TABLE dns_records (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, name TEXT NOT NULL, zone TEXT NOT NULL,
  value TEXT NOT NULL, order_id TEXT NOT NULL, state TEXT NOT NULL, kept TEXT NOT NULL,
  attempts INTEGER NOT NULL, due INTEGER NOT NULL, last_error TEXT NOT NULL, created INTEGER NOT NULL,
  UNIQUE (order_id, account, name, value)
) STRICT;
CREATE INDEX dns_records_by_value ON dns_records (name, value);

ALTER TABLE orders ADD COLUMN planned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN plan BLOB NOT NULL DEFAULT x'0100000000';
)sql";

}  // namespace

const std::vector<Migration>& schema() {
  static const std::vector<Migration> steps = {{1, "first tables", kFirst},
                                               {2, "health", kHealth},
                                               {3, "pruning, budgets, exportable keys", kDebts},
                                               {4, "own CAs", kMicroCas},
                                               {5, "deployments", kDeployments},
                                               {6, "session tickets", kTickets},
                                               {7, "names proved over DNS", kDns}};
  return steps;
}

}  // namespace certstead::sqlite
