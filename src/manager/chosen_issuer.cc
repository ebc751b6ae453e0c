#include "manager/chosen_issuer.h"

#include "manager/micro_ca_flow.h"

namespace certstead {

Result<ChosenIssuer> choose_issuer(const Context& context, const std::string& name, bool dry_run,
                                   const Actor& actor) {
  auto found = context.store.issuers.find_issuer(name);
  if (found) return ChosenIssuer{std::move(*found)};
  if (found.error().code != Code::kNotFound || name != kDefaultMicroCa) return found.error();
  if (dry_run) {
    IssuerRecord later;
    later.name = kDefaultMicroCa;
    later.kind = kMicroCaKind;
    return ChosenIssuer{std::move(later)};
  }
  TRY(const bool made, context.ca.ensure_default(actor.name));
  TRY(IssuerRecord issuer, context.store.issuers.find_issuer(name));
  return ChosenIssuer{std::move(issuer), made};
}

std::string made_text(const IssuerRecord& issuer) {
  return "the CA \"" + issuer.name + "\" was made for it: certstead microca show " + issuer.name;
}

}  // namespace certstead
