// A sealer that seals nothing, where sealing is not what is looked at.
#pragma once

#include "model/sealer.h"

namespace certstead {

class OpenSealer final : public Sealer {
 public:
  Result<Sealed> seal(const SecretRef& ref, const SecretBytes& secret,
                      const std::vector<Recipient>&) override {
    return Sealed{{ref, Bytes(secret.reveal().begin(), secret.reveal().end()), "open", {}}, {}};
  }
  Result<SecretBytes> open(const SealedSecret& secret, const std::vector<Grant>&) override {
    return SecretBytes(BytesView(secret.content));
  }
  Result<std::vector<Grant>> grant(const SealedSecret&, const std::vector<Grant>& existing,
                                   const std::vector<Recipient>&) override {
    return existing;
  }
  Result<Signature> sign(std::string_view, BytesView) override { return Signature{}; }
  Status verify(std::string_view, BytesView, const Signature&) override { return Done{}; }
};

}  // namespace certstead
