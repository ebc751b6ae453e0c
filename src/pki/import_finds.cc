#include "pki/import_finds.h"

#include <algorithm>

#include "crypto/der.h"

namespace certstead {
namespace {

// The SEC 1 form, whose two halves nobody has compared yet.
bool is_sec1(BytesView der) {
  DerReader outer(der);
  DerReader inside(outer.take(kDerSequence).value_or(BytesView()));
  return inside.take_number(1) && inside.next_is(kDerOctetString);
}

Status try_key(const PrivateKey& key) {
  const BytesView message = view_bytes("import");
  const Result<Bytes> signature = key.sign(message);
  if (signature && key.public_key().verify(message, *signature)) return Done{};
  return invalid("the key is damaged: its public half does not belong to it", "key-damaged");
}

// Why a key that parses is not held.
Error why_not_held(BytesView der, Error error) {
  const std::uint8_t* at = der.data();
  const EvpKey key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
  clear_openssl_errors();
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key.get()) >= 2048)
    return error;
  return invalid("an RSA key of " + std::to_string(EVP_PKEY_get_bits(key.get())) +
                     " bits is too weak; have the certificate made anew with 2048 or more",
                 "key-weak");
}

Result<PrivateKey> read_key(BytesView der) {
  auto key = PrivateKey::from_der(der);
  if (!key && key.error().id == "key-kind") return why_not_held(der, key.error());
  if (key && is_sec1(der)) CHECK_OK(try_key(*key));
  return key;
}

}  // namespace

Result<Certificate> ImportCall::parse(BytesView der) {
  const std::size_t hash = std::hash<std::string_view>{}(view_text(der));
  {
    const std::lock_guard hold(mutex_);
    const auto [first, last] = parsed_.equal_range(hash);
    for (auto one = first; one != last; ++one) {
      if (std::ranges::equal(one->second.der(), der)) return one->second;
    }
  }
  TRY(Certificate parsed, Certificate::from_der(der));
  const std::lock_guard hold(mutex_);
  parsed_.emplace(hash, parsed);
  return parsed;
}

bool ImportCall::spend(std::uint64_t rounds) {
  const auto wanted = static_cast<std::int64_t>(rounds);
  if (rounds_left_.fetch_sub(wanted) >= wanted) return true;
  rounds_left_.fetch_add(wanted);
  return false;
}

void Finds::certificate(BytesView der) {
  auto parsed = call_.parse(der);
  if (!parsed) return refuse("certificate", "unreadable", parsed.error().detail);
  certificates.push_back({std::move(*parsed), ++position_});
}

void Finds::key(BytesView der) {
  auto parsed = read_key(der);
  if (!parsed) {
    const std::string id = parsed.error().id == "key-unreadable" ? "unreadable" : parsed.error().id;
    return refuse("key", id, parsed.error().detail);
  }
  keys.push_back({std::move(*parsed), ++position_});
}

void Finds::refuse(std::string_view kind, std::string_view id, std::string reason) {
  refused.push_back({file_.name, ++position_, std::string(kind), {}, {}, std::string(id), std::move(reason)});
}

void Finds::refuse_file(std::string_view id, std::string reason) {
  refused.push_back({file_.name, 0, "file", {}, {}, std::string(id), std::move(reason)});
}

bool Finds::spend(std::uint64_t rounds) {
  if (rounds > kMaxKdfRounds || spent_ + rounds > kMaxKdfRounds) return false;
  spent_ += rounds;
  return call_.spend(rounds);
}

}  // namespace certstead
