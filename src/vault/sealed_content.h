// How the content of a secret and its grants are made and opened: what manager and member have in common.
#pragma once

#include "model/sealed.h"
#include "vault/identity.h"
#include "vault/identity_cache.h"

namespace certstead {

// A content key has 32 bytes.
SecretBytes make_content_key();
// Format byte and AES-256-GCM; store, ref and algorithm are authenticated with it.
Result<Bytes> seal_content(const SecretBytes& content_key, const SecretBytes& secret,
                           std::string_view store_id, const SecretRef& ref);
// kDenied ("sealed") if key, place or a bit differ.
Result<SecretBytes> open_content(const SecretBytes& content_key, BytesView content, std::string_view store_id,
                                 const SecretRef& ref);

// What the writer of a secret signs, in the context kSecretContext.
Bytes signed_secret(std::string_view store_id, const SecretRef& ref, BytesView content);
// kDenied unless a manager under the root of `trusted` wrote `secret` for this place of this store.
Status verify_secret(IdentityCache& trusted, std::string_view store_id, const SealedSecret& secret);

// The content key for one reader.
Result<Grant> make_grant(const SecretRef& ref, const SecretBytes& content_key, std::string_view recipient,
                         const Certificate& certificate);

struct OpenedSecret {
  SecretBytes content_key, secret;
};
// Opens `secret`, whose signature was verified before, with a grant for `recipient`. kDenied ("grant",
// "sealed").
Result<OpenedSecret> open_granted(const SealedSecret& secret, std::string_view store_id, const Grant& grant,
                                  std::string_view recipient, const Certificate& certificate,
                                  const PrivateKey& key);

}  // namespace certstead
