// Lists and nested records as the bytes of one column. Each begins with a number for the form it is written
// in.
#pragma once

#include "base/codec.h"
#include "model/certificate_facts.h"
#include "model/deployment.h"
#include "model/dns_account.h"
#include "model/order.h"
#include "model/sealed.h"
#include "model/tickets.h"
#include "model/url_watch.h"

namespace certstead::sqlite {

// Form 2: challenges say what they have to do with the DNS.
inline constexpr std::uint8_t kBlobForm = 2;

// Reads with the Decoder, and remembers what is encoded well but means nothing (a word that is no key type).
struct BlobReader {
  explicit BlobReader(BytesView bytes) : in(bytes) {}
  Status finish() const;

  Decoder in;
  std::uint8_t form = kBlobForm;
  Status meaning = Done{};
};

void put(Encoder& out, const std::string& value);
void put(Encoder& out, const Bytes& value);
void put(Encoder& out, const HostPattern& value);
void put(Encoder& out, const SecretRef& value);
void put(Encoder& out, const SealedSecret& value);
void put(Encoder& out, const Grant& value);
void put(Encoder& out, const TicketSecret& value);
void put(Encoder& out, const CertificateFacts& value);
void put(Encoder& out, const Authorization& value);
void put(Encoder& out, const ChallengePlan& value);
void put(Encoder& out, const DomainName& value);
void put(Encoder& out, const std::map<std::string, std::string>& value);
void put(Encoder& out, const Finding& value);
void put(Encoder& out, const DeployedCertificate& value);
void put(Encoder& out, const ServedCertificate& value);
void put(Encoder& out, const WatchResult& value);
void put(Encoder& out, KeyType value);
void put(Encoder& out, bool value);

void get(BlobReader& from, std::string& value);
void get(BlobReader& from, Bytes& value);
void get(BlobReader& from, std::vector<HostPattern>& value);
void get(BlobReader& from, SecretRef& value);
void get(BlobReader& from, SealedSecret& value);
void get(BlobReader& from, Grant& value);
void get(BlobReader& from, TicketSecret& value);
void get(BlobReader& from, CertificateFacts& value);
void get(BlobReader& from, Authorization& value);
void get(BlobReader& from, ChallengePlan& value);
void get(BlobReader& from, std::vector<DomainName>& value);
void get(BlobReader& from, std::map<std::string, std::string>& value);
void get(BlobReader& from, Finding& value);
void get(BlobReader& from, DeployedCertificate& value);
void get(BlobReader& from, ServedCertificate& value);
void get(BlobReader& from, WatchResult& value);
void get(BlobReader& from, KeyType& value);
void get(BlobReader& from, bool& value);

template <class T>
void put(Encoder& out, const std::vector<T>& list) {
  out.u32(static_cast<std::uint32_t>(list.size()));
  for (const T& item : list) put(out, item);
}

template <class T>
void get(BlobReader& from, std::vector<T>& list) {
  list.clear();
  // Every element begins with a byte at least.
  for (std::uint32_t left = from.in.count(1); left > 0 && !from.in.failed(); --left) {
    get(from, list.emplace_back());
  }
}

template <class T>
Bytes pack(const T& value) {
  Encoder out;
  out.u8(kBlobForm);
  put(out, value);
  return out.take();
}

// kInvalid if the bytes are not what pack() writes.
template <class T>
Status unpack(BytesView bytes, T& value) {
  BlobReader from(bytes);
  from.form = from.in.u8();
  if (from.form < 1 || from.form > kBlobForm)
    return invalid("the record is in a form that this release does not know");
  get(from, value);
  return from.finish();
}

}  // namespace certstead::sqlite
