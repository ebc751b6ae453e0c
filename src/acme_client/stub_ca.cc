#include "acme_client/stub_ca.h"

#include <algorithm>
#include <boost/json/value.hpp>

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/csr.h"
#include "crypto/issue.h"
#include "json/json.h"
#include "json/json_object.h"

namespace certstead {

// The face of a StubCa as a client.
class StubClient final : public HttpClient {
 public:
  explicit StubClient(StubCa& ca) : ca_(ca) {}
  Result<HttpResponse> send(const HttpRequest& request, Deadline) override { return ca_.answer(request); }

 private:
  StubCa& ca_;
};

namespace {

using std::chrono::hours;

HttpResponse json(int status, const boost::json::value& body) {
  return {status, {{"Content-Type", "application/json"}}, to_json_text(body), {}};
}

Certificate make_root(const PrivateKey& key, const std::string& name, Instant now) {
  return issue_certificate({.common_name = name,
                            .public_key = key.public_key(),
                            .not_before = now - hours{1},
                            .not_after = now + hours{24 * 365},
                            .is_ca = true},
                           key, std::nullopt)
      .value();
}

std::size_t number(const std::string& id) { return parse_number(id).value_or(1'000'000); }

boost::json::value parsed(const std::string& text) {
  auto value = parse_json(text);
  return value ? *value : boost::json::value(boost::json::object());
}

}  // namespace

StubCa::StubCa(const Clock& clock)
    : clock_(clock),
      root_key_(PrivateKey::generate(KeyType::kP256).value()),
      root_(make_root(root_key_, "Stub Root", clock.now())) {}

std::unique_ptr<HttpClient> StubCa::client() { return std::make_unique<StubClient>(*this); }

std::size_t StubCa::count(std::string_view request) const {
  return static_cast<std::size_t>(std::count_if(
      requests.begin(), requests.end(), [&](const std::string& one) { return one.starts_with(request); }));
}

HttpResponse StubCa::problem(int status, std::string_view type, std::string_view more) const {
  HttpResponse response{status, {{"Content-Type", "application/problem+json"}}, {}, {}};
  response.body = R"({"type":"urn:ietf:params:acme:error:)" + std::string(type) +
                  R"(","detail":"stub says )" + std::string(type) + "\"" + std::string(more) + "}";
  return response;
}

std::string StubCa::fresh_nonce() {
  std::string nonce = base64url_encode(view_bytes("nonce " + std::to_string(++next_nonce_)));
  nonces_.insert(nonce);
  return nonce;
}

Result<HttpResponse> StubCa::answer(const HttpRequest& request) {
  if (!request.url.starts_with(base))
    return unavailable("there is no address for " + request.url, "no-address");
  const std::string path = request.url.substr(base.size());
  const std::string line = request.method + " " + path;
  requests.push_back(line);
  if (instead) {
    if (auto other = instead(line)) return *other;
  }
  HttpResponse response = handle(request, path);
  if (request.method != "GET" && !response.headers.has("Replay-Nonce"))
    response.headers.add("Replay-Nonce", fresh_nonce());
  if (change) change(line, response);
  return response;
}

HttpResponse StubCa::handle(const HttpRequest& request, const std::string& path) {
  if (request.method == "GET" && path == "/dir") return directory();
  if (request.method == "HEAD" && path == "/new-nonce") return {200, {}, {}, {}};
  if (request.method == "POST") return post(request, path);
  return {404, {}, {}, {}};
}

HttpResponse StubCa::directory() const {
  std::string body = R"({"newNonce":")" + base + R"(/new-nonce","newAccount":")" + base +
                     R"(/new-account","newOrder":")" + base + R"(/new-order","revokeCert":")" + base +
                     R"(/revoke","keyChange":")" + base + R"(/key-change")";
  if (offers_renewal_info) body += R"(,"renewalInfo":")" + base + R"(/ari")";
  return {200, {{"Content-Type", "application/json"}}, body + directory_extra + "}", {}};
}

std::optional<HttpResponse> StubCa::check_nonce(const Jws& jws) {
  if (used_.count(jws.nonce) > 0) violations.push_back("nonce used twice: " + jws.nonce);
  const bool known = nonces_.erase(jws.nonce) > 0;
  used_.insert(jws.nonce);
  if (!known) return problem(400, "badNonce");
  return std::nullopt;
}

HttpResponse StubCa::post(const HttpRequest& request, const std::string& path) {
  const auto jws = read_jws(request.body);
  if (!jws || request.headers.get("Content-Type") != "application/jose+json") {
    violations.push_back("no JWS at " + path);
    return problem(400, "malformed");
  }
  if (jws->url != request.url) violations.push_back("url header " + jws->url + " at " + request.url);
  if (auto refused = check_nonce(*jws)) return *refused;
  const bool by_key = path == "/new-account";
  if (by_key != jws->jwk.has_value()) {
    violations.push_back("jwk and kid mixed up at " + path);
    return problem(400, "malformed");
  }
  const auto account = accounts.find(jws->kid);
  if (!by_key && account == accounts.end()) return problem(400, "accountDoesNotExist");
  const PublicKey key = by_key ? *jws->jwk : account->second;
  if (!verify_jws(*jws, key)) return problem(401, "unauthorized");
  return dispatch({path, jws->payload, key, jws->kid});
}

