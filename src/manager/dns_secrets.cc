#include "manager/dns_secrets.h"

#include "base/codec.h"
#include "base/text.h"

namespace certstead {
namespace {

constexpr std::size_t kLength = 4;  // bytes of a length

SecretRef ref_of(std::string_view account_id, std::int64_t version) {
  return {"dns-account", std::string(account_id), "secrets", version};
}

void append(Bytes& out, BytesView value) {
  Encoder length;
  length.u32(static_cast<std::uint32_t>(value.size()));
  out.insert(out.end(), length.out().begin(), length.out().end());
  out.insert(out.end(), value.begin(), value.end());
}

// As Encoder writes them, in memory that is claimed once: what grows leaves copies behind.
SecretBytes packed(const DnsSecrets& secrets) {
  std::size_t size = kLength;
  for (const auto& [name, value] : secrets) size += 2 * kLength + name.size() + value.size();
  Bytes out;
  out.reserve(size);
  Encoder count;
  count.u32(static_cast<std::uint32_t>(secrets.size()));
  out.insert(out.end(), count.out().begin(), count.out().end());
  for (const auto& [name, value] : secrets) {
    append(out, view_bytes(name));
    append(out, value.reveal());
  }
  return SecretBytes(std::move(out));
}

}  // namespace

Result<Sealed> seal_dns_secrets(Sealer& sealer, std::string_view account_id, std::int64_t version,
                                const DnsSecrets& secrets) {
  return sealer.seal(ref_of(account_id, version), packed(secrets), {});
}

Result<DnsSecrets> open_dns_secrets(Sealer& sealer, const DnsAccount& account) {
  DnsSecrets out;
  if (account.secrets.empty()) return out;
  if (account.secrets.ref != ref_of(account.id, account.secrets_version))
    return denied("the secrets stored with the DNS account " + printable(account.name, 60) +
                      " were made for another one; give them again with `certstead dns rotate`",
                  "secret-moved");
  TRY(const SecretBytes opened, sealer.open(account.secrets, account.grants));
  Decoder in(opened.reveal());
  for (std::uint32_t left = in.count(2 * kLength); left > 0 && !in.failed(); --left) {
    std::string name = in.text();
    out[std::move(name)] = SecretBytes(in.bytes());
  }
  CHECK_OK(in.finish());
  return out;
}

DnsSecrets clone(const DnsSecrets& secrets) {
  DnsSecrets out;
  for (const auto& [name, value] : secrets) out[name] = value.clone();
  return out;
}

}  // namespace certstead
