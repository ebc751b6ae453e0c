#include "api/body.h"

#include <algorithm>

#include "api/problem.h"
#include "base/text.h"
#include "json/json.h"
#include "json/secret_text.h"

namespace certstead {
namespace {

// Reads members into variables and keeps the first error, so that a list of members stays a list.
class Reader {
 public:
  explicit Reader(JsonObject object) : object_(std::move(object)) {}

  Reader& text(std::string_view name, std::string& into) { return take(object_.optional_string(name), into); }
  Reader& flag(std::string_view name, bool& into) { return take(object_.optional_boolean(name), into); }
  Reader& list(std::string_view name, std::vector<std::string>& into) {
    return take(object_.optional_strings(name), into);
  }
  // The text itself is wiped. What can't be: the request's body and the JSON made of it, which belong to the
  // server and to the parser, and live as long as the request.
  Reader& secret(std::string_view name, SecretBytes& into) {
    std::string text;
    take(object_.optional_string(name), text);
    into = SecretBytes(view_bytes(text));
    wipe_text(text);
    return *this;
  }
  template <class Number>
  Reader& number(std::string_view name, std::int64_t least, std::int64_t most, Number& into) {
    return take(object_.optional_integer(name, least, most), into);
  }
  // kInvalid if a text or list that must be there is empty.
  Reader& needed(std::string_view name, bool present) {
    if (status_ && !present) status_ = invalid("the member '" + std::string(name) + "' is missing or empty");
    return *this;
  }
  Status status() const { return status_; }

