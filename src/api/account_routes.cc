#include "api/body.h"
#include "api/render.h"
#include "api/routes.h"

namespace certstead {

Result<HttpReply> list_accounts(const Call& call) {
  TRY(const std::vector<Account> accounts, call.manager.accounts.list());
  return json_reply(200, boost::json::object{{"accounts", render_all(accounts)}});
}

Result<HttpReply> add_account(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const AccountInput input, read_account(body));
  TRY(const Account account, call.manager.accounts.add(input, call.actor));
  return json_reply(201, render(account));
}

Result<HttpReply> show_account(const Call& call) {
  TRY(const Account account, call.manager.accounts.show(call.params[0], call.params[1]));
  return json_reply(200, render(account));
}

Result<HttpReply> agree_account(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  CHECK_OK(read_nothing(body));
  TRY(const Account account, call.manager.accounts.agree(call.params[0], call.params[1], call.actor));
  return json_reply(200, render(account));
}

Result<HttpReply> rollover_account(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  CHECK_OK(read_nothing(body));
  TRY(const Account account, call.manager.accounts.roll_key(call.params[0], call.params[1], call.actor));
  return json_reply(200, render(account));
}

Result<HttpReply> delete_account(const Call& call) {
  CHECK_OK(call.manager.accounts.remove(call.params[0], call.params[1], call.actor));
  return HttpReply{.status = 204, .headers = {}, .body = {}};
}

}  // namespace certstead
