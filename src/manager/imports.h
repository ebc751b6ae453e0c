// Use cases of import: credentials that were made elsewhere.
#pragma once

#include "manager/context.h"
#include "model/bulk_activation.h"
#include "model/importer.h"

namespace certstead {

struct ImportOrder {
  std::vector<ImportFile> files = {};
  std::vector<SecretBytes> passwords = {};
  std::string name = {};       // for the one set that comes out; "": its first host name
  std::string take_over = {};  // issuer that renews the sets by ACME from now on; "": nobody
  bool replace = false;        // also what ACME manages, and what is newer than the import
  bool exportable = false;     // a person with the export password may take the keys out again
  bool dry_run = false;        // report only
};

enum class ImportAction { kCreated, kUpdated, kUnchanged, kFailed };
std::string_view import_action_name(ImportAction action);  // "created", "updated", "unchanged", "failed"

// What became (on a dry run: would become) of one set.
struct ImportedSetOutcome {
  std::string name;
  std::vector<HostPattern> names;
  ImportAction action = ImportAction::kFailed;
  std::vector<CertificateFacts> certificates;  // one for each key type
  std::vector<std::string> warnings;
  std::optional<Error> error;  // kFailed
};

struct ImportOutcome {
  std::vector<ImportedSetOutcome> sets;
  std::vector<ImportNote> used, dropped;
  std::size_t count(ImportAction action) const;
};

// Bounds of what a set can be told about.
inline constexpr std::size_t kMaxImportedNames = 1000;

class Imports {
 public:
  // `importer` and `bulk` outlive this object, as what `context` refers to does.
  Imports(Context context, Importer& importer, BulkActivation& bulk)
      : context_(context), importer_(importer), bulk_(bulk) {}

  // Finds the credentials in the files, makes sets of them (flow "import") or renews the sets that have their
  // names, seals the keys and activates key and chain together; what was active is archived. The same key and
  // leaf again change nothing. Key types that the import does not bring stay as they are while the names are
  // the same. Thousands of sets are sealed on all processors and committed in groups; each set is whole or
  // unchanged, and one that fails leaves the others alone: its error ("import-other-flow", "import-older",
  // "import-names", "import-name-taken", "names-too-many", "set-name", or the store's) stands in its outcome.
  // An Error of the call means that nothing was changed: those of Importer::read, "import-name" (a name for
  // several sets), "account-needed", "export-not-set-up", kNotFound for an unknown issuer.
  Result<ImportOutcome> run(const ImportOrder& order, const Actor& actor);

 private:
  Context context_;
  Importer& importer_;
  BulkActivation& bulk_;
};

}  // namespace certstead