 private:
  template <class Value, class Into>
  Reader& take(Result<std::optional<Value>> read, Into& into) {
    if (!read && status_) status_ = read.error();
    if (read && *read) into = static_cast<Into>(std::move(**read));
    return *this;
  }
  JsonObject object_;
  Status status_ = Done{};
};

std::string media_type(const HttpExchange& http) {
  return lower_ascii(trim(split(http.headers.get("Content-Type"), ';').front()));
}

Result<JsonObject> object_with(const boost::json::value& body,
                               std::initializer_list<std::string_view> known) {
  TRY(const JsonObject object, JsonObject::of(body));
  CHECK_OK(known_members(object, known));
  return object;
}

}  // namespace

Result<boost::json::value> read_body(const HttpExchange& http, std::size_t most) {
  if (http.body.empty()) return boost::json::value(boost::json::object());
  if (http.body.size() > most) {
    return invalid("the body is larger than " + std::to_string(most >> 10) + " KiB",
                   std::string(kBodyTooLarge));
  }
  if (media_type(http) != "application/json") {
    return invalid("the body must be JSON: send it with the header Content-Type: application/json",
                   std::string(kUnsupportedMediaType));
  }
  return parse_json(http.body, {.max_bytes = most, .max_depth = 8});
}

Status known_members(const JsonObject& object, std::initializer_list<std::string_view> known) {
  for (const auto& member : object.members()) {
    const std::string_view name(member.key().data(), member.key().size());
    if (std::ranges::find(known, name) != known.end()) continue;
    const std::vector<std::string> names(known.begin(), known.end());
    return invalid("the member '" + printable(name, 60) + "' is not known here" +
                       (names.empty() ? "; nothing is" : "; there is: " + join(names, ", ")),
                   "unknown-member");
  }
  return Done{};
}

Result<RequestInput> read_request(const boost::json::value& body) {
  TRY(const JsonObject object, object_with(body, {"names", "name", "key_types", "issuer", "account", "email",
                                                  "agree_tos", "profile", "preferred_chain", "reuse_key",
                                                  "exportable", "self_check", "tags", "members", "dry_run"}));
  RequestInput input;
  Reader read(object);
  read.list("names", input.hosts).text("name", input.name).list("key_types", input.key_types);
  read.text("issuer", input.issuer).text("account", input.account).text("email", input.email);
  read.flag("agree_tos", input.agree_tos).text("profile", input.profile);
  read.text("preferred_chain", input.preferred_chain).flag("reuse_key", input.reuse_key);
  read.flag("exportable", input.exportable);
  read.flag("self_check", input.self_check).list("tags", input.tags).flag("dry_run", input.dry_run);
  read.needed("names", !input.hosts.empty());
  CHECK_OK(read.status());
  TRY(input.members, object.optional_strings("members"));
  return input;
}

Result<AccountInput> read_account(const boost::json::value& body) {
  TRY(const JsonObject object,
      object_with(body, {"issuer", "name", "email", "key_type", "agree_tos", "eab_kid", "eab_hmac"}));
  AccountInput input;
  Reader read(object);
  read.text("issuer", input.issuer).text("name", input.name).text("email", input.email);
  read.text("key_type", input.key_type).flag("agree_tos", input.agree_tos);
  read.text("eab_kid", input.eab_kid).secret("eab_hmac", input.eab_hmac);
  read.needed("issuer", !input.issuer.empty());
  CHECK_OK(read.status());
  if (input.eab_kid.empty() != input.eab_hmac.empty()) {
    return invalid("external account binding needs both 'eab_kid' and 'eab_hmac', as the CA gave them");
  }
  return input;
}

Status read_issuer(const boost::json::value& body, IssuerRecord& issuer) {
  TRY(const JsonObject object,
      object_with(body, {"name", "description", "directory_url", "trusted_pem", "allowed_networks",
                         "needs_eab", "account_key_rollover", "key_types", "wildcards", "max_names",
                         "default_profile", "max_orders_per_hour", "max_failures_per_hour",
                         "max_per_domain_per_week", "max_duplicates_per_week"}));
  const std::string old_name = issuer.name;
  std::vector<std::string> networks = {issuer.allowed_networks};
  std::vector<std::string> key_types;
  Reader read(object);
  read.text("name", issuer.name).text("description", issuer.description);
  read.text("directory_url", issuer.directory_url).text("trusted_pem", issuer.trusted_pem);
  read.list("allowed_networks", networks).flag("needs_eab", issuer.needs_eab);
  read.flag("account_key_rollover", issuer.account_key_rollover).list("key_types", key_types);
  read.flag("wildcards", issuer.wildcards).number("max_names", 1, 10'000, issuer.max_names);
  read.text("default_profile", issuer.default_profile);
  read.number("max_orders_per_hour", 0, 1'000'000, issuer.max_orders_per_hour);
  read.number("max_failures_per_hour", 0, 1'000'000, issuer.max_failures_per_hour);
  read.number("max_per_domain_per_week", 0, 1'000'000, issuer.max_per_domain_per_week);
  read.number("max_duplicates_per_week", 0, 1'000'000, issuer.max_duplicates_per_week);
  read.needed("name", !issuer.name.empty()).needed("directory_url", !issuer.directory_url.empty());
  CHECK_OK(read.status());
  if (!old_name.empty() && issuer.name != old_name) {
    return invalid("the name of an issuer can't be changed; add another one");
  }
  issuer.allowed_networks = join(networks, ",");
  if (object.has("key_types")) {
    issuer.key_types.clear();
    for (const std::string& text : key_types) {
      TRY(const KeyType type, parse_key_type(text));
      issuer.key_types.push_back(type);
    }
  }
  return Done{};
}

Result<RenewInput> read_renew(const boost::json::value& body) {
  TRY(const JsonObject object, object_with(body, {"force"}));
  RenewInput input;
  CHECK_OK(Reader(object).flag("force", input.force).status());
  return input;
}

Result<RevokeInput> read_revoke(const boost::json::value& body) {
  TRY(const JsonObject object, object_with(body, {"reason", "leave_empty"}));
  RevokeInput input;
  std::string reason = "unspecified";
  CHECK_OK(Reader(object).text("reason", reason).flag("leave_empty", input.leave_empty).status());
  TRY(input.reason, parse_revocation_reason(reason));
  return input;
}

Result<ExportInput> read_export(const boost::json::value& body) {
  TRY(const JsonObject object, object_with(body, {"password", "file_password", "key_type", "format"}));
  ExportInput input;
  std::string format = "pem";
  Reader read(object);
  read.secret("password", input.password).secret("file_password", input.file_password);
  read.text("key_type", input.key_type).text("format", format);
  read.needed("password", !input.password.empty()).needed("file_password", !input.file_password.empty());
  CHECK_OK(read.status());
  TRY(input.format, parse_export_format(format));
  return input;
}

Result<ExportPasswords> read_export_passwords(const boost::json::value& body, bool change) {
  ExportPasswords input;
  TRY(const JsonObject object,
      change ? object_with(body, {"password", "old_password"}) : object_with(body, {"password"}));
  Reader read(object);
  read.secret("password", input.password).needed("password", !input.password.empty());
  if (change) {
    read.secret("old_password", input.old_password).needed("old_password", !input.old_password.empty());
  }
  CHECK_OK(read.status());
  return input;
}

Result<RootsInput> read_roots(const boost::json::value& body) {
  TRY(const JsonObject object, object_with(body, {"pem", "name", "leaf"}));
  RootsInput input;
  Reader read(object);
  read.text("pem", input.pem)
      .text("name", input.name)
      .flag("leaf", input.leaves)
      .needed("pem", !input.pem.empty());
  CHECK_OK(read.status());
  return input;
}

Result<std::string> read_setting(const boost::json::value& body) {
  TRY(const JsonObject object, object_with(body, {"value"}));
  return object.string("value");
}

Status read_nothing(const boost::json::value& body) {
  CHECK_OK(object_with(body, {}));
  return Done{};
}

}  // namespace certstead
