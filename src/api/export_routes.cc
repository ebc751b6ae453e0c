#include "api/body.h"
#include "api/routes.h"
#include "base/encoding.h"

namespace certstead {
namespace {

// Contents are encrypted under the file's password; nobody in between needs to keep them nevertheless.
HttpReply unstored(HttpReply reply) {
  reply.headers.add("Cache-Control", "no-store");
  return reply;
}

}  // namespace

Result<HttpReply> export_set(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  TRY(ExportInput input, read_export(body));
  input.set_name = set_name(call);
  TRY(const auto exported, call.manager.exports.export_set(input, call.actor));
  boost::json::array credentials;
  for (const ExportedCredential& one : exported) {
    credentials.emplace_back(boost::json::object{{"key_type", key_type_name(one.key_type)},
                                                 {"version", one.version},
                                                 {"serial", one.serial},
                                                 {"content", base64_encode(one.content.reveal())}});
  }
  return unstored(
      json_reply(200, boost::json::object{{"set", input.set_name}, {"credentials", std::move(credentials)}}));
}

Result<HttpReply> show_export(const Call& call) {
  TRY(const ExportState state, call.manager.exports.state());
  return json_reply(200, boost::json::object{{"set_up", state.set_up},
                                             {"created", json_time(state.created)},
                                             {"password_changed", json_time(state.password_changed)},
                                             {"failures", state.failures},
                                             {"locked_until", json_time(state.locked_until)}});
}

Result<HttpReply> set_up_export(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const ExportPasswords input, read_export_passwords(body, false));
  CHECK_OK(call.manager.exports.setup(input.password, call.actor));
  return show_export(call);
}

Result<HttpReply> change_export_password(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const ExportPasswords input, read_export_passwords(body, true));
  CHECK_OK(call.manager.exports.change_password(input.old_password, input.password, call.actor));
  return show_export(call);
}

}  // namespace certstead