HttpResponse StubCa::dispatch(const StubRequest& request) {
  const auto parts = split(std::string_view(request.path).substr(1), '/');
  const std::string what(parts[0]);
  const std::string id(parts.size() > 1 ? parts[1] : std::string_view("0"));
  const bool fetches = what == "order" || what == "authz" || what == "cert";
  if (fetches && !request.payload.empty()) violations.push_back("no POST-as-GET at " + request.path);
  if (what == "new-account") return new_account(request);
  if (what == "new-order") return new_order(request);
  if (what == "order") return show_order(id);
  if (what == "authz") return show_authorization(id);
  if (what == "challenge") return answer_challenge(id);
  if (what == "finalize") return finalize(id, request);
  if (what == "cert") return certificate(request.path.substr(6));
  if (what == "revoke") return {200, {}, {}, {}};
  if (what == "key-change") return key_change(request);
  if (what == "account") return json(200, {{"status", "deactivated"}});
  return problem(404, "malformed");
}

HttpResponse StubCa::new_account(const StubRequest& request) {
  const boost::json::value body = parsed(request.payload);
  const JsonObject payload = JsonObject::of(body).value();
  const auto known = std::find_if(accounts.begin(), accounts.end(),
                                  [&](const auto& one) { return one.second.same_as(request.key); });
  HttpResponse response = json(known == accounts.end() ? 201 : 200, {{"status", "valid"}});
  if (known != accounts.end()) {
    response.headers.add("Location", known->first);
    return response;
  }
  if (payload.optional_boolean("onlyReturnExisting")->value_or(false))
    return problem(400, "accountDoesNotExist");
  last_new_account = request.payload;
  if (!eab_key.empty()) {
    const boost::json::value* binding = payload.find("externalAccountBinding");
    const auto jws = binding == nullptr ? Result<Jws>(invalid("none")) : read_jws(to_json_text(*binding));
    if (!jws || !verify_jws_hs256(*jws, eab_key) || jws->url != base + "/new-account" || !jws->nonce.empty())
      return problem(403, "externalAccountRequired");
  }
  const std::string url = base + "/account/" + std::to_string(accounts.size() + 1);
  accounts.emplace(url, request.key);
  response.headers.add("Location", url);
  return response;
}

HttpResponse StubCa::key_change(const StubRequest& request) {
  const auto inner = read_jws(request.payload);
  if (!inner || !inner->jwk || !verify_jws(*inner, *inner->jwk) || inner->url != base + "/key-change" ||
      !inner->nonce.empty())
    return problem(400, "malformed");
  const boost::json::value body = parsed(inner->payload);
  const JsonObject change_request = JsonObject::of(body).value();
  if (change_request.string("account").value() != request.kid || !change_request.has("oldKey"))
    return problem(400, "malformed");
  accounts.at(request.kid) = *inner->jwk;
  return json(200, boost::json::object());
}

HttpResponse StubCa::new_order(const StubRequest& request) {
  last_new_order = request.payload;
  const boost::json::value body = parsed(request.payload);
  StubOrder order;
  order.kid = request.kid;
  const std::vector<JsonObject> identifiers = JsonObject::of(body)->objects("identifiers").value();
  for (const JsonObject& identifier : identifiers) {
    StubAuthorization authorization;
    authorization.host = identifier.string("value").value();
    order.hosts.push_back(authorization.host);
    authorization.wildcard = authorization.host.starts_with("*.");
    if (authorization.wildcard) authorization.host = authorization.host.substr(2);
    authorization.status = authorization_status;
    authorization.order = std::to_string(orders_.size());
    authorizations_.push_back(authorization);
  }
  orders_.push_back(order);
  HttpResponse response = show_order(std::to_string(orders_.size() - 1), 201);
  response.headers.add("Location", base + "/order/" + std::to_string(orders_.size() - 1));
  return response;
}

HttpResponse StubCa::show_order(const std::string& id, int status) {
  if (number(id) >= orders_.size()) return problem(404, "malformed");
  StubOrder& order = orders_[number(id)];
  boost::json::array urls;
  bool all_valid = true, any_invalid = false;
  for (std::size_t i = 0; i < authorizations_.size(); ++i) {
    if (authorizations_[i].order != id) continue;
    urls.push_back(boost::json::value(base + "/authz/" + std::to_string(i)));
    all_valid = all_valid && authorizations_[i].status == "valid";
    any_invalid = any_invalid || authorizations_[i].status == "invalid";
  }
  if (order.status == "pending" && all_valid) order.status = "ready";
  if (order.status == "pending" && any_invalid) order.status = "invalid";
  if (order.status == "processing" && order.polls_left-- <= 0) order.status = "valid";
  boost::json::object body{
      {"status", order.status}, {"authorizations", urls}, {"finalize", base + "/finalize/" + id}};
  if (order.status == "valid") body["certificate"] = base + "/cert/" + id;
  return json(status, body);
}

