#include "pki/import_pkcs12.h"

#include <openssl/pkcs12.h>

#include "pki/legacy_context.h"

namespace certstead {
namespace {

using Pkcs12Handle = std::unique_ptr<PKCS12, Freed<PKCS12_free>>;
using Pkcs7Handle = std::unique_ptr<PKCS7, Freed<PKCS7_free>>;
using Pkcs8Handle = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Freed<PKCS8_PRIV_KEY_INFO_free>>;
struct Pkcs7sFree {
  void operator()(STACK_OF(PKCS7) * stack) const { sk_PKCS7_pop_free(stack, PKCS7_free); }
};
using Pkcs7s = std::unique_ptr<STACK_OF(PKCS7), Pkcs7sFree>;
struct BagsFree {
  void operator()(STACK_OF(PKCS12_SAFEBAG) * stack) const {
    sk_PKCS12_SAFEBAG_pop_free(stack, PKCS12_SAFEBAG_free);
  }
};
using Bags = std::unique_ptr<STACK_OF(PKCS12_SAFEBAG), BagsFree>;

constexpr int kMaxNesting = 4;

void add_certificate(X509* x509, Finds& finds) {
  std::uint8_t* der = nullptr;
  const int length = x509 == nullptr ? -1 : i2d_X509(x509, &der);
  if (length <= 0) return finds.refuse("certificate", "unreadable", "a certificate in it is damaged");
  finds.certificate({der, static_cast<std::size_t>(length)});
  OPENSSL_free(der);
}

// One PKCS#12 file on its way.
class Pkcs12Reader {
 public:
  Pkcs12Reader(const PasswordCandidates& passwords, Finds& finds) : passwords_(passwords), finds_(finds) {}

  void read(PKCS12* file) {
    if (!find_password(file)) return;
    const Pkcs7s parts(PKCS12_unpack_authsafes(file));
    clear_openssl_errors();
    if (!parts) return finds_.refuse_file("unreadable", "the PKCS#12 file is damaged inside");
    for (int i = 0; i < sk_PKCS7_num(parts.get()); ++i) read_part(sk_PKCS7_value(parts.get(), i));
  }

 private:
  using Candidate = PasswordCandidates::Candidate;

  // The MAC tells which password it is. A file without one, or with one that OpenSSL does not know, shows it
  // when its parts are opened.
  bool find_password(PKCS12* file) {
    candidates_ = passwords_.all();
    if (PKCS12_mac_present(file) != 1) return true;
    const X509_ALGOR* algorithm = nullptr;
    const ASN1_INTEGER* iterations = nullptr;
    PKCS12_get0_mac(nullptr, &algorithm, nullptr, &iterations, file);
    const ASN1_OBJECT* name = nullptr;
    X509_ALGOR_get0(&name, nullptr, nullptr, algorithm);
    if (OBJ_obj2nid(name) == NID_pbmac1) return true;
    std::uint64_t rounds = 1;
    if (iterations != nullptr && ASN1_INTEGER_get_uint64(&rounds, iterations) != 1) rounds = UINT64_MAX;
    for (const Candidate& password : passwords_.all()) {
      if (!finds_.spend(rounds)) {
        finds_.refuse_file("too-many-rounds", too_many_rounds(rounds));
        return false;
      }
      const bool good = PKCS12_verify_mac(file, password.text, password.length) == 1;
      clear_openssl_errors();
      if (!good) continue;
      candidates_ = {password};
      return true;
    }
    finds_.refuse_file(passwords_.failure_id(), passwords_.failure_reason());
    return false;
  }

  void read_part(PKCS7* part) {
    Bags bags;
    if (PKCS7_type_is_data(part)) {
      bags.reset(PKCS12_unpack_p7data(part));
    } else if (PKCS7_type_is_encrypted(part)) {
      bags = open(part);
      if (!bags) return;
    }
    clear_openssl_errors();
    if (!bags) return finds_.refuse("other", "unreadable", "a part of the PKCS#12 file is damaged");
    read_bags(bags.get(), 0);
  }

