// Use cases of keys that a person may take out.
#pragma once

#include "manager/context.h"
#include "model/credential_encoder.h"

namespace certstead {

struct ExportedCredential {
  KeyType key_type = KeyType::kP256;
  std::int64_t version = 1;
  std::string serial;
  SecretBytes content;  // in the format that was asked for
};

struct ExportInput {
  std::string set_name;
  std::string key_type;  // "": all of the set
  ExportFormat format = ExportFormat::kPem;
  SecretBytes password;       // of the export identity
  SecretBytes file_password;  // under which the keys are handed out
};

struct ExportState {
  bool set_up = false;
  std::optional<Instant> created, password_changed, locked_until;
  int failures = 0;
};

// Nothing here leaves a trace of a password. The password is checked by the manager and not by whoever asks,
// although that sends it over the socket: a caller that was handed the encrypted key could guess without
// being counted.
class ExportDesk {
 public:
  ExportDesk(Context context, ExportVault& vault, CredentialEncoder& encoder)
      : context_(context), vault_(vault), encoder_(encoder) {}

  Result<ExportState> state();
  // Makes the export identity. kInvalid ("export-password-weak") with the rule; kConflict if there is one.
  Status setup(const SecretBytes& password, const Actor& actor);
  // kDenied ("export-password") for a wrong old one; kLimited after too many.
  Status change_password(const SecretBytes& old_password, const SecretBytes& new_password,
                         const Actor& actor);
  // The active credentials of a set. kDenied: "not-exportable" before any password is looked at,
  // "export-password"; kLimited ("export-locked"). Every outcome with a password is in the audit log.
  Result<std::vector<ExportedCredential>> export_set(const ExportInput& input, const Actor& actor);

 private:
  Result<std::vector<CredentialVersion>> exportable(const ExportInput& input);
  // Runs `use`, which needs the password, as one counted try.
  template <class Use>
  auto counted(const Actor& actor, std::string_view object, const Use& use)
      -> decltype(use(std::declval<const ExportIdentity&>()));

  Context context_;
  ExportVault& vault_;
  CredentialEncoder& encoder_;
};

// At least 14 characters, 7 different ones among them. kInvalid ("export-password-weak").
Status check_export_password(const SecretBytes& password);

}  // namespace certstead
