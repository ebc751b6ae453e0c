#include <algorithm>

#include "api/body.h"
#include "api/health_render.h"
#include "api/routes.h"
#include "base/text.h"
#include "model/domain_name.h"
#include "net/egress_policy.h"

namespace certstead {
namespace {

// Within the patience of clients.
constexpr Duration kCheckTime = std::chrono::seconds{60};

Status needs_watch(const void* desk) {
  if (desk != nullptr) return Done{};
  return unavailable("this manager runs without a watch", "no-watch");
}

Result<JsonObject> object_with(const boost::json::value& body,
                               std::initializer_list<std::string_view> known) {
  TRY(const JsonObject object, JsonObject::of(body));
  CHECK_OK(known_members(object, known));
  return object;
}

Result<std::string> text_of(const JsonObject& object, std::string_view name) {
  TRY(const auto value, object.optional_string(name));
  return value.value_or("");
}

Result<bool> flag_of(const JsonObject& object, std::string_view name) {
  TRY(const auto value, object.optional_boolean(name));
  return value.value_or(false);
}

Result<UrlWatch> read_watch(const boost::json::value& body) {
  TRY(const JsonObject object, object_with(body, {"address", "starttls", "server_name", "roots"}));
  TRY(const std::string address, object.string("address"));
  TRY(UrlWatch watch, parse_watch(address));
  TRY(watch.starttls, text_of(object, "starttls"));
  TRY(const std::string server_name, text_of(object, "server_name"));
  if (!server_name.empty()) {
    TRY(const DomainName name, DomainName::parse(server_name));  // IDNs are asked for in A-labels
    watch.server_name = name.ascii();
  }
  TRY(const std::string roots, text_of(object, "roots"));
  if (!roots.empty()) watch.roots = roots;
  return watch;
}

Result<NotifyTarget> read_target(const JsonObject& object) {
  NotifyTarget target;
  TRY(target.name, object.string("name"));
  TRY(target.kind, object.string("kind"));
  TRY(target.url, text_of(object, "url"));
  TRY(target.heartbeat, flag_of(object, "heartbeat"));
  TRY(target.server, text_of(object, "server"));
  TRY(target.from, text_of(object, "from"));
  TRY(target.user, text_of(object, "user"));
  TRY(target.trusted_pem, text_of(object, "trusted_pem"));
  TRY(const auto to, object.optional_strings("to"));
  target.to = to.value_or(std::vector<std::string>());
  TRY(const std::string tls, text_of(object, "tls"));
  if (!tls.empty()) target.tls = tls;
  TRY(const auto networks, object.optional_strings("allowed_networks"));
  for (const std::string& block : networks.value_or(std::vector<std::string>())) {
    target.allowed_networks += (target.allowed_networks.empty() ? "" : ",") + block;
  }
  return target;
}

// Only what the body gives is changed.
Status read_settings(const JsonObject& object, HealthSettings& into) {
  TRY(const auto failures, object.optional_integer("failures", 1, 100));
  TRY(const auto repeat, object.optional_integer("repeat_hours", 1, 720));
  TRY(const auto digest, object.optional_boolean("digest"));
  TRY(const auto hour, object.optional_integer("digest_hour", 0, 23));
  TRY(const auto heartbeat, object.optional_integer("heartbeat_minutes", 1, 1440));
  TRY(const auto watch, object.optional_integer("watch_hours", 1, 720));
  if (failures) into.notify.failures = static_cast<int>(*failures);
  if (repeat) into.notify.repeat = std::chrono::hours{*repeat};
  if (digest) into.notify.digest = *digest;
  if (hour) into.notify.digest_hour = static_cast<int>(*hour);
  if (heartbeat) into.notify.heartbeat = std::chrono::minutes{*heartbeat};
  if (watch) into.watch_interval = std::chrono::hours{*watch};
  TRY(const auto networks, object.optional_strings("revocation_networks"));
  if (!networks) return Done{};
  CHECK_OK(EgressPolicy::with_allowed(*networks));
  into.revocation_networks = join(*networks, ",");
  return Done{};
}

}  // namespace

Result<HttpReply> show_health(const Call& call) {
  CHECK_OK(needs_watch(call.manager.health));
  TRY(const HealthView view, call.manager.health->view(call.query.text("name")));
  return json_reply(200, render(view));
}

Result<HttpReply> check_health(const Call& call) {
  CHECK_OK(needs_watch(call.manager.health));
  CHECK_OK(needs_watch(call.manager.watch));
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const JsonObject object, object_with(body, {"set"}));
  TRY(const std::string set, text_of(object, "set"));
  CHECK_OK(call.manager.health->make_due(set));
  const Deadline deadline = Deadline::after(kCheckTime);
  if (call.manager.prover != nullptr) call.manager.prover->make_due(set);
  CHECK_OK(call.manager.watch->catch_up(deadline));
  if (call.manager.prover != nullptr) call.manager.prover->wait_idle(deadline);
  TRY(const HealthView view, call.manager.health->view(set));
  return json_reply(200, render(view));
}

