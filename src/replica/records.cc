#include "replica/records.h"

#include <algorithm>
#include <tuple>

#include "base/codec.h"

namespace certstead {
namespace {

// First byte of every record. A reader that meets another one says so instead of guessing.
constexpr std::uint8_t kLayout = 1;
constexpr std::size_t kDigestSize = 32;

Encoder begin() {
  Encoder out;
  out.u8(kLayout);
  return out;
}

void write(Encoder& out, KeyType type) {
  const auto place = std::find(kAllKeyTypes.begin(), kAllKeyTypes.end(), type);
  out.u8(static_cast<std::uint8_t>(place - kAllKeyTypes.begin() + 1));
}

void write(Encoder& out, const std::vector<std::string>& texts) {
  out.u32(static_cast<std::uint32_t>(texts.size()));
  for (const std::string& text : texts) out.text(text);
}

void write(Encoder& out, const std::vector<Bytes>& items) {
  out.u32(static_cast<std::uint32_t>(items.size()));
  for (const Bytes& item : items) out.bytes(item);
}

// A Decoder that also knows the values which may stand in a record.
class Reader {
 public:
  explicit Reader(BytesView in) : in_(in), layout_(in_.u8()) { check(layout_ == kLayout); }

  std::uint32_t u32() { return in_.u32(); }
  std::int64_t i64() { return in_.i64(); }
  std::string text() { return in_.text(); }
  Bytes bytes() {
    const BytesView view = in_.bytes();
    return {view.begin(), view.end()};
  }
  Instant instant() { return from_unix_ms(in_.i64()); }
  KeyType key_type() {
    const std::uint8_t number = in_.u8();
    check(number >= 1 && number <= kAllKeyTypes.size());
    return good_ ? kAllKeyTypes[number - 1] : KeyType::kP256;
  }
  std::uint32_t count(std::size_t least) { return in_.count(least); }
  std::vector<std::string> texts() {
    std::vector<std::string> out(count(4));
    for (std::string& text : out) text = in_.text();
    return out;
  }
  std::vector<Bytes> list() {
    std::vector<Bytes> out(count(4));
    for (Bytes& item : out) item = bytes();
    return out;
  }
  void check(bool ok) { good_ = good_ && ok && !in_.failed(); }

  Status finish(std::string_view kind) const {
    if (good_ && in_.finish()) return Done{};
    if (layout_ > kLayout) {
      return invalid("a " + std::string(kind) + " record of the view has the layout " +
                         std::to_string(layout_) + ", and this program knows " + std::to_string(kLayout) +
                         ": update it, or, if no newer member writes this view, let the member write it anew",
                     "view-newer");
    }
    return invalid("a " + std::string(kind) +
                       " record of the view can't be read; let the member write the "
                       "view anew (remove its directory's data file while nothing has it open)",
                   "view-corrupt");
  }

 private:
  Decoder in_;
  const std::uint8_t layout_;
  bool good_ = true;
};

template <class T>
Result<T> finish(const Reader& in, std::string_view kind, T value) {
  CHECK_OK(in.finish(kind));
  return value;
}

}  // namespace

Bytes encode_record(const CredentialRecord& record) {
  Encoder out = begin();
  out.text(record.id).text(record.set_id).text(record.set_name).i64(record.version);
  write(out, record.key_type);
  write(out, record.names);
  write(out, record.tags);
  out.i64(to_unix_ms(record.not_before)).i64(to_unix_ms(record.not_after));
  out.bytes(record.leaf);
  write(out, record.chain);
  return out.bytes(record.sealed_key).take();
}

Result<CredentialRecord> decode_credential(BytesView bytes) {
  Reader in(bytes);
  CredentialRecord out;
  out.id = in.text();
  out.set_id = in.text();
  out.set_name = in.text();
  out.version = in.i64();
  out.key_type = in.key_type();
  out.names = in.texts();
  out.tags = in.texts();
  out.not_before = in.instant();
  out.not_after = in.instant();
  out.leaf = in.bytes();
  out.chain = in.list();
  for (const Bytes& digest : out.chain) in.check(digest.size() == kDigestSize);
  out.sealed_key = in.bytes();
  return finish(in, "credential", std::move(out));
}

Bytes encode_record(const std::vector<CredentialRef>& index) {
  Encoder out = begin();
  out.u32(static_cast<std::uint32_t>(index.size()));
  for (const CredentialRef& ref : index) {
    out.text(ref.id).i64(ref.version);
    write(out, ref.key_type);
    out.i64(to_unix_ms(ref.not_before)).i64(to_unix_ms(ref.not_after));
  }
  return out.take();
}

Result<std::vector<CredentialRef>> decode_index(BytesView bytes) {
  constexpr std::size_t kLeast = 4 + 8 + 1 + 8 + 8;
  Reader in(bytes);
  std::vector<CredentialRef> out(in.count(kLeast));
  for (CredentialRef& ref : out) {
    ref.id = in.text();
    ref.version = in.i64();
    ref.key_type = in.key_type();
    ref.not_before = in.instant();
    ref.not_after = in.instant();
  }
  return finish(in, "index", std::move(out));
}

Bytes encode_record(const std::vector<std::string>& ids) {
  Encoder out = begin();
  write(out, ids);
  return out.take();
}

Result<std::vector<std::string>> decode_ids(BytesView bytes) {
  Reader in(bytes);
  return finish(in, "set", in.texts());
}

Bytes encode_record(const ViewMeta& meta) {
  return begin().text(meta.store_id).i64(meta.epoch).i64(meta.applied_seq).take();
}

Result<ViewMeta> decode_meta(BytesView bytes) {
  Reader in(bytes);
  ViewMeta out;
  out.store_id = in.text();
  out.epoch = in.i64();
  out.applied_seq = in.i64();
  return finish(in, "meta", std::move(out));
}

Bytes encode_record(const AlpnRecord& record) {
  return begin().bytes(record.certificate).bytes(record.sealed_key).take();
}

Result<AlpnRecord> decode_alpn(BytesView bytes) {
  Reader in(bytes);
  AlpnRecord out;
  out.certificate = in.bytes();
  out.sealed_key = in.bytes();
  return finish(in, "TLS-ALPN-01", std::move(out));
}

Bytes encode_record(const StapleRecord& record) {
  return begin()
      .bytes(record.response)
      .i64(to_unix_ms(record.this_update))
      .i64(to_unix_ms(record.next_update))
      .take();
}

Result<StapleRecord> decode_staple(BytesView bytes) {
  Reader in(bytes);
  StapleRecord out;
  out.response = in.bytes();
  out.this_update = in.instant();
  out.next_update = in.instant();
  return finish(in, "staple", std::move(out));
}

Bytes encode_record(const TicketRecord& record) {
  Encoder out = begin();
  out.i64(record.generation);
  write(out, record.sealed);
  return out.take();
}

Result<TicketRecord> decode_ticket(BytesView bytes) {
  Reader in(bytes);
  TicketRecord out;
  out.generation = in.i64();
  out.sealed = in.list();
  return finish(in, "ticket", std::move(out));
}

Bytes encode_record(const ChainRecord& record) {
  return begin().u32(record.references).bytes(record.certificate).take();
}

Result<ChainRecord> decode_chain(BytesView bytes) {
  Reader in(bytes);
  ChainRecord out;
  out.references = in.u32();
  out.certificate = in.bytes();
  return finish(in, "chain", std::move(out));
}

bool served_before(const CredentialRef& a, const CredentialRef& b) {
  return std::tie(a.not_before, a.version, a.id) > std::tie(b.not_before, b.version, b.id);
}

}  // namespace certstead