void StubCa::settle(StubAuthorization& authorization) {
  if (!authorization.answered || authorization.status != "pending" || authorization.polls_left-- > 0) return;
  authorization.status = validation_fails ? "invalid" : "valid";
}

HttpResponse StubCa::show_authorization(const std::string& id) {
  if (number(id) >= authorizations_.size()) return problem(404, "malformed");
  StubAuthorization& one = authorizations_[number(id)];
  settle(one);
  const std::string error =
      one.status == "invalid"
          ? R"(,"error":{"type":"urn:ietf:params:acme:error:connection","detail":"no route to it"})"
          : "";
  std::string list = challenges;
  if (list.empty())
    list = std::string("[") +
           (challenge_type == "dns-persist-01" ? "" : R"({"type":"dns-persist-01","surprise":[1,2]},)") +
           (challenge_type == "dns-01" ? "" : R"({"type":"dns-01","url":")" + base + R"(/x","token":"t"},)") +
           R"({"type":")" + challenge_type + R"(","url":")" + base + "/challenge/" + id +
           (challenge_type == "dns-persist-01" ? R"(","issuer-domain-names":["ca.test","ca.example"])"
                                               : R"(","token":)" + to_json_text(boost::json::value(token))) +
           R"(,"status":")" + one.status + "\"" + error + "}]";
  const std::string wildcard = one.wildcard ? R"(,"wildcard":true)" : "";
  return {200,
          {{"Content-Type", "application/json"}},
          R"({"identifier":{"type":"dns","value":")" + one.host + R"("},"status":")" + one.status + "\"" +
              wildcard + R"(,"challenges":)" + list + "}",
          {}};
}

HttpResponse StubCa::answer_challenge(const std::string& id) {
  StubAuthorization& one = authorizations_.at(number(id));
  if (one.answered) return problem(400, "malformed");
  one.answered = true;
  one.polls_left = polls_until_verdict;
  answered.push_back(one.host);
  if (looks && !looks(one.host, one.wildcard)) validation_fails = true;
  return json(200, {{"type", challenge_type},
                    {"url", base + "/challenge/" + id},
                    {"token", token},
                    {"status", "pending"}});
}

HttpResponse StubCa::finalize(const std::string& id, const StubRequest& request) {
  show_order(id);
  StubOrder& order = orders_.at(number(id));
  if (order.status != "ready") return problem(403, "orderNotReady");
  const boost::json::value body = parsed(request.payload);
  order.csr = base64url_decode(JsonObject::of(body)->string("csr").value_or("")).value_or(Bytes());
  if (!read_csr(order.csr)) return problem(400, "badCSR");
  order.status = "processing";
  order.polls_left = polls_until_issued;
  return show_order(id);
}

std::string StubCa::chain_pem(const StubOrder& order, const Certificate& root,
                              const PrivateKey& root_key) const {
  const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  const Instant now = clock_.now();
  const auto intermediate = issue_certificate({.common_name = "Stub Intermediate",
                                               .public_key = key.public_key(),
                                               .not_before = now - hours{1},
                                               .not_after = now + hours{24 * 300},
                                               .is_ca = true},
                                              root_key, root);
  const auto leaf = issue_certificate({.dns_names = order.hosts,
                                       .public_key = read_csr(order.csr)->public_key,
                                       .not_before = now - hours{1},
                                       .not_after = now + hours{24 * 90},
                                       .server_auth = true},
                                      key, *intermediate);
  return leaf->to_pem() + intermediate->to_pem();
}

// "/cert/0" is the standard chain, "/cert/0/1" the first alternate.
HttpResponse StubCa::certificate(const std::string& id) {
  const auto parts = split(id, '/');
  const StubOrder& order = orders_.at(number(std::string(parts[0])));
  HttpResponse response{200, {{"Content-Type", "application/pem-certificate-chain"}}, {}, {}};
  if (parts.size() > 1) {
    const std::string& name = alternates.at(number(std::string(parts[1])) - 1);
    const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
    response.body = chain_pem(order, make_root(key, name, clock_.now()), key);
    return response;
  }
  response.body = chain_pem(order, root_, root_key_);
  response.headers.add("Link", "<" + base + "/dir>;rel=\"index\"");
  for (std::size_t i = 1; i <= alternates.size(); ++i)
    response.headers.add("Link", "<" + base + "/cert/" + std::string(parts[0]) + "/" + std::to_string(i) +
                                     ">; rel=\"alternate\"");
  return response;
}

}  // namespace certstead
