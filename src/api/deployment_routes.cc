#include "api/body.h"
#include "api/routes.h"
#include "deploy/report_json.h"

namespace certstead {

Result<HttpReply> list_deployments(const Call& call) {
  TRY(const std::vector<DeploymentReport> all, call.manager.deployments.list());
  boost::json::array list;
  for (const DeploymentReport& one : all) list.emplace_back(report_to_json(one));
  return json_reply(200, boost::json::object{{"deployments", std::move(list)}});
}

Result<HttpReply> show_deployment(const Call& call) {
  TRY(const DeploymentReport report, call.manager.deployments.show(call.params[0]));
  return json_reply(200, report_to_json(report));
}

Result<HttpReply> take_deployment(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  TRY(DeploymentReport report, report_from_json(body, call.params[0]));
  TRY(report, call.manager.deployments.take(std::move(report), call.actor));
  // Who has to be told is told without waiting for the next round.
  if (call.manager.watch != nullptr) call.manager.watch->poke();
  return json_reply(200, report_to_json(report));
}

Result<HttpReply> forget_deployment(const Call& call) {
  CHECK_OK(call.manager.deployments.forget(call.params[0], call.actor));
  return HttpReply{.status = 204, .headers = {}, .body = {}};
}

}  // namespace certstead
