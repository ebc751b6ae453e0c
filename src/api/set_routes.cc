#include <algorithm>

#include "api/body.h"
#include "api/files.h"
#include "api/problem.h"
#include "api/render_set.h"
#include "api/routes.h"
#include "base/text.h"

namespace certstead {
namespace {

constexpr std::int64_t kPage = 100;
constexpr std::int64_t kLongestPage = 500;
constexpr std::int64_t kStatusPage = 5000;

// RFC 9110 section 13.1.1. The use case decides on what it reads itself; this refuses a caller that has seen
// an older state.
Status check_if_match(const Call& call, std::string_view name) {
  const std::string_view wanted = call.http.headers.get("If-Match");
  if (wanted.empty()) return Done{};
  TRY(const SetView view, call.manager.requests.show(name));
  const std::string current = etag(view.set.revision);
  for (const std::string_view tag : split(wanted, ',')) {
    if (trim(tag) == "*" || trim(tag) == current) return Done{};
  }
  return conflict("the set '" + printable(name) + "' has changed: it is at revision " +
                      std::to_string(view.set.revision) + " now; read it again, then decide again",
                  std::string(kPreconditionFailed));
}

HttpReply outcome_reply(const Call& call, int status, const RequestOutcome& outcome) {
  if (!outcome.job_id.empty()) call.manager.scheduler.poke();
  HttpReply reply = json_reply(status, render(outcome));
  reply.headers.add("ETag", etag(outcome.set.revision));
  return reply;
}

// 202 if a job does the rest, 200 if there was nothing to do.
int status_of(const RequestOutcome& outcome) { return outcome.job_id.empty() ? 200 : 202; }

}  // namespace

std::string set_name(const Call& call) {
  const std::string& given = call.params[0];
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::ranges::all_of(given, is_ascii)) return given;
  const Result<HostPattern> name = HostPattern::parse(given);
  return name ? name->ascii() : given;
}

Result<HttpReply> request_set(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const RequestInput input, read_request(body));
  TRY(const RequestOutcome outcome, call.manager.requests.request(input, call.actor));
  return outcome_reply(call, outcome.created && !input.dry_run ? 201 : status_of(outcome), outcome);
}

Result<HttpReply> list_sets(const Call& call) {
  TRY(const std::int64_t limit, call.query.number("limit", kPage, 1, kLongestPage));
  TRY(const std::vector<SetView> views,
      call.manager.requests.list(call.query.text("after"), static_cast<std::size_t>(limit)));
  const bool more = views.size() == static_cast<std::size_t>(limit);
  boost::json::object page{{"sets", render_all(views)}};
  page["next"] = more ? boost::json::value(views.back().set.name) : boost::json::value();
  return json_reply(200, page);
}

Result<HttpReply> show_status(const Call& call) {
  TRY(const std::int64_t limit, call.query.number("limit", kStatusPage, 1, kStatusPage));
  TRY(const std::vector<SetStatusLine> lines,
      call.manager.requests.status(call.query.text("after"), static_cast<std::size_t>(limit)));
  const bool more = lines.size() == static_cast<std::size_t>(limit);
  boost::json::object page{{"sets", render_all(lines)}};
  page["next"] = more ? boost::json::value(lines.back().set.name) : boost::json::value();
  return json_reply(200, page);
}

Result<HttpReply> show_set(const Call& call) {
  TRY(const SetView view, call.manager.requests.show(set_name(call)));
  HttpReply reply = json_reply(200, render(view));
  reply.headers.add("ETag", etag(view.set.revision));
  return reply;
}

Result<HttpReply> delete_set(const Call& call) {
  CHECK_OK(check_if_match(call, set_name(call)));
  CHECK_OK(call.manager.requests.remove(set_name(call), call.actor));
  return HttpReply{.status = 204, .headers = {}, .body = {}};
}

Result<HttpReply> renew_set(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const RenewInput input, read_renew(body));
  CHECK_OK(check_if_match(call, set_name(call)));
  TRY(const RequestOutcome outcome, call.manager.requests.renew(set_name(call), input.force, call.actor));
  return outcome_reply(call, status_of(outcome), outcome);
}

Result<HttpReply> revoke_set(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const RevokeInput input, read_revoke(body));
  CHECK_OK(check_if_match(call, set_name(call)));
  TRY(const RequestOutcome outcome,
      call.manager.requests.revoke(set_name(call), input.reason, input.leave_empty, call.actor));
  return outcome_reply(call, status_of(outcome), outcome);
}

Result<HttpReply> show_csr(const Call& call) {
  std::optional<KeyType> key_type;
  if (const std::string text = call.query.text("key_type"); !text.empty()) {
    TRY(key_type, parse_key_type(text));
  }
  TRY(const auto requests, call.manager.manual.requests(set_name(call), key_type));
  boost::json::array all;
  for (const OpenRequest& request : requests) {
    all.emplace_back(boost::json::object{{"key_type", key_type_name(request.key_type)},
                                         {"pem", request.pem},
                                         {"answered", request.answered},
                                         {"created", to_rfc3339(request.created)}});
  }
  return json_reply(200, boost::json::object{{"requests", std::move(all)}});
}

Result<HttpReply> complete_set(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const JsonObject object, JsonObject::of(body));
  CHECK_OK(known_members(object, {"files"}));
  TRY(const auto files, read_files(object, "files"));
  TRY(const CompleteOutcome outcome, call.manager.manual.complete(set_name(call), files, call.actor));
  if (!outcome.job_id.empty()) call.manager.scheduler.poke();
  boost::json::object out{{"set", render(outcome.set)}};
  out["job"] = outcome.job_id.empty() ? boost::json::value() : boost::json::value(outcome.job_id);
  out["accepted"] = json_key_types(outcome.accepted);
  out["missing"] = json_key_types(outcome.missing);
  out["warnings"] = json_strings(outcome.warnings);
  out["summary"] = outcome.summary;
  return json_reply(outcome.job_id.empty() ? 200 : 202, out);
}

Result<HttpReply> cancel_set(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  CHECK_OK(read_nothing(body));
  TRY(const CredentialSet set, call.manager.manual.cancel(set_name(call), call.actor));
  return json_reply(200, render(set));
}

}  // namespace certstead
