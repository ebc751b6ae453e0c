// Strict reading of request bodies. JSON only; an unknown member is refused by its name.
#pragma once

#include <boost/json/value.hpp>
#include <initializer_list>

#include "json/json_object.h"
#include "manager/accounts.h"
#include "manager/exports.h"
#include "manager/issuers.h"
#include "manager/requests.h"
#include "net/http_server.h"

namespace certstead {

inline constexpr std::size_t kMaxBody = std::size_t{256} << 10;

// The body as a JSON object; an absent body counts as {}. kInvalid with id "unsupported-media-type" unless it
// is application/json, "body-too-large" above `most` bytes.
Result<boost::json::value> read_body(const HttpExchange& http, std::size_t most = kMaxBody);
// kInvalid, naming the first member that is not in `known`.
Status known_members(const JsonObject& object, std::initializer_list<std::string_view> known);

Result<RequestInput> read_request(const boost::json::value& body);
Result<AccountInput> read_account(const boost::json::value& body);
// Changes the members of `issuer` that the body gives; the name can't be changed, only given for a new one.
Status read_issuer(const boost::json::value& body, IssuerRecord& issuer);

struct RenewInput {
  bool force = false;
};
Result<RenewInput> read_renew(const boost::json::value& body);

struct RevokeInput {
  int reason = 0;
  bool leave_empty = false;
};
Result<RevokeInput> read_revoke(const boost::json::value& body);

// Without the set's name, which stands in the path.
Result<ExportInput> read_export(const boost::json::value& body);
struct ExportPasswords {
  SecretBytes password;  // the new one
  SecretBytes old_password;
};
// `change`: with the old one.
Result<ExportPasswords> read_export_passwords(const boost::json::value& body, bool change);

struct RootsInput {
  std::string pem, name;
  bool leaves = false;
};
Result<RootsInput> read_roots(const boost::json::value& body);
// {"value": "..."} of a setting.
Result<std::string> read_setting(const boost::json::value& body);
Status read_nothing(const boost::json::value& body);

}  // namespace certstead
