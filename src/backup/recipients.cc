#include "backup/recipients.h"

#include <algorithm>

#include "backup/sealed_stream.h"
#include "base/codec.h"
#include "base/encoding.h"
#include "base/text.h"
#include "vault/identity_name.h"

namespace certstead {
namespace {

constexpr std::string_view kSetting = "backup-recipients";
constexpr std::string_view kContext = "backup-recipients";

// One value for the whole list, so that nobody can put an old entry back either without the rest.
Bytes encode(const std::vector<BackupRecipient>& all) {
  Encoder out;
  out.text("certstead-backup-recipients-1").u32(static_cast<std::uint32_t>(all.size()));
  for (const BackupRecipient& one : all) out.text(one.name).bytes(one.certificate).i64(to_unix_ms(one.added));
  return out.take();
}

Result<std::vector<BackupRecipient>> decode(BytesView bytes) {
  Decoder in(bytes);
  static_cast<void>(in.text());
  std::vector<BackupRecipient> all(in.count(16));
  for (BackupRecipient& one : all) {
    one.name = in.text();
    const BytesView der = in.bytes();
    one.certificate.assign(der.begin(), der.end());
    one.added = from_unix_ms(in.i64());
  }
  CHECK_OK(in.finish());
  for (BackupRecipient& one : all) {
    TRY(const Certificate certificate, Certificate::from_der(one.certificate));
    one.fingerprint = certificate.fingerprint();
  }
  return all;
}

Error unknown(std::string_view name) {
  return not_found("there is no backup recipient called \"" + printable(name, 60) +
                       "\"; certstead backup recipient list shows them",
                   "backup-recipient");
}

auto find(std::vector<BackupRecipient>& all, std::string_view name) {
  return std::find_if(all.begin(), all.end(), [&](const BackupRecipient& one) { return one.name == name; });
}

Result<BackupRecipient> recipient_of(std::string_view name, std::string_view pem, Instant now) {
  CHECK_OK(check_identity_id(name));
  TRY(const auto certificates, Certificate::all_from_pem(pem));
  if (certificates.size() != 1 || certificates[0].public_key().type() != KeyType::kP256) {
    return invalid(
        "a backup recipient is one P-256 certificate; make it with certstead backup recipient create",
        "backup-recipient");
  }
  return BackupRecipient{std::string(name), certificates[0].fingerprint(), certificates[0].der(), now};
}

}  // namespace

Result<std::vector<BackupRecipient>> RecipientList::list() {
  TRY(const auto value, settings_.setting(kSetting));
  if (!value) return std::vector<BackupRecipient>();
  TRY(const Bytes stored, base64_decode(*value));
  Decoder in(stored);
  const BytesView content = in.bytes();
  Sealer::Signature signature;
  signature.signer = in.text();
  const BytesView bytes = in.bytes();
  signature.bytes.assign(bytes.begin(), bytes.end());
  CHECK_OK(in.finish());
  const Status verified = sealer_.verify(kContext, content, signature);
  if (!verified) return verified.error().within("the list of backup recipients");
  return decode(content);
}

Status RecipientList::store(const std::vector<BackupRecipient>& all, const AuditNote& note) {
  const Bytes content = encode(all);
  TRY(const Sealer::Signature signature, sealer_.sign(kContext, content));
  const Bytes value = Encoder().bytes(content).text(signature.signer).bytes(signature.bytes).take();
  return settings_.set_setting(kSetting, base64_encode(value), note);
}

Result<BackupRecipient> RecipientList::add(std::string_view name, std::string_view certificate_pem,
                                           std::string_view actor) {
  const std::lock_guard hold(changing_);
  TRY(auto all, list());
  TRY(const BackupRecipient fresh, recipient_of(name, certificate_pem, clock_.now()));
  if (find(all, name) != all.end())
    return conflict("there is a backup recipient called \"" + std::string(name) + "\" already",
                    "backup-recipient");
  if (all.size() >= kMaxBackupRecipients)
    return invalid("there are " + std::to_string(all.size()) + " backup recipients; delete one first",
                   "backup-recipient");
  all.push_back(fresh);
  CHECK_OK(store(all, {std::string(actor), "backup.recipient-add", fresh.name, fresh.fingerprint}));
  return fresh;
}

Status RecipientList::remove(std::string_view name, std::string_view actor) {
  const std::lock_guard hold(changing_);
  TRY(auto all, list());
  const auto found = find(all, name);
  if (found == all.end()) return unknown(name);
  const std::string fingerprint = found->fingerprint;
  all.erase(found);
  return store(all, {std::string(actor), "backup.recipient-delete", std::string(name), fingerprint});
}

Result<std::vector<BackupRecipient>> RecipientList::choose(const std::vector<std::string>& names) {
  TRY(auto all, list());
  if (names.empty()) return all;
  std::vector<BackupRecipient> out;
  for (const std::string& name : names) {
    const auto found = find(all, name);
    if (found == all.end()) return unknown(name);
    out.push_back(*found);
  }
  return out;
}

}  // namespace certstead
