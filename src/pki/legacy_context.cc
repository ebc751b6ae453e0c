#include "pki/legacy_context.h"

#include <openssl/provider.h>

#include "crypto/openssl.h"

namespace certstead {
namespace {

using ContextHandle = std::unique_ptr<OSSL_LIB_CTX, Freed<OSSL_LIB_CTX_free>>;
using ProviderHandle = std::unique_ptr<OSSL_PROVIDER, Freed<OSSL_PROVIDER_unload>>;

struct LegacyContext {
  ContextHandle context{OSSL_LIB_CTX_new()};
  ProviderHandle standard{OSSL_PROVIDER_load(context.get(), "default")};
  ProviderHandle legacy{OSSL_PROVIDER_load(context.get(), "legacy")};
};

}  // namespace

OSSL_LIB_CTX* legacy_context() {
  static const LegacyContext one = [] {
    LegacyContext made;
    clear_openssl_errors();
    return made;
  }();
  return one.context.get();
}

}  // namespace certstead
