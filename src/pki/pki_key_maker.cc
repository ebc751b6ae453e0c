#include "pki/pki_key_maker.h"

#include "crypto/csr.h"
#include "crypto/random.h"

namespace certstead {

Result<SecretBytes> PkiKeyMaker::make_key(KeyType type) {
  TRY(const PrivateKey key, PrivateKey::generate(type));
  return key.to_der();
}

SecretBytes PkiKeyMaker::make_secret(std::size_t size) { return random_secret(size); }

Result<Bytes> PkiKeyMaker::make_csr(const SecretBytes& key, const std::vector<HostPattern>& names) {
  TRY(const PrivateKey parsed, PrivateKey::from_der(key.reveal()));
  std::vector<std::string> texts;
  texts.reserve(names.size());
  for (const HostPattern& name : names) texts.push_back(name.ascii());
  return certstead::make_csr(parsed, texts, false);
}

}  // namespace certstead
