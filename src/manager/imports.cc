#include "manager/imports.h"

#include <algorithm>
#include <array>

#include "manager/import_run.h"
#include "manager/set_changes.h"

namespace certstead {
namespace {

constexpr Duration kViewPatience = std::chrono::seconds{2};

}  // namespace

std::string_view import_action_name(ImportAction action) {
  constexpr std::array<std::string_view, 4> kNames = {"created", "updated", "unchanged", "failed"};
  return kNames.at(static_cast<std::size_t>(action));
}

std::size_t ImportOutcome::count(ImportAction action) const {
  return static_cast<std::size_t>(std::ranges::count(sets, action, &ImportedSetOutcome::action));
}

Result<ImportOutcome> Imports::run(const ImportOrder& order, const Actor& actor) {
  if (!order.name.empty()) CHECK_OK(check_set_name(order.name));
  ImportInput input;
  input.files.reserve(order.files.size());
  for (const ImportFile& file : order.files) input.files.push_back({file.name, file.content.clone()});
  for (const SecretBytes& one : order.passwords) input.passwords.push_back(one.clone());
  TRY(input.roots, context_.store.roots.list_roots());
  input.now = context_.clock.now();
  TRY(ImportReading reading, importer_.read(input));
  if (!order.name.empty() && reading.sets.size() > 1) {
    return invalid("one name was given, and the files hold credentials for " +
                       std::to_string(reading.sets.size()) +
                       " different lists of host names; leave the name out, or import them one by one",
                   "import-name");
  }
  TRY(ImportOutcome outcome, ImportRun(context_, bulk_, order, actor).run(std::move(reading)));
  if (outcome.count(ImportAction::kCreated) + outcome.count(ImportAction::kUpdated) > 0 && !order.dry_run) {
    // Whoever asks what is served right after an import wants to see it. A view that lags says so itself.
    const auto head = context_.store.feed.wait_for_change(0, Deadline::after(Duration{0}));
    if (head) static_cast<void>(context_.members.wait_applied(*head, Deadline::after(kViewPatience)));
  }
  return outcome;
}

}  // namespace certstead
