#include <algorithm>

#include "api/body.h"
#include "api/files.h"
#include "api/render.h"
#include "api/routes.h"
#include "base/encoding.h"
#include "base/text.h"
#include "crypto/pem.h"

namespace certstead {
namespace {

constexpr std::int64_t kPage = 100;
constexpr std::int64_t kLongestPage = 500;

std::string pem_of(const std::vector<Bytes>& chain) {
  std::string out;
  for (const Bytes& der : chain) out += encode_pem("CERTIFICATE", der);
  return out;
}

boost::json::object render_ca(const CaView& view) {
  const CaRecord& ca = view.record;
  std::vector<std::string> reasons;
  for (const CaProblem& problem : view.problems) reasons.push_back(problem.detail);
  boost::json::object out{{"name", ca.name},
                          {"key_type", key_type_name(ca.key_type)},
                          {"subordinate", ca.subordinate},
                          {"waiting", ca.is_waiting()},
                          {"permitted", json_strings(ca.permitted)},
                          {"crl_url", ca.crl_url},
                          {"crl_next_update", json_time(ca.crl_next_update)},
                          {"health", health_name(view.health())},
                          {"reasons", json_strings(reasons)},
                          {"created", to_rfc3339(ca.created)}};
  if (!ca.csr.empty()) out["csr"] = encode_pem("CERTIFICATE REQUEST", ca.csr);
  if (!ca.chain.empty()) out["chain"] = pem_of(ca.chain);
  if (view.facts) {
    out["subject"] = view.facts->subject;
    out["serial"] = view.facts->serial;
    out["fingerprint"] = view.facts->fingerprint;
    out["not_before"] = to_rfc3339(view.facts->not_before);
    out["not_after"] = to_rfc3339(view.facts->not_after);
  }
  return out;
}

boost::json::object render_issued(const IssuedRecord& record) {
  std::string state = record.certificate.empty() ? "reserved" : "signed";
  if (record.revoked) state = "revoked";
  boost::json::object out{{"serial", record.serial},
                          {"state", state},
                          {"profile", record.profile},
                          {"names", json_strings(record.names)},
                          {"not_before", to_rfc3339(record.not_before)},
                          {"not_after", to_rfc3339(record.not_after)},
                          {"created", to_rfc3339(record.created)},
                          {"revoked", json_time(record.revoked)}};
  out["reason"] =
      record.revocation_reason ? boost::json::value(*record.revocation_reason) : boost::json::value();
  return out;
}

Result<JsonObject> object_of(const boost::json::value& body, std::initializer_list<std::string_view> known) {
  TRY(const JsonObject object, JsonObject::of(body));
  CHECK_OK(known_members(object, known));
  return object;
}

Result<CaInput> read_ca(const boost::json::value& body) {
  TRY(const JsonObject object,
      object_of(body, {"name", "key_type", "years", "permitted", "crl_url", "subordinate"}));
  CaInput input;
  TRY(const auto name, object.optional_string("name"));
  TRY(const auto key_type, object.optional_string("key_type"));
  TRY(const auto years, object.optional_integer("years", 1, 30));
  TRY(const auto permitted, object.optional_strings("permitted"));
  TRY(const auto crl_url, object.optional_string("crl_url"));
  TRY(const auto subordinate, object.optional_boolean("subordinate"));
  input.name = name.value_or("");
  input.key_type = key_type.value_or("");
  input.years = static_cast<int>(years.value_or(input.years));
  input.permitted = permitted.value_or(std::vector<std::string>());
  input.crl_url = crl_url.value_or("");
  input.subordinate = subordinate.value_or(false);
  return input;
}

}  // namespace

Result<HttpReply> list_micro_cas(const Call& call) {
  TRY(const auto views, call.manager.cas.list());
  boost::json::array all;
  for (const CaView& view : views) all.emplace_back(render_ca(view));
  return json_reply(200, boost::json::object{{"microcas", std::move(all)}});
}

Result<HttpReply> create_micro_ca(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const CaInput input, read_ca(body));
  TRY(const CaView view, call.manager.cas.create(input, call.actor.name));
  return json_reply(201, render_ca(view));
}

Result<HttpReply> show_micro_ca(const Call& call) {
  TRY(const CaView view, call.manager.cas.show(call.params[0]));
  return json_reply(200, render_ca(view));
}

Result<HttpReply> complete_micro_ca(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const JsonObject object, object_of(body, {"files"}));
  TRY(const auto files, read_files(object, "files"));
  TRY(const auto certificates, call.manager.manual.certificates_in(files));
  TRY(const CaView view, call.manager.cas.complete(call.params[0], certificates, call.actor.name));
  return json_reply(200, render_ca(view));
}

Result<HttpReply> show_micro_ca_crl(const Call& call) {
  TRY(const Bytes crl, call.manager.cas.crl(call.params[0]));
  return json_reply(200,
                    boost::json::object{{"pem", encode_pem("X509 CRL", crl)}, {"der", base64_encode(crl)}});
}

Result<HttpReply> sign_by_micro_ca(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const JsonObject object, object_of(body, {"csr", "profile", "days"}));
  SignRequest request;
  request.ca = call.params[0];
  TRY(const Bytes file, read_file_member(object, "csr"));
  TRY(request.csr, call.manager.manual.request_in(file));
  TRY(const auto profile, object.optional_string("profile"));
  TRY(const auto days, object.optional_integer("days", 1, 10'000));
  request.profile = profile.value_or("");
  request.days = static_cast<int>(days.value_or(0));
  TRY(const SignedLeaf leaf, call.manager.cas.sign(request));
  CHECK_OK(call.manager.audit.add_audit({call.actor.name, "ca.sign", request.ca, leaf.serial}));
  return json_reply(201, boost::json::object{{"serial", leaf.serial},
                                             {"names", json_strings(leaf.names)},
                                             {"not_after", to_rfc3339(leaf.not_after)},
                                             {"chain", pem_of(leaf.chain)}});
}

Result<HttpReply> list_issued(const Call& call) {
  TRY(const std::int64_t limit, call.query.number("limit", kPage, 1, kLongestPage));
  TRY(const auto records,
      call.manager.cas.issued(call.params[0], call.query.text("after"), static_cast<std::size_t>(limit)));
  boost::json::array all;
  for (const IssuedRecord& record : records) all.emplace_back(render_issued(record));
  boost::json::object page{{"issued", std::move(all)}};
  const bool more = records.size() == static_cast<std::size_t>(limit);
  page["next"] = more ? boost::json::value(records.back().serial) : boost::json::value();
  return json_reply(200, page);
}

Result<HttpReply> revoke_issued(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const JsonObject object, object_of(body, {"serial", "reason"}));
  TRY(const std::string serial, object.string("serial"));
  TRY(const auto reason_text, object.optional_string("reason"));
  TRY(const int reason, parse_revocation_reason(reason_text.value_or("unspecified")));
  CHECK_OK(call.manager.cas.revoke(call.params[0], serial, reason, call.actor.name));
  return HttpReply{.status = 204, .headers = {}, .body = {}};
}

}  // namespace certstead
