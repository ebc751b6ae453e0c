// What stands in a view, record by record, and its encoding (FORMAT.md). Pure.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/key_type.h"

namespace certstead {

// One active credential. Its private key stays sealed under the key of the view (view_key.h).
struct CredentialRecord {
  std::string id;  // of the version: another version has another id
  std::string set_id;
  std::string set_name;  // for people
  std::int64_t version = 1;
  KeyType key_type = KeyType::kP256;
  std::vector<std::string> names;  // A-labels, "*." allowed
  std::vector<std::string> tags;   // compared without case
  Instant not_before{}, not_after{};
  Bytes leaf;  // DER
  std::vector<Bytes>
      chain;         // SHA-256 of each intermediate, in order; the certificates are records of their own
  Bytes sealed_key;  // ViewKey::seal
  bool operator==(const CredentialRecord&) const = default;
};

// Enough of a credential to choose one and to know whether a parsed copy is still the current one.
struct CredentialRef {
  std::string id;
  std::int64_t version = 1;
  KeyType key_type = KeyType::kP256;
  Instant not_before{}, not_after{};
  bool operator==(const CredentialRef&) const = default;
};

// How far the view has come (see feed.h of model).
struct ViewMeta {
  std::string store_id;  // "" until the first manifest was applied
  std::int64_t epoch = 0;
  std::int64_t applied_seq = 0;
  bool operator==(const ViewMeta&) const = default;
};

// The certificate that answers TLS-ALPN-01 (RFC 8737) for one name.
struct AlpnRecord {
  Bytes certificate;  // DER
  Bytes sealed_key;   // ViewKey::seal with the name as id and version 0
  bool operator==(const AlpnRecord&) const = default;
};

// An OCSP response for a leaf (RFC 6066 section 8).
struct StapleRecord {
  Bytes response;  // DER
  Instant this_update{}, next_update{};
  bool operator==(const StapleRecord&) const = default;
};

// The secrets from which the session ticket keys of one set are derived, sealed with the set id as id.
struct TicketRecord {
  std::int64_t generation = 0;
  std::vector<Bytes> sealed;  // previous, current, next
  bool operator==(const TicketRecord&) const = default;
};

// An intermediate with the number of credentials that name it.
struct ChainRecord {
  std::uint32_t references = 0;
  Bytes certificate;  // DER
  bool operator==(const ChainRecord&) const = default;
};

Bytes encode_record(const CredentialRecord& record);
Bytes encode_record(const std::vector<CredentialRef>& index);
Bytes encode_record(const std::vector<std::string>& ids);
Bytes encode_record(const ViewMeta& meta);
Bytes encode_record(const AlpnRecord& record);
Bytes encode_record(const StapleRecord& record);
Bytes encode_record(const TicketRecord& record);
Bytes encode_record(const ChainRecord& record);

// The way back. Anything but what encode_record writes is kInvalid with the id "view-corrupt".
Result<CredentialRecord> decode_credential(BytesView bytes);
Result<std::vector<CredentialRef>> decode_index(BytesView bytes);
Result<std::vector<std::string>> decode_ids(BytesView bytes);
Result<ViewMeta> decode_meta(BytesView bytes);
Result<AlpnRecord> decode_alpn(BytesView bytes);
Result<StapleRecord> decode_staple(BytesView bytes);
Result<TicketRecord> decode_ticket(BytesView bytes);
Result<ChainRecord> decode_chain(BytesView bytes);

// True if `a` is served rather than `b` where two sets name the same host for the same key type: the newer
// not_before wins, then the higher version, then the greater id. A strict order over different ids.
bool served_before(const CredentialRef& a, const CredentialRef& b);

}  // namespace certstead
