#include "store/sqlite/blobs.h"

#include "base/even_hex.h"

namespace certstead::sqlite {
namespace {

void put_key_type(Encoder& out, const std::optional<KeyType>& value) {
  out.text(value ? key_type_name(*value) : "");
}

void get_key_type(BlobReader& from, std::optional<KeyType>& value) {
  value.reset();
  const std::string word = from.in.text();
  if (word.empty()) return;
  auto type = parse_key_type(word);
  if (type) {
    value = *type;
  } else {
    from.meaning = type.error();
  }
}

void put_instant(Encoder& out, const std::optional<Instant>& value) {
  put(out, value.has_value());
  if (value) out.i64(to_unix_ms(*value));
}

void get_instant(BlobReader& from, std::optional<Instant>& value) {
  bool there = false;
  get(from, there);
  value.reset();
  if (there) value = from_unix_ms(from.in.i64());
}

// A list of names of the type `Name`, none of which is shorter than a length and a character.
template <class Name>
void get_names(BlobReader& from, std::vector<Name>& value) {
  value.clear();
  for (std::uint32_t left = from.in.count(4); left > 0 && !from.in.failed(); --left) {
    auto name = Name::parse(from.in.text());
    if (name) {
      value.push_back(std::move(*name));
    } else if (!from.in.failed()) {
      from.meaning = name.error();
    }
  }
}

void put_challenge(Encoder& out, const ChosenChallenge& value) {
  out.text(value.type).text(value.url).text(value.token).text(value.key_authorization);
  put(out, value.published);
  put(out, value.checked);
  put(out, value.answered);
  out.text(value.validation_name).text(value.txt_value);
  put(out, value.issuer_domains);
  out.text(value.record_name).text(value.record_zone).text(value.dns_account);
  put_instant(out, value.published_at);
}

ChosenChallenge get_challenge(BlobReader& from) {
  ChosenChallenge value;
  for (std::string* text : {&value.type, &value.url, &value.token, &value.key_authorization})
    get(from, *text);
  for (bool* flag : {&value.published, &value.checked, &value.answered}) get(from, *flag);
  if (from.form < 2) return value;
  get(from, value.validation_name);
  get(from, value.txt_value);
  get(from, value.issuer_domains);
  for (std::string* text : {&value.record_name, &value.record_zone, &value.dns_account}) get(from, *text);
  get_instant(from, value.published_at);
  return value;
}

}  // namespace

Status BlobReader::finish() const {
  CHECK_OK(in.finish());
  return meaning;
}

void put(Encoder& out, const std::string& value) { out.text(value); }
void get(BlobReader& from, std::string& value) { value = from.in.text(); }

void put(Encoder& out, const Bytes& value) { out.bytes(value); }
void get(BlobReader& from, Bytes& value) {
  const BytesView view = from.in.bytes();
  value.assign(view.begin(), view.end());
}

void put(Encoder& out, bool value) { out.u8(value ? 1 : 0); }
void get(BlobReader& from, bool& value) { value = from.in.u8() != 0; }

void put(Encoder& out, KeyType value) { put_key_type(out, value); }
void get(BlobReader& from, KeyType& value) {
  std::optional<KeyType> type;
  get_key_type(from, type);
  if (!type && from.meaning) from.meaning = invalid("a key type is empty", "unknown-word");
  value = type.value_or(KeyType::kP256);
}

void put(Encoder& out, const HostPattern& value) { out.text(value.ascii()); }
void get(BlobReader& from, std::vector<HostPattern>& value) { get_names(from, value); }

void put(Encoder& out, const DomainName& value) { out.text(value.ascii()); }
void get(BlobReader& from, std::vector<DomainName>& value) { get_names(from, value); }

void put(Encoder& out, const std::map<std::string, std::string>& value) {
  out.u32(static_cast<std::uint32_t>(value.size()));
  for (const auto& [name, text] : value) out.text(name).text(text);
}
void get(BlobReader& from, std::map<std::string, std::string>& value) {
  value.clear();
  for (std::uint32_t left = from.in.count(8); left > 0 && !from.in.failed(); --left) {
    std::string name = from.in.text();
    value[std::move(name)] = from.in.text();
  }
}

void put(Encoder& out, const ChallengePlan& value) {
  out.text(value.name).text(value.type).text(value.dns_account);
}
void get(BlobReader& from, ChallengePlan& value) {
  for (std::string* text : {&value.name, &value.type, &value.dns_account}) get(from, *text);
}

void put(Encoder& out, const SecretRef& value) {
  out.text(value.table).text(value.record).text(value.field).i64(value.version);
}
void get(BlobReader& from, SecretRef& value) {
  for (std::string* text : {&value.table, &value.record, &value.field}) get(from, *text);
  value.version = from.in.i64();
}

void put(Encoder& out, const SealedSecret& value) {
  put(out, value.ref);
  out.bytes(value.content).text(value.signer).bytes(value.signature);
}
void get(BlobReader& from, SealedSecret& value) {
  get(from, value.ref);
  get(from, value.content);
  get(from, value.signer);
  get(from, value.signature);
}

void put(Encoder& out, const Grant& value) {
  put(out, value.ref);
  out.text(value.recipient).bytes(value.envelope);
}
void get(BlobReader& from, Grant& value) {
  get(from, value.ref);
  get(from, value.recipient);
  get(from, value.envelope);
}

void put(Encoder& out, const TicketSecret& value) {
  put(out, value.secret);
  put(out, value.grants);
}
void get(BlobReader& from, TicketSecret& value) {
  get(from, value.secret);
  get(from, value.grants);
}

void put(Encoder& out, const CertificateFacts& value) {
  out.text(value.subject).text(value.issuer).text(value.serial).text(value.fingerprint);
  out.text(value.spki_sha256).text(value.ari_id);
  put(out, value.names);
  put_key_type(out, value.key_type);
  out.i64(to_unix_ms(value.not_before)).i64(to_unix_ms(value.not_after));
}
void get(BlobReader& from, CertificateFacts& value) {
  for (std::string* text : {&value.subject, &value.issuer, &value.serial, &value.fingerprint,
                            &value.spki_sha256, &value.ari_id}) {
    get(from, *text);
  }
  value.serial = even_hex(std::move(value.serial));
  get(from, value.names);
  get_key_type(from, value.key_type);
  value.not_before = from_unix_ms(from.in.i64());
  value.not_after = from_unix_ms(from.in.i64());
}

void put(Encoder& out, const Finding& value) {
  out.text(health_name(value.severity)).text(value.id).text(value.subject).text(value.detail);
}
void get(BlobReader& from, Finding& value) {
  const auto severity = parse_health(from.in.text());
  if (severity) {
    value.severity = *severity;
  } else if (!from.in.failed()) {
    from.meaning = severity.error();
  }
  for (std::string* text : {&value.id, &value.subject, &value.detail}) get(from, *text);
}

void put(Encoder& out, const DeployedCertificate& value) {
  out.text(value.path);
  put(out, value.key_type);
  out.text(value.serial).text(value.fingerprint).i64(to_unix_ms(value.not_after));
}
void get(BlobReader& from, DeployedCertificate& value) {
  get(from, value.path);
  get(from, value.key_type);
  get(from, value.serial);
  value.serial = even_hex(std::move(value.serial));
  get(from, value.fingerprint);
  value.not_after = from_unix_ms(from.in.i64());
}

void put(Encoder& out, const ServedCertificate& value) {
  out.text(value.target).text(value.kind).text(value.serial).text(value.expected).text(value.problem);
}
void get(BlobReader& from, ServedCertificate& value) {
  for (std::string* text : {&value.target, &value.kind, &value.serial, &value.expected, &value.problem})
    get(from, *text);
  for (std::string* serial : {&value.serial, &value.expected}) *serial = even_hex(std::move(*serial));
}

void put(Encoder& out, const WatchResult& value) {
  out.i64(to_unix_ms(value.at));
  put(out, value.findings);
  out.text(value.address).text(value.protocol).text(value.serial).text(value.issuer).text(value.fingerprint);
  put_instant(out, value.not_after);
}
void get(BlobReader& from, WatchResult& value) {
  value.at = from_unix_ms(from.in.i64());
  get(from, value.findings);
  for (std::string* text :
       {&value.address, &value.protocol, &value.serial, &value.issuer, &value.fingerprint}) {
    get(from, *text);
  }
  value.serial = even_hex(std::move(value.serial));
  get_instant(from, value.not_after);
}

void put(Encoder& out, const Authorization& value) {
  out.text(value.url).text(value.identifier);
  put(out, value.wildcard);
  out.text(acme_status_name(value.status));
  put(out, value.challenge.has_value());
  if (value.challenge) put_challenge(out, *value.challenge);
}
void get(BlobReader& from, Authorization& value) {
  get(from, value.url);
  get(from, value.identifier);
  get(from, value.wildcard);
  value.status = parse_acme_status(from.in.text());
  bool has_challenge = false;
  get(from, has_challenge);
  value.challenge.reset();
  if (has_challenge) value.challenge = get_challenge(from);
}

}  // namespace certstead::sqlite
