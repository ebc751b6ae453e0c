#include "api/body.h"
#include "api/render.h"
#include "api/routes.h"
#include "model/signature_schemes.h"

namespace certstead {
namespace {

// "first" or "second", the first if absent; true for the second.
Result<bool> is_second(const Call& call, std::string_view name, std::string_view first,
                       std::string_view second) {
  const std::string given = call.query.text(name);
  if (given == second) return true;
  if (given.empty() || given == first) return false;
  return invalid("\"" + std::string(name) + "\" is " + std::string(first) + " or " + std::string(second));
}

// What a client of today offers.
constexpr const char* kBothKinds = "ecdsa,rsa";

Result<ViewCatalog*> views_of(const Call& call) {
  if (call.manager.views != nullptr) return call.manager.views;
  return not_found("this manager fills no view; start it with --view NAME=DIRECTORY", "no-view");
}

}  // namespace

Result<HttpReply> list_cache(const Call& call) {
  TRY(const std::int64_t limit, call.query.number("limit", 500, 1, 5000));
  TRY(ViewCatalog * views, views_of(call));
  TRY(const std::vector<ViewEntry> entries, views->list(static_cast<std::size_t>(limit)));
  return json_reply(200, boost::json::object{{"entries", render_all(entries)}});
}

Result<HttpReply> look_up_cache(const Call& call) {
  ViewQuestion question;
  question.name = call.query.text("name");
  question.tag = call.query.text("tag");
  question.address = call.query.text("address");
  const auto or_else = [&](std::string_view name, const char* absent) {
    const std::string given = call.query.text(name);
    return given.empty() ? std::string(absent) : given;
  };
  question.view = or_else("view", "gateway");
  question.protocol = or_else("protocol", "http");
  question.default_name = call.query.text("default_name");
  TRY(question.serves_default, is_second(call, "on_unknown_name", "refuse", "default"));
  TRY(question.prefers_rsa, is_second(call, "prefer", "ecdsa", "rsa"));
  TRY(question.tls12, call.query.flag("tls12"));
  const std::string algorithms = or_else("sigalgs", kBothKinds);
  if (algorithms == "none") {
    question.tls12 = true;  // TLS 1.3 can't do without
  } else {
    TRY(question.signature_algorithms, parse_signature_schemes(algorithms));
  }
  TRY(ViewCatalog * views, views_of(call));
  TRY(const ViewLookup found, views->look_up(question));
  return json_reply(200, render(found));
}

namespace {

Result<HttpReply> log_states(const Call& call) {
  TRY(ViewCatalog * views, views_of(call));
  TRY(const std::vector<ViewLogState> states, views->lookup_logs());
  boost::json::array out;
  for (const ViewLogState& state : states) {
    out.push_back(boost::json::object{{"view", state.view}, {"on", state.on}});
  }
  return json_reply(200, boost::json::object{{"views", std::move(out)}});
}

}  // namespace

Result<HttpReply> show_cache_log(const Call& call) { return log_states(call); }

Result<HttpReply> set_cache_log(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const JsonObject object, JsonObject::of(body));
  CHECK_OK(known_members(object, {"view", "on"}));
  TRY(const bool on, object.boolean("on"));
  TRY(const auto view, object.optional_string("view"));
  TRY(ViewCatalog * views, views_of(call));
  CHECK_OK(views->set_lookup_log(view.value_or(""), on));
  return log_states(call);
}

}  // namespace certstead
