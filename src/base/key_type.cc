#include "base/key_type.h"

#include "base/text.h"

namespace certstead {

std::string_view key_type_name(KeyType type) {
  switch (type) {
    case KeyType::kP256:
      return "p256";
    case KeyType::kP384:
      return "p384";
    case KeyType::kRsa2048:
      return "rsa2048";
    case KeyType::kRsa3072:
      return "rsa3072";
    case KeyType::kRsa4096:
      return "rsa4096";
  }
  return "unknown";
}

Result<KeyType> parse_key_type(std::string_view text) {
  const std::string name = lower_ascii(text);
  for (const KeyType type : kAllKeyTypes) {
    if (name == key_type_name(type)) return type;
  }
  if (name == "ecdsa" || name == "ec256") return KeyType::kP256;
  if (name == "ec384") return KeyType::kP384;
  if (name == "rsa") return KeyType::kRsa2048;
  return invalid(
      "\"" + printable(text, 40) + "\" is no key type; choose from p256, p384, rsa2048, rsa3072, rsa4096",
      "key-type");
}

}  // namespace certstead
