#include "tlscache/credential_source.h"

#include "base/text.h"

namespace certstead {
namespace {

// What OpenSSL 3.0 allocates for a parsed leaf and its key, beyond their DER (measured: 5.2 KiB for an X509,
// 2.2 KiB for a P-256 key; RSA keys keep Montgomery contexts as well).
constexpr std::size_t kParsedEc = 7600;
constexpr std::size_t kParsedRsa = 12000;

Result<X509Handle> parse_leaf(BytesView der) {
  clear_openssl_errors();
  const unsigned char* at = der.data();
  X509Handle leaf(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (leaf == nullptr) return openssl_error("reading the certificate", Code::kInvalid);
  // Caches extensions and the public key now: later, several threads would.
  X509_check_purpose(leaf.get(), -1, 0);
  if (X509_get0_pubkey(leaf.get()) == nullptr) {
    return openssl_error("reading the certificate's key", Code::kInvalid);
  }
  return leaf;
}

}  // namespace

Result<std::shared_ptr<const ParsedCredential>> CredentialSource::get(const CredentialRef& ref) {
  if (std::shared_ptr<const ParsedCredential> cached = cache_.find(ref.id, ref.version)) return cached;
  Result<std::shared_ptr<const ParsedCredential>> fresh = load(ref);
  if (fresh) {
    ++loads_;
    cache_.put(*fresh);
    return fresh;
  }
  if (fresh.error().code == Code::kNotFound) return fresh;
  return fresh.error().within("credential " + printable(ref.id, 60));
}

Result<std::shared_ptr<const ParsedCredential>> CredentialSource::load(const CredentialRef& ref) {
  TRY(const StoredCredential stored, view_->load(ref.id));
  const CredentialRecord& record = stored.record;
  if (record.version != ref.version) return not_found("this version is not in the view any more");
  TRY(const SecretBytes der, key_.open(record.id, record.version, record.sealed_key));
  TRY(PrivateKey key, PrivateKey::from_der(der.reveal()));
  TRY(X509Handle leaf, parse_leaf(record.leaf));
  if (X509_check_private_key(leaf.get(), key.native()) != 1) {
    return invalid("its key does not belong to its certificate; let the member write it anew",
                   "key-mismatch");
  }
  ChainHandle chain(sk_X509_new_reserve(nullptr, static_cast<int>(stored.intermediates.size())));
  std::vector<std::shared_ptr<X509>> shared;
  for (std::size_t i = 0; i < stored.intermediates.size(); ++i) {
    TRY(std::shared_ptr<X509> certificate, intermediates_.get(record.chain[i], stored.intermediates[i]));
    X509_up_ref(certificate.get());
    sk_X509_push(chain.get(), certificate.get());
    shared.push_back(std::move(certificate));
  }
  const std::size_t parsed = is_rsa(record.key_type) ? kParsedRsa : kParsedEc;
  const std::size_t bytes = sizeof(ParsedCredential) + parsed + record.leaf.size();
  return std::make_shared<const ParsedCredential>(ParsedCredential{record.id, record.version, std::move(leaf),
                                                                   std::move(chain), std::move(shared),
                                                                   std::move(key), bytes});
}

}  // namespace certstead
