// Port: sealing and opening of secrets, and the manager's signature.
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "model/sealed.h"

namespace certstead {

// Whoever may be granted a secret. The certificate is checked up to the fleet root before anything is sealed
// to it.
struct Recipient {
  std::string id;
  Bytes sealing_certificate;  // DER
};

struct Sealed {
  SealedSecret secret;
  std::vector<Grant> grants;
};

class Sealer {
 public:
  virtual ~Sealer() = default;
  // Seals `secret` for the managers' store key and for `readers`, and signs it. kDenied if a reader's
  // certificate does not lead to the fleet root or does not name that reader.
  virtual Result<Sealed> seal(const SecretRef& ref, const SecretBytes& secret,
                              const std::vector<Recipient>& readers) = 0;
  // Opens with the managers' grant among `grants`. kDenied if the signature is not a manager's, or anything
  // was changed, moved, or is granted to others only.
  virtual Result<SecretBytes> open(const SealedSecret& secret, const std::vector<Grant>& grants) = 0;
  // Further grants of the same content for `readers`, without sealing it again.
  virtual Result<std::vector<Grant>> grant(const SealedSecret& secret, const std::vector<Grant>& existing,
                                           const std::vector<Recipient>& readers) = 0;
  // This manager's signature over `context` and `message`, and who signed. Contexts keep uses apart.
  struct Signature {
    std::string signer;
    Bytes bytes;
  };
  virtual Result<Signature> sign(std::string_view context, BytesView message) = 0;
  // kDenied unless `signature` is one of a manager of this fleet over `context` and `message`.
  virtual Status verify(std::string_view context, BytesView message, const Signature& signature) = 0;
};

}  // namespace certstead
