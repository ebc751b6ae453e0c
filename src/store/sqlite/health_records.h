// The columns of what health, notifications and deployments keep.
#pragma once

#include "model/deployment.h"
#include "model/notify.h"
#include "model/url_watch.h"
#include "store/sqlite/columns.h"

namespace certstead::sqlite {

template <>
struct Table<VersionCheck> {
  static constexpr std::string_view name = "version_checks";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("version_id", r.version_id), visit("set_id", r.set_id), visit("next_check", r.next_check);
    visit("checked_at", r.checked_at), visit("key_kind", r.key), visit("signature", r.signature);
    visit("top_issuer", r.top_issuer), visit("chain_problem", r.chain_problem);
    visit("weaknesses", r.weaknesses), visit("root_known", r.root_known);
    visit("revocation", r.revocation), visit("revocation_source", r.revocation_source);
    visit("revocation_detail", r.revocation_detail), visit("revoked_at", r.revoked_at);
    visit("revocation_reason", r.revocation_reason);
    visit("revocation_known_at", r.revocation_known_at), visit("unknown_since", r.unknown_since);
  }
};

template <>
struct Table<WatchRecord> {
  static constexpr std::string_view name = "url_watches";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("name", r.watch.name), visit("host", r.watch.host), visit("port", r.watch.port);
    visit("starttls", r.watch.starttls), visit("server_name", r.watch.server_name);
    visit("roots", r.watch.roots), visit("created", r.watch.created), visit("next_check", r.next_check);
    visit("last", r.last), visit("before_last", r.before);
  }
};

template <>
struct Table<NotifyTarget> {
  static constexpr std::string_view name = "notify_targets";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("name", r.name), visit("kind", r.kind), visit("url", r.url), visit("heartbeat", r.heartbeat);
    visit("server", r.server), visit("sender", r.from), visit("recipients", r.to);
    visit("account", r.user), visit("tls", r.tls), visit("trusted_pem", r.trusted_pem);
    visit("allowed_networks", r.allowed_networks), visit("secret", r.secret), visit("grants", r.grants);
    visit("created", r.created);
  }
};

template <>
struct Table<DeploymentReport> {
  static constexpr std::string_view name = "deployments";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("name", r.name), visit("host", r.host), visit("set_name", r.set_name), visit("layout", r.layout);
    visit("outcome", r.outcome), visit("error", r.error), visit("error_id", r.error_id);
    visit("deployed", r.deployed), visit("served", r.served);
    visit("deployed_at", r.deployed_at), visit("proved_at", r.proved_at), visit("reported", r.reported);
  }
};

template <>
struct Table<Told> {
  static constexpr std::string_view name = "told";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("subject", r.subject), visit("finding", r.id), visit("severity", r.severity);
    visit("detail", r.detail), visit("first_told", r.first), visit("last_told", r.last);
  }
};

template <>
struct Table<OutboxEntry> {
  static constexpr std::string_view name = "outbox";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("id", r.id), visit("target", r.target), visit("subject", r.notice.subject);
    visit("finding", r.notice.id), visit("event", r.notice.event), visit("severity", r.notice.severity);
    visit("detail", r.notice.detail), visit("at", r.notice.at), visit("next_try", r.next_try);
    visit("attempts", r.attempts), visit("last_error", r.last_error);
  }
};

}  // namespace certstead::sqlite