Result<HttpReply> list_watches(const Call& call) {
  CHECK_OK(needs_watch(call.manager.health));
  TRY(const auto watches, call.manager.health->watches());
  return json_reply(200, boost::json::object{{"watches", render_all(watches)}});
}

Result<HttpReply> add_watch(const Call& call) {
  CHECK_OK(needs_watch(call.manager.health));
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const UrlWatch watch, read_watch(body));
  TRY(const WatchRecord record, call.manager.health->add_watch(watch, call.actor));
  if (call.manager.watch != nullptr) call.manager.watch->poke();
  return json_reply(201, render(record));
}

Result<HttpReply> delete_watch(const Call& call) {
  CHECK_OK(needs_watch(call.manager.health));
  CHECK_OK(call.manager.health->remove_watch(call.params[0], call.actor));
  return HttpReply{.status = 204, .headers = {}, .body = {}};
}

Result<HttpReply> show_health_settings(const Call& call) {
  CHECK_OK(needs_watch(call.manager.health));
  TRY(const HealthSettings settings, call.manager.health->settings());
  return json_reply(200, render(settings));
}

Result<HttpReply> change_health_settings(const Call& call) {
  CHECK_OK(needs_watch(call.manager.health));
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const JsonObject object,
      object_with(body, {"failures", "repeat_hours", "digest", "digest_hour", "heartbeat_minutes",
                         "watch_hours", "revocation_networks"}));
  TRY(HealthSettings settings, call.manager.health->settings());
  CHECK_OK(read_settings(object, settings));
  CHECK_OK(call.manager.health->change_settings(settings, call.actor));
  return json_reply(200, render(settings));
}

Result<HttpReply> list_targets(const Call& call) {
  CHECK_OK(needs_watch(call.manager.notify));
  TRY(const auto targets, call.manager.notify->list());
  return json_reply(200, boost::json::object{{"targets", render_all(targets)}});
}

Result<HttpReply> add_target(const Call& call) {
  CHECK_OK(needs_watch(call.manager.notify));
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const JsonObject object,
      object_with(body, {"name", "kind", "url", "heartbeat", "server", "from", "to", "user", "tls",
                         "trusted_pem", "allowed_networks", "secret"}));
  TRY(NotifyTarget target, read_target(object));
  TRY(const std::string secret, text_of(object, "secret"));
  TRY(NotifyTarget added,
      call.manager.notify->add(std::move(target), SecretBytes(view_bytes(secret)), call.actor));
  return json_reply(201, render(NotifyTargetView{std::move(added), 0}));
}

Result<HttpReply> delete_target(const Call& call) {
  CHECK_OK(needs_watch(call.manager.notify));
  CHECK_OK(call.manager.notify->remove(call.params[0], call.actor));
  return HttpReply{.status = 204, .headers = {}, .body = {}};
}

Result<HttpReply> test_target(const Call& call) {
  CHECK_OK(needs_watch(call.manager.notify));
  TRY(const boost::json::value body, read_body(call.http));
  CHECK_OK(read_nothing(body));
  CHECK_OK(call.manager.notify->test(call.params[0], call.actor));
  return json_reply(200, boost::json::object{{"sent", true}});
}

Result<HttpReply> show_root(const Call& call) {
  CHECK_OK(needs_watch(call.manager.roots));
  TRY(const RootView view, call.manager.roots->show(call.params[0]));
  return json_reply(200, render(view));
}

Result<HttpReply> rechain_roots(const Call& call) {
  CHECK_OK(needs_watch(call.manager.roots));
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const JsonObject object, object_with(body, {"set", "dry_run"}));
  TRY(const std::string set, text_of(object, "set"));
  TRY(const bool dry_run, flag_of(object, "dry_run"));
  TRY(const auto done, call.manager.roots->rechain(set, dry_run, call.actor));
  return json_reply(200, boost::json::object{{"chains", render_all(done)}});
}

}  // namespace certstead
