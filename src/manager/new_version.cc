#include "manager/new_version.h"

#include <algorithm>
#include <iterator>

#include "base/id.h"
#include "manager/set_readers.h"

namespace certstead {
namespace {

// Members may have been given access since the key was made. The export identity has it from the start or
// never: an order whose key differs in that is not carried on.
Status grant_to_the_rest(const Context& context, const std::vector<Recipient>& readers,
                         CredentialVersion& version) {
  std::vector<Recipient> missing;
  for (const Recipient& reader : readers) {
    const bool granted = std::any_of(version.grants.begin(), version.grants.end(),
                                     [&](const Grant& grant) { return grant.recipient == reader.id; });
    if (!granted && reader.id != kExportRecipient) missing.push_back(reader);
  }
  if (missing.empty()) return Done{};
  TRY(auto more, context.sealer.grant(version.key, version.grants, missing));
  std::move(more.begin(), more.end(), std::back_inserter(version.grants));
  return Done{};
}

}  // namespace

Result<CredentialVersion> version_from(const Context& context, const CredentialSet& set, const Order& order,
                                       const std::vector<Recipient>& readers) {
  CredentialVersion version;
  version.id = make_id();
  version.set_id = set.id;
  version.key_type = order.key_type;
  version.version = order.version;
  version.key = order.key;
  version.grants = order.grants;
  version.chain = order.chain;
  version.issuer = order.issuer;
  version.account = order.account;
  version.activated = context.clock.now();
  TRY(version.facts, context.inspector.facts(order.chain.front()));
  CHECK_OK(grant_to_the_rest(context, readers, version));
  CHECK_OK(sign_version(context, set, version));
  return version;
}

Status sign_version(const Context& context, const CredentialSet& set, CredentialVersion& version) {
  TRY(auto signature, context.signer.sign_credential(feed_credential(set, version)));
  version.signer = std::move(signature.signer);
  version.signature = std::move(signature.bytes);
  return Done{};
}

}  // namespace certstead
