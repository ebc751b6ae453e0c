#include "manager/acme_flow.h"

#include "manager/patience.h"

namespace certstead {

Step AcmeFlow::next_step(const Order& order, Instant now) const {
  return context_.acme.next_step(order, now);
}

Result<Order> AcmeFlow::advance(const Order& order, const Step& step, Deadline deadline) {
  return patiently([&] { return context_.acme.advance(order, step, account_.access(), deadline); });
}

Result<bool> AcmeFlow::recover(const Error& error) {
  if (error.id != "account-gone" || registered_again_) return false;
  registered_again_ = true;
  const Account& account = account_.account;
  TRY(account_, AccountDesk(context_).register_again(account.issuer, account.name));
  return true;
}

bool AcmeFlow::offers_renewal_info(Deadline deadline) {
  const auto directory = context_.authority.directory(account_.issuer, deadline);
  return directory && directory->offers_renewal_info;
}

Status AcmeFlow::revoke(const CredentialVersion& version, int reason, Deadline deadline) {
  return patiently(
      [&] { return context_.acme.revoke(version.chain.front(), reason, account_.access(), deadline); });
}

}  // namespace certstead
