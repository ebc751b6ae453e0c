#include "manager/exports.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "manager/set_readers.h"

namespace certstead {
namespace {

constexpr std::size_t kLeastCharacters = 14;
constexpr std::size_t kLeastDifferent = 7;

AuditNote note_of(const Actor& actor, std::string action, std::string_view object, std::string detail = {}) {
  return {actor.name, std::move(action), std::string(object), std::move(detail)};
}

}  // namespace

Status check_export_password(const SecretBytes& password) {
  std::size_t characters = 0;
  std::set<std::uint8_t> different;
  for (const std::uint8_t byte : password.reveal()) {
    if ((byte & 0xc0U) != 0x80U) ++characters;  // not the later bytes of one in UTF-8
    different.insert(byte);
  }
  if (characters >= kLeastCharacters && different.size() >= kLeastDifferent) return Done{};
  return invalid("the export password opens every exportable key: it needs at least " +
                     std::to_string(kLeastCharacters) + " characters, " + std::to_string(kLeastDifferent) +
                     " different ones among them",
                 "export-password-weak");
}

Result<ExportState> ExportDesk::state() {
  const auto identity = context_.store.exports.export_identity();
  if (!identity && identity.error().code == Code::kNotFound) return ExportState{};
  if (!identity) return identity.error();
  return ExportState{true, identity->created, identity->password_changed, identity->locked_until,
                     identity->failures};
}

Status ExportDesk::setup(const SecretBytes& password, const Actor& actor) {
  CHECK_OK(check_export_password(password));
  TRY(const ExportIdentity identity, vault_.make_identity(password));
  return context_.store.exports.create_export_identity(identity, note_of(actor, "export.setup", "export"));
}

template <class Use>
auto ExportDesk::counted(const Actor& actor, std::string_view object, const Use& use)
    -> decltype(use(std::declval<const ExportIdentity&>())) {
  TRY(const int failures, context_.store.exports.begin_export_try(context_.clock.now()));
  TRY(const ExportIdentity identity, context_.store.exports.export_identity());
  auto used = use(identity);
  if (!used && used.error().id == "export-password") {
    CHECK_OK(context_.store.audit.add_audit(
        note_of(actor, "export.refused", object,
                "wrong export password, " + std::to_string(failures) + " in a row")));
    context_.log.warning("export.refused", {{"actor", actor.name}, {"object", object}});
    return used;
  }
  CHECK_OK(context_.store.exports.clear_export_tries());
  return used;
}

Status ExportDesk::change_password(const SecretBytes& old_password, const SecretBytes& new_password,
                                   const Actor& actor) {
  CHECK_OK(check_export_password(new_password));
  Bytes before;
  TRY(const Bytes changed, counted(actor, "export", [&](const ExportIdentity& identity) {
        before = identity.encrypted_key;
        return vault_.change_password(identity, old_password, new_password);
      }));
  return context_.store.exports.change_export_password(before, changed, context_.clock.now(),
                                                       note_of(actor, "export.password", "export"));
}

// The active versions that were asked for; all of them must have been made to be taken out.
Result<std::vector<CredentialVersion>> ExportDesk::exportable(const ExportInput& input) {
  TRY(const CredentialSet set, context_.store.sets.find_set_by_name(input.set_name));
  TRY(auto active, context_.store.versions.active_versions(set.id));
  if (!input.key_type.empty()) {
    TRY(const KeyType wanted, parse_key_type(input.key_type));
    std::erase_if(active, [&](const CredentialVersion& version) { return version.key_type != wanted; });
  }
  if (active.empty()) {
    return not_found(printable(set.name, 100) + " has no active certificate" +
                         (input.key_type.empty() ? "" : " with such a key") + " to export",
                     "nothing-active");
  }
  for (const CredentialVersion& version : active) {
    if (granted_to_export(version.grants)) continue;
    return denied("the " + std::string(key_type_name(version.key_type)) + " key of " +
                      printable(set.name, 100) + " was made to stay here; " +
                      (set.exportable ? "renew the set, then the next one can be exported"
                                      : "request the set again with --exportable, then its next key can be "
                                        "exported"),
                  "not-exportable");
  }
  return active;
}

Result<std::vector<ExportedCredential>> ExportDesk::export_set(const ExportInput& input, const Actor& actor) {
  if (input.file_password.empty())
    return invalid("exported keys are encrypted; give a password for the file", "password-empty");
  TRY(const auto active, exportable(input));
  std::vector<ExportVault::Granted> sealed;
  for (const CredentialVersion& version : active) sealed.push_back({version.key, version.grants});
  TRY(const auto keys, counted(actor, input.set_name, [&](const ExportIdentity& identity) {
        return vault_.open(identity, input.password, sealed);
      }));
  std::vector<ExportedCredential> out;
  std::string serials;
  for (std::size_t i = 0; i < active.size(); ++i) {
    const CredentialVersion& version = active[i];
    TRY(SecretBytes content,
        encoder_.encode(input.format, keys[i], version.chain, input.file_password, input.set_name));
    serials += (serials.empty() ? "" : ", ") + version.facts.serial;
    out.push_back({version.key_type, version.version, version.facts.serial, std::move(content)});
  }
  CHECK_OK(context_.store.audit.add_audit(note_of(actor, "key.export", input.set_name, serials)));
  return out;
}

}  // namespace certstead
