#include "pki/import_password.h"

#include <openssl/pkcs12.h>

#include "base/encoding.h"
#include "base/text.h"
#include "pki/legacy_context.h"

namespace certstead {
namespace {

using Pbe2Handle = std::unique_ptr<PBE2PARAM, Freed<PBE2PARAM_free>>;
using PbeHandle = std::unique_ptr<PBEPARAM, Freed<PBEPARAM_free>>;
using Pbkdf2Handle = std::unique_ptr<PBKDF2PARAM, Freed<PBKDF2PARAM_free>>;
using ScryptHandle = std::unique_ptr<SCRYPT_PARAMS, Freed<SCRYPT_PARAMS_free>>;
using Pkcs8Handle = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Freed<PKCS8_PRIV_KEY_INFO_free>>;
using CipherHandle = std::unique_ptr<EVP_CIPHER, Freed<EVP_CIPHER_free>>;

template <class Handle, class Item>
Handle unpack(const X509_ALGOR* algorithm, const Item* item) {
  const void* value = nullptr;
  int type = 0;
  X509_ALGOR_get0(nullptr, &type, &value, algorithm);
  if (type != V_ASN1_SEQUENCE) return nullptr;
  const auto* const text = static_cast<const ASN1_STRING*>(value);
  return Handle(static_cast<typename Handle::pointer>(ASN1_item_unpack(text, item)));
}

std::optional<std::uint64_t> number(const ASN1_INTEGER* from) {
  std::uint64_t value = 0;
  if (from == nullptr || ASN1_INTEGER_get_uint64(&value, from) != 1) return {};
  return value;
}

int kind_of(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* name = nullptr;
  X509_ALGOR_get0(&name, nullptr, nullptr, algorithm);
  return OBJ_obj2nid(name);
}

// N * r * p blocks of 128 bytes are filled and read: about 32 hash rounds for each. OpenSSL bounds the memory
// (32 MiB), not the work.
std::optional<std::uint64_t> scrypt_rounds(const X509_ALGOR* algorithm) {
  const auto scrypt = unpack<ScryptHandle>(algorithm, ASN1_ITEM_rptr(SCRYPT_PARAMS));
  if (!scrypt) return {};
  const auto n = number(scrypt->costParameter), r = number(scrypt->blockSize),
             p = number(scrypt->parallelizationParameter);
  constexpr std::uint64_t kSane = std::uint64_t{1} << 31;
  if (!n || !r || !p) return {};
  if (*n >= kSane || *r >= kSane || *p >= kSane || *n * *r >= kSane) return UINT64_MAX;
  return *n * *r * *p / 2 + 1;
}

Error no_key(std::string_view why) { return invalid("the key can't be decrypted: " + std::string(why)); }

struct OldHeader {
  std::string cipher;
  Bytes iv;
  std::string_view body;
};
// "DEK-Info: AES-256-CBC,0123..." and, behind a blank line, the key.
std::optional<OldHeader> read_old_header(std::string_view block) {
  constexpr std::string_view kName = "DEK-Info:";
  const std::size_t at = block.find(kName);
  if (at == std::string_view::npos) return {};
  std::string_view rest = block.substr(at + kName.size());
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return {};
  const auto parts = split(trim(rest.substr(0, end)), ',');
  const auto iv = parts.size() == 2 ? hex_decode(lower_ascii(trim(parts[1]))) : invalid("");
  if (!iv || iv->size() < 8) return {};
  return OldHeader{std::string(trim(parts[0])), *iv, rest.substr(end + 1)};
}

// OpenSSL's own derivation: MD5 once over password and the first eight octets of the IV.
std::optional<SecretBytes> open_old(const EVP_CIPHER* cipher, const OldHeader& header, BytesView sealed,
                                    const PasswordCandidates::Candidate& password) {
  std::array<std::uint8_t, EVP_MAX_KEY_LENGTH> key{};
  const EvpCipherContext context(EVP_CIPHER_CTX_new());
  Bytes clear(sealed.size() + EVP_MAX_BLOCK_LENGTH);
  int length = 0, last = 0;
  const bool good = EVP_BytesToKey(cipher, EVP_md5(), header.iv.data(),
                                   reinterpret_cast<const std::uint8_t*>(password.text), password.length, 1,
                                   key.data(), nullptr) > 0 &&
                    EVP_DecryptInit_ex2(context.get(), cipher, key.data(), header.iv.data(), nullptr) == 1 &&
                    EVP_DecryptUpdate(context.get(), clear.data(), &length, sealed.data(),
                                      static_cast<int>(sealed.size())) == 1 &&
                    EVP_DecryptFinal_ex(context.get(), clear.data() + length, &last) == 1;
  wipe(key);
  clear_openssl_errors();
  SecretBytes whole(std::move(clear));
  if (!good) return {};
  return SecretBytes(whole.reveal().first(static_cast<std::size_t>(length + last)));
}

}  // namespace

PasswordCandidates::PasswordCandidates(const std::vector<SecretBytes>& given) : given_(!given.empty()) {
  texts_.reserve(given.size() + 1);
  const auto add = [this](BytesView text) {
    Bytes ended;
    ended.reserve(text.size() + 1);
    ended.assign(text.begin(), text.end());
    ended.push_back(0);
    texts_.emplace_back(std::move(ended));
    all_.push_back(
        {reinterpret_cast<const char*>(texts_.back().reveal().data()), static_cast<int>(text.size())});
  };
  for (const SecretBytes& one : given) add(one.reveal());
  add({});
  all_.push_back({nullptr, 0});
}

std::string PasswordCandidates::failure_reason() const {
  return given_ ? "no password that was given opens it" : "it is encrypted; give its password";
}

std::optional<std::uint64_t> kdf_rounds(const X509_ALGOR* algorithm) {
  if (kind_of(algorithm) != NID_pbes2) {
    const auto old = unpack<PbeHandle>(algorithm, ASN1_ITEM_rptr(PBEPARAM));
    const auto rounds = old ? number(old->iter) : std::nullopt;
    clear_openssl_errors();
    // Key and start value are derived one after the other.
    return rounds && *rounds < UINT64_MAX / 2 ? std::optional(*rounds * 2) : rounds;
  }
  const auto modern = unpack<Pbe2Handle>(algorithm, ASN1_ITEM_rptr(PBE2PARAM));
  clear_openssl_errors();
  if (!modern) return {};
  if (kind_of(modern->keyfunc) == NID_id_scrypt) return scrypt_rounds(modern->keyfunc);
  const auto pbkdf2 = unpack<Pbkdf2Handle>(modern->keyfunc, ASN1_ITEM_rptr(PBKDF2PARAM));
  clear_openssl_errors();
  return pbkdf2 ? number(pbkdf2->iter) : std::nullopt;
}

std::string too_many_rounds(std::uint64_t rounds) {
  return "its password derivation asks for " + std::to_string(rounds) + " rounds, and at most " +
         std::to_string(kMaxKdfRounds) + " in a file are run; write the file anew with fewer";
}

void read_encrypted_key(const X509_SIG* sealed, const PasswordCandidates& passwords, Finds& finds) {
  const X509_ALGOR* algorithm = nullptr;
  const ASN1_OCTET_STRING* content = nullptr;
  X509_SIG_get0(sealed, &algorithm, &content);
  const auto rounds = kdf_rounds(algorithm);
  if (!rounds)
    return finds.refuse("key", "unreadable", "the key is encrypted in a way that is not known here");
  for (const auto& password : passwords.all()) {
    if (!finds.spend(*rounds)) return finds.refuse("key", "too-many-rounds", too_many_rounds(*rounds));
    const Pkcs8Handle clear(
        PKCS8_decrypt_ex(sealed, password.text, password.length, legacy_context(), nullptr));
    clear_openssl_errors();
    if (!clear) continue;
    std::uint8_t* der = nullptr;
    const int length = i2d_PKCS8_PRIV_KEY_INFO(clear.get(), &der);
    if (length <= 0) break;
    finds.key({der, static_cast<std::size_t>(length)});
    OPENSSL_clear_free(der, static_cast<std::size_t>(length));
    return;
  }
  finds.refuse("key", passwords.failure_id(), passwords.failure_reason());
}

void read_old_encrypted_key(const PemBlock& block, const PasswordCandidates& passwords, Finds& finds) {
  const auto header = read_old_header(block.body);
  if (!header) return finds.refuse("key", "unreadable", no_key("its headers are damaged").detail);
  const auto sealed = decode_pem({.label = block.label, .body = header->body, .complete = block.complete});
  if (!sealed) return finds.refuse("key", "unreadable", sealed.error().detail);
  const CipherHandle cipher(EVP_CIPHER_fetch(legacy_context(), header->cipher.c_str(), nullptr));
  clear_openssl_errors();
  const bool fits = cipher && EVP_CIPHER_get_mode(cipher.get()) == EVP_CIPH_CBC_MODE &&
                    static_cast<std::size_t>(EVP_CIPHER_get_iv_length(cipher.get())) == header->iv.size();
  if (!fits) {
    return finds.refuse("key", "unreadable",
                        no_key("its cipher " + printable(header->cipher, 40) + " is not known").detail);
  }
  for (const auto& password : passwords.all()) {
    if (password.text == nullptr) continue;
    const auto clear = open_old(cipher.get(), *header, sealed->reveal(), password);
    // A wrong password gives rubbish that looks well padded once in 256 times.
    const auto key = clear ? PrivateKey::from_der(clear->reveal()) : Result<PrivateKey>(invalid(""));
    if (key || (clear && key.error().id == "key-kind")) return finds.key(clear->reveal());
  }
  finds.refuse("key", passwords.failure_id(), passwords.failure_reason());
}

}  // namespace certstead
