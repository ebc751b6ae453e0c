#include "replica/batch.h"

#include <algorithm>
#include <set>

#include "crypto/digest.h"

namespace certstead {
namespace {

Status check_key_text(std::string_view text, std::string_view what) {
  if (!text.empty() && text.size() <= kMaxKeyText) return Done{};
  return invalid(std::string(what) + " '" + printable(text, 40) + "' must have 1 to " +
                     std::to_string(kMaxKeyText) + " bytes",
                 "view-key-size");
}

Status check_input(const CredentialRecord& record) {
  CHECK_OK(check_key_text(record.id, "the credential id"));
  if (record.names.empty() && record.tags.empty()) {
    return invalid("the credential " + printable(record.id, 40) + " has neither a name nor a tag");
  }
  for (const std::string& name : record.names) {
    TRY(const HostPattern pattern, HostPattern::parse(name));
    if (pattern.ascii() != name) {
      return invalid("the name " + printable(name, 60) + " is not in its A-label form, " + pattern.ascii());
    }
  }
  for (const std::string& tag : record.tags) CHECK_OK(check_key_text(tag, "the tag"));
  return Done{};
}

CredentialRef ref_of(const CredentialRecord& record) {
  return {record.id, record.version, record.key_type, record.not_before, record.not_after};
}

}  // namespace

Status ViewBatch::State::put(RecordKind kind, std::string_view rest, BytesView value) {
  return txn.put(view_bytes(key_of(kind, rest)), value);
}

Status ViewBatch::State::remove(RecordKind kind, std::string_view rest) {
  return txn.remove(view_bytes(key_of(kind, rest)));
}

Result<std::vector<std::string>> ViewBatch::State::keys(RecordKind kind) const {
  std::vector<std::string> out;
  CHECK_OK(txn.scan(key_of(kind), {}, [&](BytesView key, BytesView) -> Result<bool> {
    out.push_back(to_text(key.subspan(1)));
    return true;
  }));
  return out;
}

Status ViewBatch::State::index(const std::string& key, const CredentialRef& ref, bool present) {
  std::vector<CredentialRef> refs;
  TRY(const std::optional<BytesView> there, txn.get(view_bytes(key)));
  if (there) {
    TRY(refs, decode_index(*there));
  }
  std::erase_if(refs, [&](const CredentialRef& r) { return r.id == ref.id; });
  if (present) refs.insert(std::upper_bound(refs.begin(), refs.end(), ref, served_before), ref);
  if (refs.empty()) return txn.remove(view_bytes(key));
  return txn.put(view_bytes(key), encode_record(refs));
}

Status ViewBatch::State::index_all(const CredentialRecord& record, bool present) {
  const CredentialRef ref = ref_of(record);
  for (const std::string& name : record.names) {
    CHECK_OK(index(key_of(RecordKind::kName, name), ref, present));
  }
  for (const std::string& tag : record.tags) CHECK_OK(index(tag_key(tag), ref, present));
  return Done{};
}

Status ViewBatch::State::use_chain(BytesView digest, BytesView certificate) {
  TRY(const std::optional<BytesView> there,
      txn.get(view_bytes(key_of(RecordKind::kChain, view_text(digest)))));
  ChainRecord record{0, {certificate.begin(), certificate.end()}};
  if (there) {
    TRY(record, decode_chain(*there));
  }
  ++record.references;
  return put(RecordKind::kChain, view_text(digest), encode_record(record));
}

Status ViewBatch::State::drop_chain(BytesView digest) {
  TRY(const std::optional<BytesView> there,
      txn.get(view_bytes(key_of(RecordKind::kChain, view_text(digest)))));
  if (!there) return Done{};
  TRY(ChainRecord record, decode_chain(*there));
  if (record.references <= 1) return remove(RecordKind::kChain, view_text(digest));
  --record.references;
  return put(RecordKind::kChain, view_text(digest), encode_record(record));
}

Status ViewBatch::State::add_credential(const CredentialRecord& record,
                                        const std::vector<Bytes>& intermediates) {
  CredentialRecord stored = record;
  stored.chain.clear();
  for (const Bytes& certificate : intermediates) {
    stored.chain.push_back(sha256(certificate));
    CHECK_OK(use_chain(stored.chain.back(), certificate));
  }
  CHECK_OK(index_all(stored, true));
  return put(RecordKind::kCredential, stored.id, encode_record(stored));
}

Status ViewBatch::State::remove_credential(std::string_view id) {
  TRY(const std::optional<BytesView> there, txn.get(view_bytes(key_of(RecordKind::kCredential, id))));
  if (!there) return Done{};
  TRY(const CredentialRecord record, decode_credential(*there));
  CHECK_OK(index_all(record, false));
  for (const Bytes& digest : record.chain) CHECK_OK(drop_chain(digest));
  return remove(RecordKind::kCredential, id);
}

// The public face.

ViewBatch::ViewBatch(std::unique_ptr<State> state) : state_(std::move(state)) {}
ViewBatch::ViewBatch(ViewBatch&&) noexcept = default;
ViewBatch::~ViewBatch() = default;

Result<Status> ViewBatch::check_set(std::string_view set_id,
                                    const std::vector<NewCredential>& credentials) const {
  const Status key = check_key_text(set_id, "the set id");
  if (!key) return key;
  std::set<std::string_view> ids;
  for (const NewCredential& credential : credentials) {
    const CredentialRecord& record = credential.record;
    const Status sound = check_input(record);
    if (!sound) return sound;
    TRY(const std::optional<BytesView> there,
        state_->txn.get(view_bytes(key_of(RecordKind::kCredential, record.id))));
    std::string owner(set_id);
    if (there) {
      TRY(CredentialRecord stored, decode_credential(*there));
      owner = std::move(stored.set_id);
    }
    if (!ids.insert(record.id).second || owner != set_id) {
      return Status(invalid("the credential id " + printable(record.id, 40) + " is used twice in the view",
                            "view-duplicate-id"));
    }
  }
  return Status(Done{});
}

Status ViewBatch::replace_set(std::string_view set_id, const std::vector<NewCredential>& credentials) {
  TRY(const Status sound, check_set(set_id, credentials));
  CHECK_OK(sound);
  CHECK_OK(remove_set(set_id));
  std::vector<std::string> ids;
  for (const NewCredential& credential : credentials) {
    CredentialRecord record = credential.record;
    record.set_id = set_id;
    CHECK_OK(state_->add_credential(record, credential.intermediates));
    ids.push_back(record.id);
  }
  return state_->put(RecordKind::kSet, set_id, encode_record(ids));
}

Status ViewBatch::remove_set(std::string_view set_id) {
  CHECK_OK(check_key_text(set_id, "the set id"));
  TRY(const std::optional<BytesView> there, state_->txn.get(view_bytes(key_of(RecordKind::kSet, set_id))));
  if (!there) return Done{};
  TRY(const std::vector<std::string> ids, decode_ids(*there));
  for (const std::string& id : ids) CHECK_OK(state_->remove_credential(id));
  return state_->remove(RecordKind::kSet, set_id);
}

Result<bool> ViewBatch::has_set(std::string_view set_id) const {
  CHECK_OK(check_key_text(set_id, "the set id"));
  TRY(const std::optional<BytesView> there, state_->txn.get(view_bytes(key_of(RecordKind::kSet, set_id))));
  return there.has_value();
}

Result<std::vector<std::string>> ViewBatch::sets() const { return state_->keys(RecordKind::kSet); }

Status ViewBatch::put_http01(std::string_view token, std::string_view key_authorization) {
  const auto is_token = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  if (token.empty() || token.size() > 128 || !std::all_of(token.begin(), token.end(), is_token)) {
    return invalid("the token '" + printable(token, 40) + "' is not base64url of 1 to 128 characters",
                   "bad-token");
  }
  return state_->put(RecordKind::kHttp01, token, view_bytes(key_authorization));
}

Status ViewBatch::remove_http01(std::string_view token) {
  CHECK_OK(check_key_text(token, "the token"));
  return state_->remove(RecordKind::kHttp01, token);
}

Result<std::vector<std::string>> ViewBatch::http01_tokens() const {
  return state_->keys(RecordKind::kHttp01);
}

Status ViewBatch::put_alpn01(const DomainName& host, const AlpnRecord& record) {
  return state_->put(RecordKind::kAlpn01, host.ascii(), encode_record(record));
}

Status ViewBatch::remove_alpn01(const DomainName& host) {
  return state_->remove(RecordKind::kAlpn01, host.ascii());
}

Status ViewBatch::put_staple(BytesView leaf_sha256, const StapleRecord& record) {
  CHECK_OK(check_key_text(view_text(leaf_sha256), "the digest"));
  return state_->put(RecordKind::kStaple, view_text(leaf_sha256), encode_record(record));
}

Status ViewBatch::remove_staple(BytesView leaf_sha256) {
  CHECK_OK(check_key_text(view_text(leaf_sha256), "the digest"));
  return state_->remove(RecordKind::kStaple, view_text(leaf_sha256));
}

Result<std::vector<std::string>> ViewBatch::staples() const { return state_->keys(RecordKind::kStaple); }

Status ViewBatch::put_ticket(std::string_view set_id, const TicketRecord& record) {
  CHECK_OK(check_key_text(set_id, "the set id"));
  return state_->put(RecordKind::kTicket, set_id, encode_record(record));
}

Status ViewBatch::remove_ticket(std::string_view set_id) {
  CHECK_OK(check_key_text(set_id, "the set id"));
  return state_->remove(RecordKind::kTicket, set_id);
}

Status ViewBatch::set_policy(std::string_view name, std::string_view value) {
  CHECK_OK(check_key_text(name, "the setting"));
  if (value.empty()) return state_->remove(RecordKind::kPolicy, name);
  return state_->put(RecordKind::kPolicy, name, view_bytes(value));
}

Status ViewBatch::set_meta(const ViewMeta& meta) {
  return state_->put(RecordKind::kMeta, "", encode_record(meta));
}

Result<ViewMeta> ViewBatch::meta() const {
  TRY(const std::optional<BytesView> bytes, state_->txn.get(view_bytes(key_of(RecordKind::kMeta))));
  if (!bytes) return invalid("the view has lost its meta record", "view-corrupt");
  return decode_meta(*bytes);
}

Status ViewBatch::commit() {
  const std::unique_ptr<State> spent = std::move(state_);
  if (spent == nullptr) return conflict("this batch is spent already");
  return spent->txn.commit();
}

}  // namespace certstead
