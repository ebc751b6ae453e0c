// The faces of the store, one maker for each; each is implemented in the file of its name. `core` must
// outlive them.
#pragma once

#include <memory>

#include "model/store_ports.h"
#include "store/sqlite/core.h"

namespace certstead::sqlite {

std::unique_ptr<CredentialSets> make_credential_sets(const Core& core);
std::unique_ptr<CredentialVersions> make_credential_versions(const Core& core);
std::unique_ptr<Orders> make_orders(const Core& core);
std::unique_ptr<Jobs> make_jobs(const Core& core);
std::unique_ptr<Accounts> make_accounts(const Core& core);
std::unique_ptr<Issuers> make_issuers(const Core& core);
std::unique_ptr<TrustedRoots> make_trusted_roots(const Core& core);
std::unique_ptr<Challenges> make_challenges(const Core& core);
std::unique_ptr<Members> make_members(const Core& core);
std::unique_ptr<Settings> make_settings(const Core& core);
std::unique_ptr<Audit> make_audit(const Core& core);
std::unique_ptr<ExportIdentities> make_export_identities(const Core& core);
std::unique_ptr<FeedLog> make_feed_log(const Core& core);
std::unique_ptr<VersionChecks> make_version_checks(const Core& core);
std::unique_ptr<UrlWatches> make_url_watches(const Core& core);
std::unique_ptr<Notifications> make_notifications(const Core& core);
std::unique_ptr<Beats> make_beats(const Core& core);
std::unique_ptr<CaRecords> make_ca_records(const Core& core);
std::unique_ptr<Deployments> make_deployments(const Core& core);
std::unique_ptr<SetPages> make_set_pages(const Core& core);
std::unique_ptr<Tickets> make_tickets(const Core& core);
std::unique_ptr<DnsAccounts> make_dns_accounts(const Core& core);
std::unique_ptr<DnsJournal> make_dns_journal(const Core& core);

// What the head row says of the store.
Result<StoreIdentity> read_identity(Database& db);
// Makes the head row with a random store id if there is none yet, and yields the head of the feed.
Result<std::int64_t> ensure_head(Database& db);

}  // namespace certstead::sqlite
