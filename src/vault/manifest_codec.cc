// encode_manifest and decode_manifest. Each record has put_X and take_X side by side; the bounds are checked
// on the decoded value, which Decoder::count keeps within a small multiple of the input.
#include "base/codec.h"
#include "base/text.h"
#include "vault/manifest.h"

namespace certstead {
namespace {

constexpr std::uint8_t kFormat = 1;
enum class Tag : std::uint8_t { kSet = 1, kRemoval, kChallenge, kChallengeGone, kTickets };

void put_flag(Encoder& out, bool value) { out.u8(value ? 1 : 0); }
void put_instant(Encoder& out, Instant at) { out.i64(to_unix_ms(at)); }
Instant take_instant(Decoder& in) { return from_unix_ms(in.i64()); }

// Reading one manifest: the decoder, and what was wrong with a value although its bytes were there.
struct Reader {
  Decoder in;
  bool strange = false;
  bool flag() {
    const std::uint8_t value = in.u8();
    strange = strange || value > 1;
    return value == 1;
  }
};

void put_texts(Encoder& out, const std::vector<std::string>& texts) {
  out.u32(static_cast<std::uint32_t>(texts.size()));
  for (const std::string& text : texts) out.text(text);
}

std::vector<std::string> take_texts(Decoder& in) {
  std::vector<std::string> texts;
  for (std::uint32_t left = in.count(4); left > 0 && !in.failed(); --left) texts.push_back(in.text());
  return texts;
}

Bytes take_blob(Decoder& in) {
  const BytesView view = in.bytes();
  return {view.begin(), view.end()};
}

void put_blobs(Encoder& out, const std::vector<Bytes>& blobs) {
  out.u32(static_cast<std::uint32_t>(blobs.size()));
  for (const Bytes& blob : blobs) out.bytes(blob);
}

std::vector<Bytes> take_blobs(Decoder& in) {
  std::vector<Bytes> blobs;
  for (std::uint32_t left = in.count(4); left > 0 && !in.failed(); --left) blobs.push_back(take_blob(in));
  return blobs;
}

void put_ref(Encoder& out, const SecretRef& ref) {
  out.text(ref.table).text(ref.record).text(ref.field).i64(ref.version);
}

SecretRef take_ref(Decoder& in) {
  SecretRef ref;
  ref.table = in.text();
  ref.record = in.text();
  ref.field = in.text();
  ref.version = in.i64();
  return ref;
}

void put_secret(Encoder& out, const SealedSecret& secret) {
  put_ref(out, secret.ref);
  out.bytes(secret.content).text(secret.signer).bytes(secret.signature);
}

SealedSecret take_secret(Decoder& in) {
  SealedSecret secret;
  secret.ref = take_ref(in);
  secret.content = take_blob(in);
  secret.signer = in.text();
  secret.signature = take_blob(in);
  return secret;
}

void put_grant(Encoder& out, const std::optional<Grant>& grant) {
  put_flag(out, grant.has_value());
  if (!grant) return;
  put_ref(out, grant->ref);
  out.text(grant->recipient).bytes(grant->envelope);
}

std::optional<Grant> take_grant(Reader& from) {
  if (!from.flag()) return std::nullopt;
  Grant grant;
  grant.ref = take_ref(from.in);
  grant.recipient = from.in.text();
  grant.envelope = take_blob(from.in);
  return grant;
}

// Everything of a credential that its writer signs. Tags may change while a version lives: the signature of
// the manifest vouches for them.
void put_told(Encoder& out, const FeedCredential& credential) {
  out.text(credential.version_id).text(credential.set_id).text(credential.set_name).i64(credential.version);
  out.text(key_type_name(credential.key_type));
  put_texts(out, credential.names);
  put_blobs(out, credential.chain);
  put_instant(out, credential.not_before);
  put_instant(out, credential.not_after);
  put_secret(out, credential.key);
}

KeyType take_key_type(Reader& from) {
  const std::string name = from.in.text();
  for (const KeyType type : kAllKeyTypes) {  // parse_key_type takes other spellings too
    if (key_type_name(type) == name) return type;
  }
  from.strange = true;
  return KeyType::kP256;
}

void put_credential(Encoder& out, const FeedCredential& credential) {
  put_told(out, credential);
  put_texts(out, credential.tags);
  put_grant(out, credential.grant);
  out.text(credential.signer).bytes(credential.signature);
}

FeedCredential take_credential(Reader& from) {
  Decoder& in = from.in;
  FeedCredential credential;
  credential.version_id = in.text();
  credential.set_id = in.text();
  credential.set_name = in.text();
  credential.version = in.i64();
  credential.key_type = take_key_type(from);
  credential.names = take_texts(in);
  credential.chain = take_blobs(in);
  credential.not_before = take_instant(in);
  credential.not_after = take_instant(in);
  credential.key = take_secret(in);
  credential.tags = take_texts(in);
  credential.grant = take_grant(from);
  credential.signer = in.text();
  credential.signature = take_blob(in);
  return credential;
}

struct PutItem {
  Encoder& out;
  void tag(Tag value) const { out.u8(static_cast<std::uint8_t>(value)); }
  void operator()(const FeedSet& set) const {
    tag(Tag::kSet);
    out.text(set.set_id).u32(static_cast<std::uint32_t>(set.credentials.size()));
    for (const FeedCredential& credential : set.credentials) put_credential(out, credential);
  }
  void operator()(const FeedRemoval& removal) const {
    tag(Tag::kRemoval);
    out.text(removal.set_id);
  }
  void operator()(const FeedChallenge& challenge) const {
    tag(Tag::kChallenge);
    out.text(challenge.token).text(challenge.key_authorization);
  }
  void operator()(const FeedChallengeGone& gone) const {
    tag(Tag::kChallengeGone);
    out.text(gone.token);
  }
  void operator()(const FeedTickets& tickets) const {
    tag(Tag::kTickets);
    out.text(tickets.set_id).i64(tickets.generation);
    out.u32(static_cast<std::uint32_t>(tickets.secrets.size()));
    for (const FeedTickets::Secret& one : tickets.secrets) {
      put_secret(out, one.secret);
      put_grant(out, one.grant);
    }
  }
};

FeedTickets take_tickets(Reader& from) {
  constexpr std::size_t kLeastSecret = 33;  // one whose texts are empty, without a grant
  FeedTickets tickets;
  tickets.set_id = from.in.text();
  tickets.generation = from.in.i64();
  for (std::uint32_t left = from.in.count(kLeastSecret); left > 0 && !from.in.failed(); --left) {
    FeedTickets::Secret one;
    one.secret = take_secret(from.in);
    one.grant = take_grant(from);
    tickets.secrets.push_back(std::move(one));
  }
  return tickets;
}

constexpr std::size_t kLeastCredential = 97;  // one whose texts and lists are empty

FeedItem take_item(Reader& from) {
  Decoder& in = from.in;
  switch (static_cast<Tag>(in.u8())) {
    case Tag::kSet: {
      FeedSet set;
      set.set_id = in.text();
      for (std::uint32_t left = in.count(kLeastCredential); left > 0 && !in.failed(); --left) {
        set.credentials.push_back(take_credential(from));
      }
      return set;
    }
    case Tag::kRemoval:
      return FeedRemoval{in.text()};
    case Tag::kChallenge: {
      FeedChallenge challenge;
      challenge.token = in.text();
      challenge.key_authorization = in.text();
      return challenge;
    }
    case Tag::kChallengeGone:
      return FeedChallengeGone{in.text()};
    case Tag::kTickets:
      return take_tickets(from);
  }
  from.strange = true;
  return FeedRemoval{};
}

// The bounds that hold in both directions.
class Bounds {
 public:
  void text(std::string_view value) { limit_ = limit_ && value.size() <= kMaxTextBytes; }
  void texts(const std::vector<std::string>& values) {
    limit_ = limit_ && values.size() <= kMaxNames;
    for (const std::string& value : values) text(value);
  }
  void blob(BytesView value) { limit_ = limit_ && value.size() <= kMaxBlobBytes; }
  void instant(Instant at) {
    const Instant year_1 = from_unix_seconds(-62'135'596'800),
                  year_10000 = from_unix_seconds(253'402'300'800);
    sane_ = sane_ && at >= year_1 && at < year_10000;
  }
  void number(std::int64_t value) { sane_ = sane_ && value >= 0; }
  void ref(const SecretRef& value) {
    text(value.table), text(value.record), text(value.field);
    number(value.version);
  }
  void credential(const FeedCredential& value);
  void operator()(const FeedSet& set) {
    text(set.set_id);
    for (const FeedCredential& one : set.credentials) {
      credential(one);
      sane_ = sane_ && one.set_id == set.set_id;
    }
  }
  void operator()(const FeedRemoval& removal) { text(removal.set_id); }
  void operator()(const FeedChallenge& value) { text(value.token), text(value.key_authorization); }
  void operator()(const FeedChallengeGone& gone) { text(gone.token); }
  void operator()(const FeedTickets& tickets);
  Status verdict() const;

 private:
  bool limit_ = true, sane_ = true;
};

void Bounds::credential(const FeedCredential& value) {
  text(value.version_id), text(value.set_id), text(value.set_name), text(value.signer),
      text(value.key.signer);
  number(value.version);
  texts(value.names), texts(value.tags);
  limit_ = limit_ && value.chain.size() <= kMaxChainLength;
  for (const Bytes& certificate : value.chain) blob(certificate);
  instant(value.not_before), instant(value.not_after);
  ref(value.key.ref), blob(value.key.content), blob(value.key.signature), blob(value.signature);
  if (!value.grant) return;
  ref(value.grant->ref), text(value.grant->recipient), blob(value.grant->envelope);
}

void Bounds::operator()(const FeedTickets& tickets) {
  constexpr std::size_t kSecrets = 3;
  text(tickets.set_id), number(tickets.generation);
  limit_ = limit_ && tickets.secrets.size() <= kSecrets;
  for (const auto& [secret, grant] : tickets.secrets) {
    ref(secret.ref), text(secret.signer), blob(secret.content), blob(secret.signature);
    if (!grant) continue;
    ref(grant->ref), text(grant->recipient), blob(grant->envelope);
  }
}

Status Bounds::verdict() const {
  if (!limit_) return invalid("the manifest has a value beyond the bounds of its kind", "manifest-limit");
  if (!sane_) {
    return invalid(
        "the manifest has a negative number, an impossible date, or a credential in a set that is not its "
        "own",
        "manifest-value");
  }
  return Done{};
}

Status check_bounds(const Manifest& manifest) {
  Bounds bounds;
  bounds.text(manifest.store_id), bounds.text(manifest.audience);
  bounds.number(manifest.epoch), bounds.number(manifest.from_seq), bounds.number(manifest.to_seq);
  bounds.instant(manifest.issued), bounds.instant(manifest.expires);
  for (const FeedItem& item : manifest.items) std::visit(bounds, item);
  return bounds.verdict();
}

Error too_long() {
  return invalid("the manifest is longer than the " + std::to_string(kMaxManifestBytes) + " bytes allowed",
                 "manifest-limit");
}

}  // namespace

Bytes encode_signed_part(const FeedCredential& credential, std::string_view store_id) {
  Encoder out;
  out.text("certstead-credential-1").text(store_id);
  put_told(out, credential);
  return out.take();
}

Result<Bytes> encode_manifest(const Manifest& manifest) {
  CHECK_OK(check_bounds(manifest));
  Encoder out;
  out.u8(kFormat).text(manifest.store_id).i64(manifest.epoch).i64(manifest.from_seq).i64(manifest.to_seq);
  put_flag(out, manifest.full);
  out.text(manifest.audience);
  put_instant(out, manifest.issued);
  put_instant(out, manifest.expires);
  out.u32(static_cast<std::uint32_t>(manifest.items.size()));
  for (const FeedItem& item : manifest.items) std::visit(PutItem{out}, item);
  if (out.out().size() > kMaxManifestBytes) return too_long();
  return out.take();
}

Result<Manifest> decode_manifest(BytesView bytes) {
  if (bytes.size() > kMaxManifestBytes) return too_long();
  Reader from{Decoder(bytes)};
  Decoder& in = from.in;
  if (const std::uint8_t format = in.u8(); format != kFormat) {
    return invalid("the manifest has format " + std::to_string(format) +
                       ", which this version does not know; update this member",
                   "manifest-format");
  }
  Manifest manifest;
  manifest.store_id = in.text();
  manifest.epoch = in.i64();
  manifest.from_seq = in.i64();
  manifest.to_seq = in.i64();
  manifest.full = from.flag();
  manifest.audience = in.text();
  manifest.issued = take_instant(in);
  manifest.expires = take_instant(in);
  for (std::uint32_t left = in.count(5); left > 0 && !in.failed() && !from.strange; --left) {
    manifest.items.push_back(take_item(from));
  }
  if (from.strange) return invalid("the manifest has a value that no manager writes", "manifest-value");
  CHECK_OK(in.finish());
  CHECK_OK(check_bounds(manifest));
  return manifest;
}

}  // namespace certstead
