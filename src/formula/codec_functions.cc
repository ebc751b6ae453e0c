// Encodings, digests and signatures. All but the URL functions are beyond the source system. Keywords choose
// between forms, so that every value stays readable text.
#include <algorithm>
#include <initializer_list>

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "formula/escape.h"
#include "formula/function_parts.h"

namespace certstead::formula {
namespace {

// The keywords in args[index]; nothing if one of them is none of `known`.
std::optional<std::vector<std::string>> keywords(const Args& args, std::size_t index,
                                                 std::initializer_list<std::string_view> known) {
  if (args.size() <= index) return std::vector<std::string>();
  if (!args[index].is_text()) return std::nullopt;
  for (const std::string& word : args[index].texts())
    if (std::ranges::find(known, std::string_view(word)) == known.end()) return std::nullopt;
  return args[index].texts();
}

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

std::string encoded(BytesView bytes, const std::vector<std::string>& words) {
  if (has(words, "[BASE64]")) return base64_encode(bytes);
  if (has(words, "[BASE64URL]")) return base64url_encode(bytes);
  return hex_encode(bytes);
}

Value sha256_of(Meter& meter, Args& args) {
  const auto words = keywords(args, 1, {"[HEX]", "[BASE64]", "[BASE64URL]"});
  if (!words) return Value::error("its keywords are [Hex], [Base64] and [Base64Url]");
  return each_text(meter, args[0],
                   [&](const std::string& text) { return encoded(sha256(view_bytes(text)), *words); });
}

Result<SecretBytes> key_bytes(const std::string& key, const std::vector<std::string>& words) {
  if (has(words, "[KEYHEX]")) {
    TRY(Bytes bytes, hex_decode(key));
    return SecretBytes(std::move(bytes));
  }
  if (!has(words, "[KEYBASE64]")) return SecretBytes(view_bytes(key));
  TRY(Bytes bytes, base64_decode(key));
  return SecretBytes(std::move(bytes));
}

// @HmacSha256(key; text; keywords)
Value hmac_of(Meter& meter, Args& args) {
  const auto words = keywords(args, 2, {"[HEX]", "[BASE64]", "[BASE64URL]", "[KEYHEX]", "[KEYBASE64]"});
  if (!words) return Value::error("its keywords are [Hex], [Base64], [Base64Url], [KeyHex] and [KeyBase64]");
  if (!args[0].is_text() || args[0].size() != 1) return wants_text("the key, one of it,");
  const Result<SecretBytes> key = key_bytes(args[0].texts()[0], *words);
  if (!key) return Value::error("the key is not in the form that its keyword says");
  return each_text(meter, args[1], [&](const std::string& text) {
    return encoded(hmac_sha256(*key, view_bytes(text)), *words);
  });
}

Value base64_of(Meter& meter, Args& args) {
  const auto words = keywords(args, 1, {"[URL]"});
  if (!words) return Value::error("its keyword is [Url]");
  return each_text(
      meter, args[0],
      [&](const std::string& text) {
        return has(*words, "[URL]") ? base64url_encode(view_bytes(text)) : base64_encode(view_bytes(text));
      },
      2);
}

// Takes either alphabet, with padding or without.
Result<Bytes> decode_base64(std::string text) {
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.pop_back();
  return base64url_decode(text);
}

Value base64_decoded(Meter& meter, Args& args) {
  bool broken = false;
  Value out = each_text(meter, args[0], [&](const std::string& text) {
    const Result<Bytes> bytes = decode_base64(text);
    broken = broken || !bytes || json_escaped(view_text(*bytes)).find("\xEF\xBF\xBD") != std::string::npos;
    return bytes ? to_text(*bytes) : "";
  });
  return broken ? Value::error("the argument is not base64 of a text") : out;
}

Value hex_of(Meter& meter, Args& args) {
  return each_text(
      meter, args[0], [](const std::string& text) { return hex_encode(view_bytes(text)); }, 2);
}

Value json_string(Meter& meter, Args& args) {
  return each_text(
      meter, args[0], [](const std::string& text) { return "\"" + json_escaped(text) + "\""; }, 6);
}

bool is_utf8_name(const Value& value) {
  if (!value.is_text()) return false;
  const std::string name = lower_ascii(value.texts()[0]);
  return name == "domino" || name == "utf-8" || name == "utf8" || name == "platform";
}
constexpr std::string_view kCharacterSets = "the character set must be \"Domino\", which is UTF-8";

Value url_encode(Meter& meter, Args& args) {
  if (!is_utf8_name(args[0])) return Value::error(std::string(kCharacterSets));
  return each_text(
      meter, args[1], [](const std::string& text) { return percent_encoded(text); }, 3);
}

std::string percent_decoded(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const Result<Bytes> byte =
        text[i] == '%' && i + 2 < text.size() ? hex_decode(lower_ascii(text.substr(i + 1, 2))) : Bytes();
    if (!byte || byte->empty()) {
      out += text[i];
      continue;
    }
    out += static_cast<char>((*byte)[0]);
    i += 2;
  }
  return out;
}

Value url_decode(Meter& meter, Args& args) {
  if (!is_utf8_name(args[0])) return Value::error(std::string(kCharacterSets));
  return each_text(meter, args[1], percent_decoded);
}

constexpr Function kFunctions[] = {
    {"@Sha256", 1, 2, Form::kPlain, sha256_of},       {"@HmacSha256", 2, 3, Form::kPlain, hmac_of},
    {"@Base64Encode", 1, 2, Form::kPlain, base64_of}, {"@Base64Decode", 1, 1, Form::kPlain, base64_decoded},
    {"@HexEncode", 1, 1, Form::kPlain, hex_of},       {"@JsonString", 1, 1, Form::kPlain, json_string},
    {"@URLEncode", 2, 2, Form::kPlain, url_encode},   {"@URLDecode", 2, 2, Form::kPlain, url_decode},
};

}  // namespace

std::span<const Function> codec_functions() { return kFunctions; }

}  // namespace certstead::formula
