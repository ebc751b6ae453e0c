// The kinds of private key that we make and hold.
#pragma once

#include <array>

#include "base/result.h"

namespace certstead {

enum class KeyType { kP256, kP384, kRsa2048, kRsa3072, kRsa4096 };
inline constexpr std::array kAllKeyTypes = {KeyType::kP256, KeyType::kP384, KeyType::kRsa2048,
                                            KeyType::kRsa3072, KeyType::kRsa4096};

// "p256", "p384", "rsa2048", "rsa3072", "rsa4096".
std::string_view key_type_name(KeyType type);
// Also takes "ecdsa" and "ec256" for p256, "ec384" for p384 and "rsa" for rsa2048. Error: kInvalid, listing
// what there is.
Result<KeyType> parse_key_type(std::string_view text);
inline bool is_rsa(KeyType type) { return type != KeyType::kP256 && type != KeyType::kP384; }

}  // namespace certstead
