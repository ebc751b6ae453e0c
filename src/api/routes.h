// The table of routes.
#pragma once

#include <span>

#include "api/call.h"

namespace certstead {

struct Route {
  std::string_view method;
  std::string_view path;   // "{name}" stands for one segment
  std::string_view query;  // names of parameters, separated by blanks
  Result<HttpReply> (*run)(const Call&);
};

// All of the interface.
std::span<const Route> routes();

// Sets
Result<HttpReply> request_set(const Call&);
Result<HttpReply> list_sets(const Call&);
Result<HttpReply> show_status(const Call&);
Result<HttpReply> show_set(const Call&);
Result<HttpReply> delete_set(const Call&);
Result<HttpReply> renew_set(const Call&);
Result<HttpReply> revoke_set(const Call&);
// Exportable keys
Result<HttpReply> export_set(const Call&);
Result<HttpReply> show_export(const Call&);
Result<HttpReply> set_up_export(const Call&);
Result<HttpReply> change_export_password(const Call&);
Result<HttpReply> show_csr(const Call&);
Result<HttpReply> complete_set(const Call&);
Result<HttpReply> cancel_set(const Call&);
// CAs of our own
Result<HttpReply> list_micro_cas(const Call&);
Result<HttpReply> create_micro_ca(const Call&);
Result<HttpReply> show_micro_ca(const Call&);
Result<HttpReply> complete_micro_ca(const Call&);
Result<HttpReply> show_micro_ca_crl(const Call&);
Result<HttpReply> list_issued(const Call&);
Result<HttpReply> sign_by_micro_ca(const Call&);
Result<HttpReply> revoke_issued(const Call&);
// Jobs
Result<HttpReply> list_jobs(const Call&);
Result<HttpReply> show_job(const Call&);
// Issuers and trusted roots
Result<HttpReply> list_issuers(const Call&);
Result<HttpReply> add_issuer(const Call&);
Result<HttpReply> show_issuer(const Call&);
Result<HttpReply> change_issuer(const Call&);
Result<HttpReply> delete_issuer(const Call&);
Result<HttpReply> list_roots(const Call&);
Result<HttpReply> add_roots(const Call&);
Result<HttpReply> delete_root(const Call&);
Result<HttpReply> show_root(const Call&);
Result<HttpReply> rechain_roots(const Call&);
// Health and notifications
Result<HttpReply> show_health(const Call&);
Result<HttpReply> check_health(const Call&);
Result<HttpReply> list_watches(const Call&);
Result<HttpReply> add_watch(const Call&);
Result<HttpReply> delete_watch(const Call&);
Result<HttpReply> show_health_settings(const Call&);
Result<HttpReply> change_health_settings(const Call&);
Result<HttpReply> list_targets(const Call&);
Result<HttpReply> add_target(const Call&);
Result<HttpReply> delete_target(const Call&);
Result<HttpReply> test_target(const Call&);
// Deployments
Result<HttpReply> list_deployments(const Call&);
Result<HttpReply> show_deployment(const Call&);
Result<HttpReply> take_deployment(const Call&);
Result<HttpReply> forget_deployment(const Call&);
// Import
Result<HttpReply> import_files(const Call&);
// Accounts
Result<HttpReply> list_accounts(const Call&);
Result<HttpReply> add_account(const Call&);
Result<HttpReply> show_account(const Call&);
Result<HttpReply> agree_account(const Call&);
Result<HttpReply> rollover_account(const Call&);
Result<HttpReply> delete_account(const Call&);
// Names proved over DNS
Result<HttpReply> list_dns_providers(const Call&);
Result<HttpReply> show_dns_provider(const Call&);
Result<HttpReply> import_dns_definition(const Call&);
Result<HttpReply> show_dns_definition(const Call&);
Result<HttpReply> delete_dns_definition(const Call&);
Result<HttpReply> approve_dns_definition(const Call&);
Result<HttpReply> list_dns_accounts(const Call&);
Result<HttpReply> add_dns_account(const Call&);
Result<HttpReply> show_dns_account(const Call&);
Result<HttpReply> change_dns_account(const Call&);
Result<HttpReply> delete_dns_account(const Call&);
Result<HttpReply> rotate_dns_account(const Call&);
Result<HttpReply> show_dns_trace(const Call&);
Result<HttpReply> set_dns_trace(const Call&);
Result<HttpReply> test_dns(const Call&);
Result<HttpReply> assist_dns(const Call&);
// Backups
Result<HttpReply> list_backup_recipients(const Call&);
Result<HttpReply> add_backup_recipient(const Call&);
Result<HttpReply> delete_backup_recipient(const Call&);
Result<HttpReply> create_backup(const Call&);
Result<HttpReply> fetch_backup(const Call&);
Result<HttpReply> discard_backup(const Call&);
Result<HttpReply> hold_writes(const Call&);
Result<HttpReply> release_writes(const Call&);
// The rest
Result<HttpReply> list_audit(const Call&);
Result<HttpReply> verify_audit(const Call&);
Result<HttpReply> list_cache(const Call&);
Result<HttpReply> look_up_cache(const Call&);
Result<HttpReply> show_cache_log(const Call&);
Result<HttpReply> set_cache_log(const Call&);
Result<HttpReply> list_members(const Call&);
Result<HttpReply> show_default_issuer(const Call&);
Result<HttpReply> set_default_issuer(const Call&);
Result<HttpReply> show_keep_jobs(const Call&);
Result<HttpReply> set_keep_jobs(const Call&);
Result<HttpReply> show_version(const Call&);
Result<HttpReply> healthz(const Call&);
Result<HttpReply> readyz(const Call&);
Result<HttpReply> metrics(const Call&);

}  // namespace certstead
