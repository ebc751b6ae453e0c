// How the requests of a run are signed.
#include <boost/json/object.hpp>

#include "base/encoding.h"
#include "base/text.h"
#include "dns/answer.h"
#include "dns/recipe_request.h"
#include "dns/recipe_run.h"
#include "dns/url.h"
#include "formula/escape.h"
#include "json/json.h"
#include "json/json_object.h"

namespace certstead {

// What signatures and headers may speak of.
Status RecipeRun::set_request(const HttpRequest& request) {
  TRY(const Url url, parse_url(request.url));
  const std::int64_t now = to_unix_ms(tools_.clock.now()), seconds = now / 1000;
  CHECK_OK(scratch_.set("request.method", formula::Value(request.method)));
  CHECK_OK(scratch_.set("request.url", formula::Value(request.url)));
  CHECK_OK(scratch_.set("request.path", formula::Value(url.path)));
  CHECK_OK(scratch_.set("request.query", formula::Value(url.query)));
  CHECK_OK(scratch_.set("request.host", formula::Value(url.host)));
  CHECK_OK(scratch_.set("request.body", formula::Value(request.body)));
  CHECK_OK(scratch_.set("request.date", formula::Value(to_http_date(tools_.clock.now()))));
  CHECK_OK(scratch_.set("request.time", formula::Value(to_rfc3339(tools_.clock.now()))));
  CHECK_OK(scratch_.set("request.milliseconds", formula::Value(static_cast<double>(now))));
  return scratch_.set("now", formula::Value(static_cast<double>(seconds)));
}

Status RecipeRun::sign(const RecipeStep& step, HttpRequest& request) {
  const RecipeSign none;
  const RecipeSign& sign = step.sign ? *step.sign : step.phase == "login" ? none : tools_.recipe.sign;
  using Kind = RecipeSign::Kind;
  if (sign.kind == Kind::kHmac) CHECK_OK(sign_hmac(sign));
  if (sign.kind == Kind::kOauth2 || sign.kind == Kind::kJwtRs256) {
    CHECK_OK(get_token(sign));
    request.headers.set("Authorization", "Bearer " + scratch_.text("access_token"));
  }
  // A log-in has none of the headers that carry what it brings.
  if (step.phase != "login") CHECK_OK(add_headers(tools_.recipe.headers, request, scratch_, deadline_));
  CHECK_OK(add_headers(step.headers, request, scratch_, deadline_));
  if (sign.kind == Kind::kAwsV4) CHECK_OK(sign_aws(sign, request));
  return Done{};
}

Result<std::string> RecipeRun::sign_text(const RecipeSign& sign, std::string_view name) {
  const auto text = sign.texts.find(name);
  if (text == sign.texts.end()) return std::string();
  return text->second.render(scratch_, TextPlace::kPlain, deadline_);
}

Status RecipeRun::sign_hmac(const RecipeSign& sign) {
  TRY(std::string key, sign_text(sign, "key"));
  TRY(const std::string message, sign_text(sign, "message"));
  const SecretBytes secret(to_bytes(key));
  wipe({reinterpret_cast<std::uint8_t*>(key.data()), key.size()});
  auto made = make_signature(sign.digest, secret, message);
  if (!made) return std::move(made).error().within("sign");
  return scratch_.set_secret("signature", sign.base64 ? base64_encode(*made) : hex_encode(*made));
}

Status RecipeRun::sign_aws(const RecipeSign& sign, HttpRequest& request) {
  AwsKey key;
  TRY(key.access_key_id, sign_text(sign, "access_key_id"));
  TRY(key.region, sign_text(sign, "region"));
  TRY(key.service, sign_text(sign, "service"));
  TRY(key.session_token, sign_text(sign, "session_token"));
  TRY(std::string secret, sign_text(sign, "secret_key"));
  key.secret_key = SecretBytes(to_bytes(secret));
  wipe({reinterpret_cast<std::uint8_t*>(secret.data()), secret.size()});
  return sign_aws_v4(request, key, tools_.clock.now());
}

Status RecipeRun::get_token(const RecipeSign& sign) {
  const std::lock_guard alone(tools_.sessions.login());
  auto session = tools_.sessions.find("token");
  if (!session) {
    Duration life{};
    TRY(session, fetch_token(sign, life));
    tools_.sessions.put("token", *session, life);
  }
  return scratch_.set_secret("access_token", session->at("access_token"));
}

Result<std::string> RecipeRun::assertion(const RecipeSign& sign) {
  TRY(const boost::json::value claims, build_json(sign.claims, values_, scratch_, deadline_));
  TRY(const std::string key, sign_text(sign, "key"));
  TRY(const std::string key_id, sign_text(sign, "key_id"));
  auto made = make_jwt_rs256(SecretBytes(view_bytes(key)), key_id, to_json_text(claims));
  if (!made) return std::move(made).error().within("sign");
  scratch_.hide(*made);
  return made;
}

// RFC 6749 section 4.4, or RFC 7523 section 2.1 with a JWT.
Result<SessionCache::Variables> RecipeRun::fetch_token(const RecipeSign& sign, Duration& life) {
  ExchangeCall call;
  call.step = "token";
  call.secret_answer = true;
  call.request.method = "POST";
  TRY(call.request.url, sign_text(sign, "token_url"));
  call.request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  call.request.headers.set("Accept", "application/json");
  const auto field = [&](const std::string& name, const std::string& value) {
    if (value.empty()) return;
    call.request.body +=
        (call.request.body.empty() ? "" : "&") + name + "=" + formula::percent_encoded(value);
  };
  if (sign.kind == RecipeSign::Kind::kJwtRs256) {
    TRY(const std::string jwt, assertion(sign));
    field("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
    field("assertion", jwt);
  } else {
    field("grant_type", "client_credentials");
    for (const char* const name : {"client_id", "client_secret", "scope", "resource", "audience"}) {
      TRY(const std::string value, sign_text(sign, name));
      field(name, value);
    }
  }
  TRY(const HttpResponse response, tools_.exchange.send(call, scratch_.redactor(), deadline_));
  if (response.status != 200 && response.status != 201) {
    Error error = Exchange::refusal(call, response, provider_message(response.body), scratch_.redactor());
    if (response.status == 400)
      error.code = Code::kDenied;  // invalid_client, invalid_grant (RFC 6749 section 5.2)
    return error;
  }
  const auto answer = parse_json(response.body);
  const auto object = answer ? JsonObject::of(*answer) : Result<JsonObject>(answer.error());
  if (!object) return Exchange::nonsense(call, response, "not with JSON", scratch_.redactor());
  const auto token = object->string("access_token");
  if (!token || token->empty()) {
    return Exchange::nonsense(call, response, "without an access_token", scratch_.redactor());
  }
  constexpr std::int64_t kUsual = 300, kMost = 86400;
  const auto seconds = object->optional_integer("expires_in", 1, kMost);
  life = std::chrono::seconds(seconds && *seconds ? **seconds : kUsual);
  return SessionCache::Variables{{"access_token", *token}};
}

}  // namespace certstead
