#include "manager/flow.h"

#include "manager/acme_flow.h"
#include "manager/manual_flow.h"
#include "manager/micro_ca_flow.h"

namespace certstead {

Result<std::unique_ptr<Flow>> open_flow(const Context& context, std::string_view issuer_name,
                                        std::string_view account) {
  TRY(IssuerRecord issuer, context.store.issuers.find_issuer(issuer_name));
  if (issuer.kind == kManual) return std::unique_ptr<Flow>(std::make_unique<ManualFlow>(std::move(issuer)));
  if (issuer.kind == kMicroCaKind)
    return std::unique_ptr<Flow>(std::make_unique<MicroCaFlow>(context, std::move(issuer)));
  TRY(AccountDesk::Opened opened, AccountDesk(context).open(issuer_name, account));
  return std::unique_ptr<Flow>(std::make_unique<AcmeFlow>(context, std::move(opened)));
}

}  // namespace certstead
