#include "crypto/digest.h"

#include <openssl/hmac.h>

#include <algorithm>

#include "base/encoding.h"
#include "crypto/algorithms.h"

namespace certstead {
namespace {

constexpr std::size_t kSha256Length = 32;

const EVP_MD* algorithm_of(MacDigest digest) {
  switch (digest) {
    case MacDigest::kSha1:
      return md_sha1();
    case MacDigest::kSha256:
      return md_sha256();
    case MacDigest::kSha384:
      return md_sha384();
    case MacDigest::kSha512:
      return md_sha512();
  }
  return md_sha256();
}

}  // namespace

Bytes sha256(BytesView data) {
  Bytes digest(kSha256Length);
  require_openssl(EVP_Digest(data.data(), data.size(), digest.data(), nullptr, md_sha256(), nullptr) == 1,
                  "SHA-256");
  return digest;
}

std::string sha256_hex(BytesView data) { return hex_encode(sha256(data)); }

Bytes hmac(MacDigest digest, const SecretBytes& key, BytesView data) {
  // An empty vector may have no address, and OpenSSL takes a null key for "the one of before".
  static const std::uint8_t nothing = 0;
  const BytesView secret = key.reveal();
  const EVP_MD* const md = algorithm_of(digest);
  Bytes mac(static_cast<std::size_t>(EVP_MD_get_size(md)));
  unsigned length = 0;
  const auto* done = HMAC(md, secret.empty() ? &nothing : secret.data(), static_cast<int>(secret.size()),
                          data.empty() ? &nothing : data.data(), data.size(), mac.data(), &length);
  require_openssl(done != nullptr && length == mac.size(), "HMAC");
  return mac;
}

Bytes hmac_sha256(const SecretBytes& key, BytesView data) { return hmac(MacDigest::kSha256, key, data); }

SecretBytes hkdf_sha256(const SecretBytes& secret, BytesView salt, BytesView info, std::size_t length) {
  require_openssl(length <= 255 * kSha256Length, "so much output from HKDF-SHA-256");
  // RFC 5869: an absent salt is a block of zeros, which HMAC makes of an empty key by itself.
  const SecretBytes extracted(hmac_sha256(SecretBytes(salt), secret.reveal()));
  Bytes output(length);
  SecretBytes block;
  for (std::size_t at = 0, count = 1; at < length; at += kSha256Length, ++count) {
    Bytes input(block.reveal().begin(), block.reveal().end());
    input.reserve(kSha256Length + info.size() + 1);
    input.insert(input.end(), info.begin(), info.end());
    input.push_back(static_cast<std::uint8_t>(count));
    block = SecretBytes(hmac_sha256(extracted, input));
    wipe(input);
    const BytesView made = block.reveal().first(std::min(kSha256Length, length - at));
    std::copy(made.begin(), made.end(), output.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return SecretBytes(std::move(output));
}

}  // namespace certstead
