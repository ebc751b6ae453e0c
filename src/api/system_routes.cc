#include "api/body.h"
#include "api/metrics.h"
#include "api/routes.h"
#include "base/text.h"
#include "manager/housekeeping.h"

namespace certstead {
namespace {

constexpr std::string_view kDefaultIssuer = "default-issuer";
constexpr int kMostDays = 3650;

HttpReply setting_reply(std::string_view name, const std::optional<std::string>& value) {
  boost::json::object out{{"name", name}};
  out["value"] = value ? boost::json::value(*value) : boost::json::value();
  return json_reply(200, out);
}

}  // namespace

Result<HttpReply> list_members(const Call& call) {
  TRY(const std::vector<MemberRecord> members, call.manager.members.list_members());
  return json_reply(200, boost::json::object{{"members", render_all(members)}});
}

Result<HttpReply> show_default_issuer(const Call& call) {
  TRY(const std::optional<std::string> value, call.manager.settings.setting(kDefaultIssuer));
  return setting_reply(kDefaultIssuer, value);
}

Result<HttpReply> set_default_issuer(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const std::string name, read_setting(body));
  TRY(const IssuerRecord issuer, call.manager.issuers.show(name));
  CHECK_OK(call.manager.settings.set_setting(kDefaultIssuer, issuer.name,
                                             {.actor = call.actor.name,
                                              .action = "setting.change",
                                              .object = std::string(kDefaultIssuer),
                                              .detail = issuer.name}));
  return setting_reply(kDefaultIssuer, issuer.name);
}

Result<HttpReply> show_keep_jobs(const Call& call) {
  TRY(const std::optional<std::string> value, call.manager.settings.setting(kKeepJobsDays));
  return setting_reply(kKeepJobsDays, value.value_or(std::to_string(kKeepJobsDaysDefault)));
}

Result<HttpReply> set_keep_jobs(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const std::string value, read_setting(body));
  const auto days = parse_number(value);
  if (!days || *days < 1 || *days > kMostDays)
    return invalid("finished jobs are kept for 1 to " + std::to_string(kMostDays) + " days", "setting-value");
  const std::string text = std::to_string(*days);
  CHECK_OK(call.manager.settings.set_setting(kKeepJobsDays, text,
                                             {.actor = call.actor.name,
                                              .action = "setting.change",
                                              .object = std::string(kKeepJobsDays),
                                              .detail = text}));
  return setting_reply(kKeepJobsDays, text);
}

Result<HttpReply> show_version(const Call& call) {
  TRY(const StoreIdentity store, call.manager.settings.identity());
  boost::json::object out{{"version", call.options.version}};
  out["api"] = "v1";
  out["store_id"] = store.store_id;
  out["time"] = to_rfc3339(call.manager.clock.now());
  return json_reply(200, out);
}

Result<HttpReply> healthz(const Call&) { return json_reply(200, boost::json::object{{"status", "ok"}}); }

// Ready is who can answer from the store.
Result<HttpReply> readyz(const Call& call) {
  const Result<StoreIdentity> store = call.manager.settings.identity();
  if (!store) return unavailable("the store does not answer: " + store.error().detail, "not-ready");
  return json_reply(200, boost::json::object{{"status", "ready"}});
}

Result<HttpReply> metrics(const Call& call) {
  TRY(std::string text, metrics_text(call.manager, call.options.version));
  HttpReply reply;
  reply.headers.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  reply.body = std::move(text);
  return reply;
}

}  // namespace certstead
