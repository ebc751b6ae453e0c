// The columns of every record, in the order of the tables in schema.cc.
#pragma once

#include "model/account.h"
#include "model/challenge.h"
#include "model/export_identity.h"
#include "model/feed.h"
#include "model/issuer_record.h"
#include "model/members.h"
#include "model/settings.h"
#include "model/tickets.h"
#include "model/trusted_root.h"
#include "store/sqlite/columns.h"

namespace certstead::sqlite {

template <>
struct Table<CredentialSet> {
  static constexpr std::string_view name = "credential_sets";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("id", r.id), visit("name", r.name), visit("names", r.names), visit("key_types", r.key_types);
    visit("flow", r.flow), visit("issuer", r.issuer), visit("account", r.account);
    visit("profile", r.profile), visit("preferred_chain", r.preferred_chain);
    visit("reuse_key", r.reuse_key), visit("exportable", r.exportable);
    visit("self_check", r.self_check), visit("members", r.members), visit("tags", r.tags);
    visit("status", r.status), visit("failures", r.operation.failures);
    visit("last_error", r.operation.last_error), visit("last_error_id", r.operation.last_error_id);
    visit("last_try", r.operation.last_try), visit("next_try", r.operation.next_try);
    visit("renew_at", r.renew_at), visit("renew_why", r.renew_why), visit("ari_poll_at", r.ari_poll_at);
    visit("created", r.created), visit("revision", r.revision);
  }
};

template <>
struct Table<CredentialVersion> {
  static constexpr std::string_view name = "credential_versions";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("id", r.id), visit("set_id", r.set_id), visit("key_type", r.key_type);
    visit("version", r.version), visit("state", r.state), visit("sealed_key", r.key);
    visit("grants", r.grants), visit("chain", r.chain), visit("facts", r.facts);
    visit("issuer", r.issuer), visit("account", r.account), visit("activated", r.activated);
    visit("ended", r.ended), visit("revocation_reason", r.revocation_reason);
    visit("signer", r.signer), visit("signature", r.signature);
  }
};

template <>
struct Table<Order> {
  static constexpr std::string_view name = "orders";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("id", r.id), visit("set_id", r.set_id), visit("job_id", r.job_id);
    visit("key_type", r.key_type), visit("version", r.version), visit("issuer", r.issuer);
    visit("account", r.account), visit("names", r.names), visit("profile", r.profile);
    visit("preferred_chain", r.preferred_chain), visit("replaces", r.replaces);
    visit("self_check", r.self_check), visit("planned", r.planned), visit("plan", r.plan);
    visit("url", r.url), visit("finalize_url", r.finalize_url);
    visit("certificate_url", r.certificate_url), visit("status", r.status);
    visit("authorizations", r.authorizations), visit("step_begun", r.step_begun);
    visit("create_attempts", r.create_attempts), visit("sealed_key", r.key), visit("grants", r.grants);
    visit("csr", r.csr), visit("finalize_sent", r.finalize_sent), visit("chain", r.chain);
    visit("chain_accepted", r.chain_accepted), visit("polls", r.polls), visit("not_before", r.not_before);
    visit("error", r.error), visit("error_id", r.error_id);
    visit("error_retry_after", r.error_retry_after), visit("created", r.created);
  }
};

template <>
struct Table<Job> {
  static constexpr std::string_view name = "jobs";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("id", r.id), visit("kind", r.kind), visit("set_id", r.set_id), visit("set_name", r.set_name);
    visit("argument", r.argument), visit("status", r.status), visit("run_at", r.run_at);
    visit("attempts", r.attempts), visit("owner", r.owner), visit("lease_until", r.lease_until);
    visit("fence", r.fence), visit("last_error", r.last_error), visit("last_error_id", r.last_error_id);
    visit("created", r.created), visit("finished", r.finished);
    visit("again", r.again), visit("again_at", r.again_at);
  }
};

template <>
struct Table<JobProgress> {
  static constexpr std::string_view name = "job_progress";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("number", r.number), visit("at", r.at), visit("line", r.text);
  }
};

template <>
struct Table<Account> {
  static constexpr std::string_view name = "accounts";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("id", r.id), visit("issuer", r.issuer), visit("name", r.name), visit("email", r.email);
    visit("key_type", r.key_type), visit("url", r.url), visit("status", r.status);
    visit("agreed_terms", r.agreed_terms), visit("eab_kid", r.eab_kid), visit("eab_hmac", r.eab_hmac);
    visit("eab_grants", r.eab_grants), visit("sealed_key", r.key), visit("grants", r.grants);
    visit("next_key", r.next_key), visit("next_grants", r.next_grants), visit("created", r.created);
    visit("revision", r.revision);
  }
};

