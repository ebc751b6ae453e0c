#include "ca/crl.h"

#include "base/encoding.h"
#include "base/even_hex.h"

namespace certstead {

std::uint64_t crl_number(std::int64_t epoch, std::int64_t counter) {
  return static_cast<std::uint64_t>(epoch) << 32 | static_cast<std::uint64_t>(counter);
}

Result<Bytes> sign_crl(const LoadedCa& ca, const std::vector<IssuedRecord>& revoked, std::uint64_t number,
                       Instant now) {
  CrlContent content{number, now, now + kCrlLife, {}};
  for (const IssuedRecord& record : revoked) {
    TRY(Bytes serial, hex_decode(even_hex(record.serial)));
    content.revoked.push_back(
        {std::move(serial), record.revoked.value_or(now), record.revocation_reason.value_or(0)});
  }
  return sign_encoded(encode_crl(content, ca.signer), ca.key);
}

bool crl_is_due(const CaRecord& record, Instant now) {
  if (!record.crl_this_update || !record.crl_next_update) return true;
  const Duration life = *record.crl_next_update - *record.crl_this_update;
  return now >= *record.crl_this_update + life / 2 || now < *record.crl_this_update - life;
}

}  // namespace certstead
