#include "api/body.h"
#include "api/render.h"
#include "api/routes.h"
#include "base/encoding.h"
#include "base/text.h"

namespace certstead {
namespace {

// base64 of all that may be imported at once, and the JSON around it.
constexpr std::size_t kMaxImportBody = kMaxImportBytes / 3 * 4 + (std::size_t{8} << 20);

Result<ImportFile> read_file_member(const JsonObject& file) {
  CHECK_OK(known_members(file, {"name", "text", "data"}));
  ImportFile out;
  TRY(out.name, file.string("name"));
  TRY(const auto text, file.optional_string("text"));
  TRY(const auto data, file.optional_string("data"));
  if (text.has_value() == data.has_value()) {
    return invalid("give the content of " + printable(out.name, 100) +
                   " as 'text' (PEM) or as 'data' (base64 of any file), one of the two");
  }
  if (text) {
    out.content = SecretBytes(view_bytes(*text));
  } else {
    auto bytes = base64_decode(*data);
    if (!bytes) return bytes.error().within("the 'data' of " + printable(out.name, 100));
    out.content = SecretBytes(std::move(*bytes));
  }
  return out;
}

Result<ImportOrder> read_order(const boost::json::value& body) {
  TRY(const JsonObject object, JsonObject::of(body));
  CHECK_OK(
      known_members(object, {"files", "passwords", "name", "take_over", "replace", "exportable", "dry_run"}));
  ImportOrder order;
  TRY(const std::vector<JsonObject> files, object.objects("files"));
  for (const JsonObject& file : files) {
    TRY(ImportFile one, read_file_member(file));
    order.files.push_back(std::move(one));
  }
  TRY(const auto passwords, object.optional_strings("passwords"));
  if (passwords) {
    for (const std::string& one : *passwords) order.passwords.emplace_back(view_bytes(one));
  }
  TRY(const auto name, object.optional_string("name"));
  TRY(const auto take_over, object.optional_string("take_over"));
  TRY(const auto replace, object.optional_boolean("replace"));
  TRY(const auto exportable, object.optional_boolean("exportable"));
  TRY(const auto dry_run, object.optional_boolean("dry_run"));
  order.name = name.value_or("");
  order.take_over = take_over.value_or("");
  order.replace = replace.value_or(false);
  order.exportable = exportable.value_or(false);
  order.dry_run = dry_run.value_or(false);
  return order;
}

boost::json::object render_certificate(const CertificateFacts& facts) {
  boost::json::object out;
  out["key_type"] = facts.key_type ? boost::json::value(key_type_name(*facts.key_type)) : nullptr;
  out["serial"] = facts.serial;
  out["issuer"] = facts.issuer;
  out["fingerprint"] = facts.fingerprint;
  out["not_before"] = to_rfc3339(facts.not_before);
  out["not_after"] = to_rfc3339(facts.not_after);
  return out;
}

boost::json::object render_set(const ImportedSetOutcome& set) {
  boost::json::object out{{"name", set.name}, {"result", import_action_name(set.action)}};
  boost::json::array names, certificates;
  for (const HostPattern& name : set.names) names.push_back(json_name(name));
  for (const CertificateFacts& facts : set.certificates) certificates.push_back(render_certificate(facts));
  out["names"] = std::move(names);
  out["certificates"] = std::move(certificates);
  out["warnings"] = json_strings(set.warnings);
  out["error"] = nullptr;
  if (set.error) {
    out["error"] = boost::json::object{
        {"code", code_name(set.error->code)}, {"id", set.error->id}, {"detail", set.error->detail}};
  }
  return out;
}

boost::json::object render_note(const ImportNote& note) {
  boost::json::object out{
      {"file", printable(note.file, 1000)}, {"position", note.position}, {"kind", note.kind}};
  out["subject"] = note.subject.empty() ? boost::json::value() : boost::json::value(note.subject);
  out["fingerprint"] = note.fingerprint.empty() ? boost::json::value() : boost::json::value(note.fingerprint);
  out["id"] = note.id;
  out["reason"] = note.reason;
  return out;
}

}  // namespace

Result<HttpReply> import_files(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http, kMaxImportBody));
  TRY(const ImportOrder order, read_order(body));
  if (call.manager.imports == nullptr) return unavailable("this manager imports nothing");
  TRY(const ImportOutcome outcome, call.manager.imports->run(order, call.actor));
  boost::json::object reply{{"dry_run", order.dry_run}};
  boost::json::array sets, used, dropped;
  for (const ImportedSetOutcome& set : outcome.sets) sets.push_back(render_set(set));
  for (const ImportNote& note : outcome.used) used.push_back(render_note(note));
  for (const ImportNote& note : outcome.dropped) dropped.push_back(render_note(note));
  reply["sets"] = std::move(sets);
  reply["used"] = std::move(used);
  reply["dropped"] = std::move(dropped);
  return json_reply(200, reply);
}

}  // namespace certstead