template <>
struct Table<IssuerRecord> {
  static constexpr std::string_view name = "issuers";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("name", r.name), visit("kind", r.kind), visit("description", r.description);
    visit("directory_url", r.directory_url), visit("trusted_pem", r.trusted_pem);
    visit("allowed_networks", r.allowed_networks), visit("needs_eab", r.needs_eab);
    visit("account_key_rollover", r.account_key_rollover), visit("key_types", r.key_types);
    visit("wildcards", r.wildcards), visit("max_names", r.max_names);
    visit("default_profile", r.default_profile), visit("max_orders_per_hour", r.max_orders_per_hour);
    visit("max_failures_per_hour", r.max_failures_per_hour);
    visit("max_per_domain_per_week", r.max_per_domain_per_week);
    visit("max_duplicates_per_week", r.max_duplicates_per_week), visit("built_in", r.built_in);
    visit("terms_seen", r.terms_seen), visit("created", r.created), visit("revision", r.revision);
  }
};

template <>
struct Table<TrustedRoot> {
  static constexpr std::string_view name = "trusted_roots";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("name", r.name), visit("certificate", r.certificate), visit("facts", r.facts);
    visit("self_signed", r.self_signed), visit("categories", r.categories), visit("created", r.created);
  }
};

template <>
struct Table<PublishedChallenge> {
  static constexpr std::string_view name = "challenges";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("token", r.token), visit("order_id", r.order_id), visit("domain", r.domain);
    visit("key_authorization", r.key_authorization), visit("created", r.created);
  }
};

template <>
struct Table<MemberRecord> {
  static constexpr std::string_view name = "members";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("id", r.id), visit("name", r.name), visit("role", r.role);
    visit("sealing_certificate", r.sealing_certificate);
    visit("signing_certificate", r.signing_certificate), visit("all_credentials", r.all_credentials);
    visit("applied_seq", r.applied_seq), visit("created", r.created), visit("last_seen", r.last_seen);
  }
};

template <>
struct Table<DnsAccount> {
  static constexpr std::string_view name = "dns_accounts";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("id", r.id), visit("name", r.name), visit("provider", r.provider), visit("domains", r.domains);
    visit("settings", r.settings), visit("secrets", r.secrets), visit("grants", r.grants);
    visit("secrets_version", r.secrets_version), visit("secrets_since", r.secrets_since);
    visit("rotate_every", r.rotate_every), visit("propagation", r.propagation), visit("delay", r.delay);
    visit("timeout", r.timeout), visit("challenge", r.challenge), visit("enabled", r.enabled);
    visit("created", r.created), visit("revision", r.revision);
  }
};

template <>
struct Table<DnsDefinition> {
  static constexpr std::string_view name = "dns_definitions";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("name", r.name), visit("kind", r.kind), visit("text", r.text), visit("approved", r.approved);
    visit("created", r.created), visit("revision", r.revision);
  }
};

template <>
struct Table<DnsRecordEntry> {
  static constexpr std::string_view name = "dns_records";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("id", r.id), visit("account", r.account), visit("name", r.record.name);
    visit("zone", r.record.zone), visit("value", r.record.value), visit("order_id", r.order_id);
    visit("state", r.state), visit("kept", r.kept), visit("attempts", r.attempts), visit("due", r.due);
    visit("last_error", r.last_error), visit("created", r.created);
  }
};

template <>
struct Table<Settings::StoreKey> {
  static constexpr std::string_view name = "store_keys";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("version", r.version), visit("certificate", r.certificate), visit("grants", r.grants);
  }
};

template <>
struct Table<ExportIdentity> {
  static constexpr std::string_view name = "export_identity";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("certificate", r.certificate), visit("encrypted_key", r.encrypted_key);
    visit("created", r.created), visit("password_changed", r.password_changed);
    visit("failures", r.failures), visit("locked_until", r.locked_until);
  }
};

template <>
struct Table<SetTickets> {
  static constexpr std::string_view name = "ticket_secrets";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("set_id", r.set_id), visit("generation", r.generation), visit("secrets", r.secrets);
    visit("members", r.members), visit("rotate_at", r.rotate_at);
  }
};

template <>
struct Table<FeedChange> {
  static constexpr std::string_view name = "feed_items";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("seq", r.seq), visit("kind", r.kind), visit("object", r.object), visit("gone", r.gone);
  }
};

template <>
struct Table<AuditRecord> {
  static constexpr std::string_view name = "audit";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("number", r.number), visit("at", r.at), visit("actor", r.note.actor);
    visit("action", r.note.action), visit("object", r.note.object), visit("detail", r.note.detail);
    visit("hash", r.hash);
  }
};

}  // namespace certstead::sqlite
