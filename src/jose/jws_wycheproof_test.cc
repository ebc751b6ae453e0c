// The JWS and JWK vectors of C2SP/wycheproof, where they lie beside the project. They come in compact form;
// each is rewritten as a flattened message. Keys and algorithms that this house does not speak must be
// refused, whatever the vector says of them.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "base/encoding.h"
#include "base/file.h"
#include "base/text.h"
#include "jose/jwk.h"
#include "jose/jws.h"
#include "json/json.h"

namespace certstead {
namespace {

const std::set<std::string, std::less<>> kOurs = {"ES256", "ES384", "RS256", "HS256"};

// Vectors that contradict RFC 7515: two hold a '?' and are called valid, two are the valid message, letter by
// letter, and are called invalid.
const std::set<std::string, std::less<>> kMistaken = {
    "InvalidCharacterInsertedInHeader", "InvalidCharacterInsertedInPayload", "invalidBase64Padding",
    "invalidBase64PaddingInPayload"};

Result<Jws> read_compact(std::string_view compact) {
  const auto parts = split(compact, '.');
  if (parts.size() != 3) return invalid("not three parts");
  boost::json::object flat;
  flat["protected"] = parts[0];
  flat["payload"] = parts[1];
  flat["signature"] = parts[2];
  return read_jws(to_json_text(flat));
}

Status check(const JsonObject& key, std::string_view compact) {
  TRY(const std::string kind, key.string("kty"));
  TRY(const Jws jws, read_compact(compact));
  if (kind != "oct") {
    TRY(const PublicKey public_key, read_jwk(key));
    return verify_jws(jws, public_key);
  }
  TRY(const auto algorithm, key.optional_string("alg"));
  if (algorithm && *algorithm != "HS256") return denied("a symmetric key for something else");
  TRY(const std::string secret, key.string("k"));
  TRY(Bytes bytes, base64url_decode(secret));
  return verify_jws_hs256(jws, SecretBytes(std::move(bytes)));
}

// A set of one key counts as that key; of others we know nothing.
std::optional<JsonObject> key_of(const JsonObject& group) {
  const auto read = [&](const char* name) { return group.optional_object(name).value(); };
  const auto key = read("public") ? read("public") : read("private");
  if (!key->has("keys")) return key;
  const auto keys = key->objects("keys").value();
  return keys.size() == 1 ? std::optional(keys.front()) : std::nullopt;
}

class Wycheproof : public testing::TestWithParam<const char*> {};

TEST_P(Wycheproof, JwsVectorsAreJudgedAsTheySay) {
  const std::filesystem::path path = std::filesystem::path("../shared/data/wycheproof") / GetParam();
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << GetParam() << " beside the project";
  const auto file = parse_json(read_text_file(path).value());
  ASSERT_TRUE(file) << file.error().detail;
  int checked = 0;
  const auto groups = JsonObject::of(*file)->objects("testGroups");
  ASSERT_TRUE(groups) << groups.error().detail;
  for (const JsonObject& group : *groups) {
    const auto key = key_of(group);
    if (!key) continue;
    const bool ours = kOurs.count(key->optional_string("alg")->value_or("HS256")) > 0;
    const std::vector<JsonObject> tests = group.objects("tests").value();
    for (const JsonObject& test : tests) {
      const auto jws = test.string("jws");
      if (!jws || kMistaken.count(test.string("comment").value()) > 0) continue;
      const bool want = test.string("result").value() == "valid" && ours;
      const Status got = check(*key, *jws);
      ++checked;
      EXPECT_EQ(got.has_value(), want)
          << test.integer("tcId").value() << " " << test.string("comment").value() << ": "
          << (got ? "taken" : got.error().detail);
    }
  }
  EXPECT_GT(checked, 20);
}

INSTANTIATE_TEST_SUITE_P(Files, Wycheproof,
                         testing::Values("json_web_signature_test.json", "json_web_key_test.json",
                                         "json_web_crypto_test.json"),
                         [](const auto& file) {
                           return std::string(file.param, std::string_view(file.param).find('.'));
                         });

}  // namespace
}  // namespace certstead
