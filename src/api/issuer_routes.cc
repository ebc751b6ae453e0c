#include "api/body.h"
#include "api/health_render.h"
#include "api/render.h"
#include "api/routes.h"

namespace certstead {

Result<HttpReply> list_issuers(const Call& call) {
  TRY(const std::vector<IssuerRecord> issuers, call.manager.issuers.list());
  return json_reply(200, boost::json::object{{"issuers", render_all(issuers)}});
}

Result<HttpReply> add_issuer(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  IssuerRecord issuer;
  CHECK_OK(read_issuer(body, issuer));
  TRY(const IssuerRecord added, call.manager.issuers.add(std::move(issuer), call.actor));
  return json_reply(201, render(added));
}

Result<HttpReply> show_issuer(const Call& call) {
  TRY(const bool with_directory, call.query.flag("directory"));
  TRY(const IssuerRecord issuer, call.manager.issuers.show(call.params[0]));
  boost::json::object out = render(issuer);
  if (with_directory) {
    TRY(const DirectoryFacts facts, call.manager.issuers.directory(issuer.name));
    out["directory"] = render(facts);
  }
  return json_reply(200, out);
}

Result<HttpReply> change_issuer(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  TRY(IssuerRecord issuer, call.manager.issuers.show(call.params[0]));
  CHECK_OK(read_issuer(body, issuer));
  TRY(const IssuerRecord changed, call.manager.issuers.change(issuer, call.actor));
  return json_reply(200, render(changed));
}

Result<HttpReply> delete_issuer(const Call& call) {
  CHECK_OK(call.manager.issuers.remove(call.params[0], call.actor));
  return HttpReply{.status = 204, .headers = {}, .body = {}};
}

Result<HttpReply> list_roots(const Call& call) {
  if (call.manager.roots != nullptr) {
    TRY(const std::vector<RootView> views, call.manager.roots->list());
    return json_reply(200, boost::json::object{{"roots", render_all(views)}});
  }
  TRY(const std::vector<TrustedRoot> roots, call.manager.issuers.list_roots());
  return json_reply(200, boost::json::object{{"roots", render_all(roots)}});
}

Result<HttpReply> add_roots(const Call& call) {
  TRY(const boost::json::value body, read_body(call.http));
  TRY(const RootsInput input, read_roots(body));
  TRY(const std::vector<TrustedRoot> added,
      call.manager.issuers.add_roots(input.pem, input.name, input.leaves, call.actor));
  return json_reply(201, boost::json::object{{"roots", render_all(added)}});
}

Result<HttpReply> delete_root(const Call& call) {
  CHECK_OK(call.manager.issuers.remove_root(call.params[0], call.actor));
  return HttpReply{.status = 204, .headers = {}, .body = {}};
}

}  // namespace certstead
