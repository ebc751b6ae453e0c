#include "dns/dxl_provider.h"

#include <algorithm>

#include "base/text.h"
#include "dns/dxl_command.h"
#include "dns/dxl_fields.h"
#include "dns/dxl_run.h"

namespace certstead {
namespace {

class DxlProvider final : public DnsProvider {
 public:
  DxlProvider(DxlDefinition definition, DxlFields fields, Exchange exchange, const RecipeHouse& house)
      : definition_(std::move(definition)),
        fields_(std::move(fields)),
        exchange_(std::move(exchange)),
        house_(house) {}

  Result<std::string> add(const TxtRecord& record, Deadline deadline) override {
    Scratch scratch;
    CHECK_OK(fields_.fill(record, scratch));
    TRY(const NamedLocks::Hold hold, lock(record, deadline));
    CHECK_OK(DxlRun(definition_, exchange_, house_.clock, scratch, deadline).add());
    return scratch.keep(fields_.changed_names(scratch));
  }

  Status remove(const TxtRecord& record, std::string_view kept, Deadline deadline) override {
    Scratch scratch;
    CHECK_OK(scratch.restore(kept));
    CHECK_OK(fields_.fill(record, scratch));
    TRY(const NamedLocks::Hold hold, lock(record, deadline));
    return DxlRun(definition_, exchange_, house_.clock, scratch, deadline).remove(kept.empty());
  }

 private:
  // Documents may read a record set and write it back.
  Result<NamedLocks::Hold> lock(const TxtRecord& record, Deadline deadline) {
    return house_.locks.take("dxl " + definition_.config.name + " " + record.name, deadline);
  }

  const DxlDefinition definition_;
  const DxlFields fields_;
  const Exchange exchange_;
  const RecipeHouse house_;
};

Error not_approved(const DxlDefinition& definition) {
  const std::string wants = definition.kind == DxlDefinition::Kind::kCommand
                                ? "runs commands"
                                : "reaches " + printable(join(definition.origins, ", "), 200);
  const std::string otherwise = definition.kind == DxlDefinition::Kind::kCommand
                                    ? ""
                                    : ", or set the account's cfg_URL to the server that is meant";
  return denied("the document '" + printable(definition.config.name, 60) + "' " + wants +
                    ", which nobody has approved: read it, then approve SHA-256 " +
                    definition.demands_sha256 + otherwise,
                "command-not-approved");
}

bool is_approved(const DxlDefinition& definition, const std::string& approved) {
  return definition.demands.empty() || equals_ignoring_case(approved, definition.demands_sha256);
}

}  // namespace

Result<DnsProviderFacts> describe_dxl(const DnsDefinition& definition) {
  TRY(DxlDefinition parsed, parse_dxl_definition(definition.text, definition.name));
  return std::move(parsed.facts);
}

Result<std::unique_ptr<DnsProvider>> open_dxl(const DnsDefinition& definition, const DnsAccount& account,
                                              const DnsSecrets& secrets, DnsTrace trace,
                                              const RecipeHouse& house) {
  TRY(DxlDefinition parsed, parse_dxl_definition(definition.text, definition.name));
  TRY(DxlFields fields, DxlFields::make(parsed, account, secrets));
  const bool approved = is_approved(parsed, definition.approved);
  if (parsed.kind == DxlDefinition::Kind::kCommand) {
    if (!approved) return not_approved(parsed);
    return open_dxl_command(std::move(parsed), std::move(fields), std::move(trace), house.clock);
  }
  // An account that says where its server is makes the document's own address moot.
  const bool elsewhere = account.settings.contains("cfg_URL") && !account.settings.at("cfg_URL").empty();
  if (!approved && !elsewhere) return not_approved(parsed);
  ExchangeRules rules;
  rules.hosts = parsed.hosts;
  rules.hosts.insert(rules.hosts.end(), fields.hosts().begin(), fields.hosts().end());
  rules.origins = fields.origins();
  if (approved) rules.origins.insert(rules.origins.end(), parsed.origins.begin(), parsed.origins.end());
  Exchange exchange(house.clients, std::move(rules), std::move(trace));
  return std::unique_ptr<DnsProvider>(
      std::make_unique<DxlProvider>(std::move(parsed), std::move(fields), std::move(exchange), house));
}

}  // namespace certstead
