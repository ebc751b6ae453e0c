#include "ca/loaded_ca.h"

#include <algorithm>

namespace certstead {
namespace {

Error mismatch(const CaRecord& record, const std::string& why) {
  return denied("the CA " + record.name + " signs nothing: " + why +
                    "; restore its key and its certificate from the same backup",
                "ca-key-mismatch");
}

}  // namespace

Result<LoadedCa> load_ca(const CaRecord& record, Sealer& sealer) {
  if (record.is_waiting()) {
    return denied("the CA " + record.name +
                      " has no certificate yet: have the request of `certstead microca csr " + record.name +
                      "` signed, and bring the answer with `certstead microca complete`",
                  "ca-waiting");
  }
  const auto opened = sealer.open(record.key, record.grants);
  if (!opened) return mismatch(record, "its key can't be opened (" + opened.error().detail + ")");
  auto key = PrivateKey::from_der(opened->reveal());
  if (!key) return mismatch(record, "its key can't be read");
  std::vector<Certificate> chain;
  for (const Bytes& der : record.chain) {
    auto one = Certificate::from_der(der);
    if (!one) return mismatch(record, "its certificate can't be read");
    chain.push_back(std::move(*one));
  }
  if (!chain.front().matches(*key)) return mismatch(record, "its key is not the one of its certificate");
  LoadedCa loaded{record, *key, chain.front(), signer_of(chain.front(), key->type()), {}, Instant::max()};
  for (const Certificate& one : chain) {
    TRY(DnsConstraints constraints, dns_constraints_of(one));
    loaded.constraints.push_back(std::move(constraints));
    loaded.not_after = std::min(loaded.not_after, one.not_after());
  }
  return loaded;
}

}  // namespace certstead
