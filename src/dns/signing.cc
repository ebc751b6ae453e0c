#include "dns/signing.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <map>

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/algorithms.h"
#include "crypto/digest.h"
#include "crypto/key.h"
#include "dns/url.h"
#include "formula/escape.h"
#include "json/json.h"

namespace certstead {
namespace {

constexpr std::array<std::pair<std::string_view, Digest>, 6> kDigests = {
    {{"sha1", Digest::kSha1},
     {"hmac-sha1", Digest::kHmacSha1},
     {"hmac-sha256", Digest::kHmacSha256},
     {"hmac-sha512", Digest::kHmacSha512},
     {"rsa-sha256", Digest::kRsaSha256},
     {"rsa-sha512", Digest::kRsaSha512}}};

Bytes hash(const EVP_MD* method, BytesView data) {
  Bytes out(EVP_MAX_MD_SIZE);
  unsigned length = 0;
  require_openssl(EVP_Digest(data.data(), data.size(), out.data(), &length, method, nullptr) == 1,
                  "a digest");
  out.resize(length);
  return out;
}

Bytes hmac(const EVP_MD* method, const SecretBytes& key, BytesView data) {
  // An empty vector may have no address, and OpenSSL takes a null key for "the one of before".
  static const std::uint8_t nothing = 0;
  const BytesView secret = key.reveal();
  Bytes out(EVP_MAX_MD_SIZE);
  unsigned length = 0;
  require_openssl(HMAC(method, secret.empty() ? &nothing : secret.data(), static_cast<int>(secret.size()),
                       data.data(), data.size(), out.data(), &length) != nullptr,
                  "an HMAC");
  out.resize(length);
  return out;
}

Result<Bytes> rsa(const EVP_MD* method, const SecretBytes& pem, BytesView data) {
  TRY(const PrivateKey key, PrivateKey::from_pem(pem.reveal()));
  if (EVP_PKEY_get_base_id(key.native()) != EVP_PKEY_RSA) {
    return invalid("the private key is no RSA key, which this provider wants", "dns-key");
  }
  const EvpMdContext context(EVP_MD_CTX_new());
  std::size_t length = 0;
  const bool started = context &&
                       EVP_DigestSignInit(context.get(), nullptr, method, nullptr, key.native()) == 1 &&
                       EVP_DigestSign(context.get(), nullptr, &length, data.data(), data.size()) == 1;
  require_openssl(started, "an RSA signature");
  Bytes out(length);
  require_openssl(EVP_DigestSign(context.get(), out.data(), &length, data.data(), data.size()) == 1,
                  "an RSA signature");
  out.resize(length);
  return out;
}

// "20150830T123600Z"
std::string aws_date(Instant now) {
  std::string out;
  for (const char c : to_rfc3339(now)) {
    if (c != '-' && c != ':') out += c;
  }
  return out;
}

std::string canonical_query(std::string_view query) {
  if (query.empty()) return "";
  std::vector<std::string> fields;
  for (const std::string_view field : split(query, '&')) {
    fields.push_back(std::string(field) + (field.find('=') == std::string_view::npos ? "=" : ""));
  }
  std::ranges::sort(fields);
  return join(fields, "&");
}

// The path of the URL is encoded once already; every service but S3 wants it encoded twice.
std::string canonical_path(std::string_view path) {
  std::string out;
  for (const std::string_view part : split(path, '/')) out += formula::percent_encoded(part) + "/";
  out.pop_back();
  return out;
}

struct CanonicalHeaders {
  std::string lines, names;
};
CanonicalHeaders canonical_headers(const HttpRequest& request, const Url& url) {
  std::map<std::string, std::string> sorted;
  for (const HttpHeader& header : request.headers) sorted[lower_ascii(header.name)] = trim(header.value);
  sorted["host"] = url.host + (url.port.empty() ? "" : ":" + url.port);
  CanonicalHeaders out;
  for (const auto& [name, value] : sorted) {
    out.lines += name + ":" + value + "\n";
    out.names += (out.names.empty() ? "" : ";") + name;
  }
  return out;
}

}  // namespace

Result<Digest> parse_digest(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& [known, digest] : kDigests) {
    if (known == name) return digest;
    names.emplace_back(known);
  }
  return invalid("there is no digest " + printable(name, 40) + "; there are " + join(names, ", "));
}

Result<Bytes> make_signature(Digest digest, const SecretBytes& key, std::string_view message) {
  const BytesView data = view_bytes(message);
  switch (digest) {
    case Digest::kSha1:
      return hash(EVP_sha1(), data);
    case Digest::kHmacSha1:
      return hmac(EVP_sha1(), key, data);
    case Digest::kHmacSha256:
      return hmac(EVP_sha256(), key, data);
    case Digest::kHmacSha512:
      return hmac(EVP_sha512(), key, data);
    case Digest::kRsaSha256:
      return rsa(EVP_sha256(), key, data);
    case Digest::kRsaSha512:
      return rsa(EVP_sha512(), key, data);
  }
  return internal("a digest without a case");
}

Status sign_aws_v4(HttpRequest& request, const AwsKey& key, Instant now) {
  TRY(const Url url, parse_url(request.url));
  const std::string date = aws_date(now), day = date.substr(0, 8);
  request.headers.set("X-Amz-Date", date);
  if (!key.session_token.empty()) request.headers.set("X-Amz-Security-Token", key.session_token);
  const CanonicalHeaders headers = canonical_headers(request, url);
  const std::string canonical = request.method + "\n" + canonical_path(url.path) + "\n" +
                                canonical_query(url.query) + "\n" + headers.lines + "\n" + headers.names +
                                "\n" + sha256_hex(view_bytes(request.body));
  const std::string scope = day + "/" + key.region + "/" + key.service + "/aws4_request";
  const std::string to_sign =
      "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + sha256_hex(view_bytes(canonical));
  Bytes first = to_bytes("AWS4");
  first.insert(first.end(), key.secret_key.reveal().begin(), key.secret_key.reveal().end());
  SecretBytes step(std::move(first));
  for (const std::string& part : {day, key.region, key.service, std::string("aws4_request")}) {
    step = SecretBytes(hmac_sha256(step, view_bytes(part)));
  }
  request.headers.set("Authorization", "AWS4-HMAC-SHA256 Credential=" + key.access_key_id + "/" + scope +
                                           ", SignedHeaders=" + headers.names + ", Signature=" +
                                           hex_encode(hmac_sha256(step, view_bytes(to_sign))));
  return Done{};
}

Result<std::string> make_jwt_rs256(const SecretBytes& key_pem, std::string_view key_id,
                                   std::string_view claims) {
  boost::json::object header = {{"alg", "RS256"}, {"typ", "JWT"}};
  if (!key_id.empty()) header["kid"] = key_id;
  const std::string input =
      base64url_encode(view_bytes(to_json_text(header))) + "." + base64url_encode(view_bytes(claims));
  TRY(const Bytes signature, make_signature(Digest::kRsaSha256, key_pem, input));
  return input + "." + base64url_encode(signature);
}

}  // namespace certstead