  Bags open(PKCS7* part) {
    const PKCS7_ENC_CONTENT* const content = part->d.encrypted->enc_data;
    const auto rounds = kdf_rounds(content->algorithm);
    if (!rounds || content->enc_data == nullptr) {
      finds_.refuse("other", "unreadable", "a part of the PKCS#12 file is encrypted in an unknown way");
      return nullptr;
    }
    for (const Candidate& password : candidates_) {
      if (!finds_.spend(*rounds)) {
        finds_.refuse("other", "too-many-rounds", too_many_rounds(*rounds));
        return nullptr;
      }
      Bags bags(static_cast<STACK_OF(PKCS12_SAFEBAG)*>(
          PKCS12_item_decrypt_d2i_ex(content->algorithm, ASN1_ITEM_rptr(PKCS12_SAFEBAGS), password.text,
                                     password.length, content->enc_data, 1, legacy_context(), nullptr)));
      clear_openssl_errors();
      if (bags) return bags;
    }
    finds_.refuse("other", passwords_.failure_id(), passwords_.failure_reason());
    return nullptr;
  }

  void read_bags(const STACK_OF(PKCS12_SAFEBAG) * bags, int depth) {
    for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); ++i) read_bag(sk_PKCS12_SAFEBAG_value(bags, i), depth);
  }

  void read_bag(const PKCS12_SAFEBAG* bag, int depth) {
    switch (PKCS12_SAFEBAG_get_nid(bag)) {
      case NID_keyBag:
        return add_clear_key(PKCS12_SAFEBAG_get0_p8inf(bag));
      case NID_pkcs8ShroudedKeyBag:
        return read_encrypted_key(PKCS12_SAFEBAG_get0_pkcs8(bag), passwords_, finds_);
      case NID_certBag: {
        const X509Handle one(
            PKCS12_SAFEBAG_get_bag_nid(bag) == NID_x509Certificate ? PKCS12_SAFEBAG_get1_cert(bag) : nullptr);
        clear_openssl_errors();
        return add_certificate(one.get(), finds_);
      }
      case NID_safeContentsBag:
        if (depth < kMaxNesting) return read_bags(PKCS12_SAFEBAG_get0_safes(bag), depth + 1);
        break;
      default:
        break;
    }
    finds_.refuse("other", "not-needed", "a part of the PKCS#12 file is neither a key nor a certificate");
  }

  void add_clear_key(const PKCS8_PRIV_KEY_INFO* key) {
    std::uint8_t* der = nullptr;
    const int length = i2d_PKCS8_PRIV_KEY_INFO(key, &der);
    if (length <= 0) return finds_.refuse("key", "unreadable", "a key in it is damaged");
    finds_.key({der, static_cast<std::size_t>(length)});
    OPENSSL_clear_free(der, static_cast<std::size_t>(length));
  }

  const PasswordCandidates& passwords_;
  Finds& finds_;
  std::vector<Candidate> candidates_;
};

}  // namespace

bool read_pkcs12(BytesView der, const PasswordCandidates& passwords, Finds& finds) {
  clear_openssl_errors();
  // What is read into it is decrypted in its context.
  PKCS12* raw = PKCS12_init_ex(NID_pkcs7_data, legacy_context(), nullptr);
  const std::uint8_t* at = der.data();
  const Pkcs12Handle file(d2i_PKCS12(&raw, &at, static_cast<long>(der.size())));
  clear_openssl_errors();
  if (!file) return false;
  Pkcs12Reader(passwords, finds).read(file.get());
  return true;
}

bool read_pkcs7(BytesView der, Finds& finds) {
  clear_openssl_errors();
  const std::uint8_t* at = der.data();
  const Pkcs7Handle file(d2i_PKCS7(nullptr, &at, static_cast<long>(der.size())));
  clear_openssl_errors();
  if (!file) return false;
  const STACK_OF(X509)* all = nullptr;
  if (PKCS7_type_is_signed(file.get()) && file->d.sign != nullptr) all = file->d.sign->cert;
  if (PKCS7_type_is_signedAndEnveloped(file.get()) && file->d.signed_and_enveloped != nullptr)
    all = file->d.signed_and_enveloped->cert;
  if (all == nullptr || sk_X509_num(all) == 0) {
    finds.refuse_file("unreadable", "the PKCS#7 file holds no certificates");
    return true;
  }
  for (int i = 0; i < sk_X509_num(all); ++i) add_certificate(sk_X509_value(all, i), finds);
  return true;
}

}  // namespace certstead
