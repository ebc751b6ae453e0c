#include <unistd.h>

#include "api/body.h"
#include "api/render.h"
#include "api/routes.h"

namespace certstead {
namespace {

constexpr std::int64_t kLargestPiece = std::int64_t{8} << 20;

Result<Backups*> backups_of(const Call& call) {
  if (call.manager.backups != nullptr) return call.manager.backups;
  return unavailable("this manager makes no backups", "backup-none");
}

// Whoever may name recipients may read every key: that takes what reading the identity takes.
Status check_owner(const Call& call) {
  const bool owner = call.http.peer && (call.http.peer->uid == 0 || call.http.peer->uid == ::geteuid());
  if (owner) return Done{};
  return denied("only root and the manager's own user may name who can open backups; use sudo",
                "backup-recipient-rights");
}

boost::json::object render(const BackupRecipient& recipient) {
  return {{"name", recipient.name},
          {"fingerprint", recipient.fingerprint},
          {"added", to_rfc3339(recipient.added)}};
}

boost::json::object render(const SealedBackup& backup) {
  boost::json::object out{{"id", backup.id}, {"size", backup.size}, {"sha256", backup.sha256}};
  out["epoch"] = backup.epoch;
  out["seq"] = backup.seq;
  out["made"] = to_rfc3339(backup.made);
  out["recipients"] = json_strings(backup.recipients);
  out["parts"] = json_strings(backup.parts);
  return out;
}

}  // namespace

Result<HttpReply> list_backup_recipients(const Call& call) {
  TRY(Backups * backups, backups_of(call));
  TRY(const std::vector<BackupRecipient> all, backups->recipients());
  boost::json::array list;
  for (const BackupRecipient& one : all) list.push_back(render(one));
  boost::json::object out{{"recipients", std::move(list)}};
  out["fleet_root"] = backups->fleet_root_pem();
  return json_reply(200, out);
}

Result<HttpReply> add_backup_recipient(const Call& call) {
  CHECK_OK(check_owner(call));
  TRY(Backups * backups, backups_of(call));
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const JsonObject object, JsonObject::of(body));
  CHECK_OK(known_members(object, {"certificate"}));
  TRY(const std::string pem, object.string("certificate"));
  TRY(const BackupRecipient added, backups->add_recipient(call.params[0], pem, call.actor.name));
  return json_reply(201, render(added));
}

Result<HttpReply> delete_backup_recipient(const Call& call) {
  CHECK_OK(check_owner(call));
  TRY(Backups * backups, backups_of(call));
  CHECK_OK(backups->remove_recipient(call.params[0], call.actor.name));
  return HttpReply{204, {}, {}};
}

Result<HttpReply> create_backup(const Call& call) {
  TRY(Backups * backups, backups_of(call));
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const JsonObject object, JsonObject::of(body));
  CHECK_OK(known_members(object, {"recipients"}));
  TRY(const auto names, object.optional_strings("recipients"));
  TRY(const SealedBackup made, backups->create(names.value_or(std::vector<std::string>()), call.actor.name));
  return json_reply(201, render(made));
}

Result<HttpReply> fetch_backup(const Call& call) {
  TRY(Backups * backups, backups_of(call));
  TRY(const std::int64_t offset,
      call.query.number("offset", 0, 0, std::numeric_limits<std::int64_t>::max() / 2));
  TRY(const std::int64_t limit, call.query.number("limit", kLargestPiece, 1, kLargestPiece));
  TRY(const Bytes piece, backups->read(call.params[0], offset, static_cast<std::size_t>(limit)));
  HttpReply reply;
  reply.headers.add("Content-Type", "application/octet-stream");
  reply.body = to_text(piece);
  return reply;
}

Result<HttpReply> discard_backup(const Call& call) {
  TRY(Backups * backups, backups_of(call));
  CHECK_OK(backups->discard(call.params[0]));
  return HttpReply{204, {}, {}};
}

Result<HttpReply> hold_writes(const Call& call) {
  TRY(Backups * backups, backups_of(call));
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const JsonObject object, JsonObject::of(body));
  CHECK_OK(known_members(object, {"seconds"}));
  TRY(const auto seconds, object.optional_integer("seconds", 1, 120));
  TRY(const WriteHold hold,
      backups->hold_writes(std::chrono::seconds(seconds.value_or(30)), call.actor.name));
  return json_reply(201, boost::json::object{{"id", hold.id}, {"until", to_rfc3339(hold.until)}});
}

Result<HttpReply> release_writes(const Call& call) {
  TRY(Backups * backups, backups_of(call));
  TRY(const bool held, backups->release_writes(call.params[0], call.actor.name));
  return json_reply(200, boost::json::object{{"held", held}});
}

}  // namespace certstead
