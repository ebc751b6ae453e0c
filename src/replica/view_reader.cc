#include "replica/view_reader.h"

#include <unistd.h>

#include <algorithm>

#include "replica/environment.h"
#include "replica/keys.h"
#include "replica/view.h"

namespace certstead {
namespace {

// The credentials at one key, best first, cut to one per key type and ordered by it.
Result<std::vector<CredentialRef>> refs_at(const Transaction& txn, std::string_view key) {
  TRY(const std::optional<BytesView> bytes, txn.get(view_bytes(key)));
  if (!bytes) return std::vector<CredentialRef>{};
  TRY(std::vector<CredentialRef> all, decode_index(*bytes));
  std::sort(all.begin(), all.end(), [](const CredentialRef& a, const CredentialRef& b) {
    return a.key_type != b.key_type ? a.key_type < b.key_type : served_before(a, b);
  });
  const auto same = [](const CredentialRef& a, const CredentialRef& b) { return a.key_type == b.key_type; };
  all.erase(std::unique(all.begin(), all.end(), same), all.end());
  return all;
}

Result<Bytes> certificate_at(const Transaction& txn, BytesView digest) {
  TRY(const std::optional<BytesView> bytes,
      txn.get(view_bytes(key_of(RecordKind::kChain, view_text(digest)))));
  if (!bytes) return invalid("an intermediate certificate is missing in the view", "view-corrupt");
  TRY(ChainRecord record, decode_chain(*bytes));
  return std::move(record.certificate);
}

void count(ViewStats& stats, char kind) {
  switch (static_cast<RecordKind>(kind)) {
    case RecordKind::kCredential:
      ++stats.credentials;
      break;
    case RecordKind::kName:
      ++stats.names;
      break;
    case RecordKind::kTag:
      ++stats.tags;
      break;
    case RecordKind::kSet:
      ++stats.sets;
      break;
    case RecordKind::kChain:
      ++stats.chain_certificates;
      break;
    case RecordKind::kHttp01:
      ++stats.http01_answers;
      break;
    case RecordKind::kAlpn01:
    case RecordKind::kStaple:
    case RecordKind::kTicket:
    case RecordKind::kPolicy:
    case RecordKind::kMeta:
      break;
  }
}

}  // namespace

Result<std::unique_ptr<ViewReader>> ViewReader::open(const std::filesystem::path& directory) {
  std::error_code ignored;
  std::filesystem::path absolute = std::filesystem::absolute(directory, ignored);
  std::unique_ptr<ViewReader> reader(new ViewReader(absolute.empty() ? directory : absolute));
  TRY(const std::optional<Bytes> meta, reader->get(view_bytes(key_of(RecordKind::kMeta))));
  if (!meta) {
    return not_found("the view in " + directory.string() + " is empty; has the member written it yet?",
                     "view-absent");
  }
  CHECK_OK(decode_meta(*meta));
  return reader;
}

ViewReader::~ViewReader() = default;

Result<Environment*> ViewReader::environment() const {
  Environment* const current = current_.load(std::memory_order_acquire);
  if (current != nullptr && current->pid() == ::getpid()) return current;
  return attach();
}

Result<Environment*> ViewReader::attach() const {
  const Environment::Hold held = Environment::hold();
  Environment* const current = current_.load(std::memory_order_acquire);
  if (current != nullptr && current->pid() == ::getpid()) return current;
  TRY(std::shared_ptr<Environment> fresh, Environment::open(directory_ / kViewFile, {}, held));
  owned_.push_back(std::move(fresh));
  current_.store(owned_.back().get(), std::memory_order_release);
  return owned_.back().get();
}

Status ViewReader::reopen_after_fork() {
  CHECK_OK(environment());
  return Done{};
}

Result<std::optional<Bytes>> ViewReader::get(BytesView key) const {
  TRY(Environment* const env, environment());
  TRY(const ReadTransaction txn, env->begin_read());
  TRY(const std::optional<BytesView> bytes, txn.get(key));
  if (!bytes) return std::optional<Bytes>{};
  return std::optional<Bytes>(Bytes(bytes->begin(), bytes->end()));
}

Result<NameMatch> ViewReader::find(const DomainName& host) const {
  TRY(Environment* const env, environment());
  TRY(const ReadTransaction txn, env->begin_read());
  TRY(std::vector<CredentialRef> exact, refs_at(txn, key_of(RecordKind::kName, host.ascii())));
  if (!exact.empty()) return NameMatch{MatchKind::kExact, std::move(exact)};
  if (host.parent().empty()) return NameMatch{};
  const std::string wildcard = "*." + std::string(host.parent());
  TRY(std::vector<CredentialRef> covered, refs_at(txn, key_of(RecordKind::kName, wildcard)));
  if (covered.empty()) return NameMatch{};
  return NameMatch{MatchKind::kWildcard, std::move(covered)};
}

Result<std::vector<CredentialRef>> ViewReader::find_pattern(const HostPattern& pattern) const {
  TRY(Environment* const env, environment());
  TRY(const ReadTransaction txn, env->begin_read());
  return refs_at(txn, key_of(RecordKind::kName, pattern.ascii()));
}

Result<std::vector<CredentialRef>> ViewReader::find_tag(std::string_view tag) const {
  if (tag.size() > kMaxKeyText) return std::vector<CredentialRef>{};
  TRY(Environment* const env, environment());
  TRY(const ReadTransaction txn, env->begin_read());
  return refs_at(txn, tag_key(tag));
}

Result<StoredCredential> ViewReader::load(std::string_view credential_id) const {
  if (credential_id.empty() || credential_id.size() > kMaxKeyText) {
    return not_found("there is no such credential in the view");
  }
  TRY(Environment* const env, environment());
  TRY(const ReadTransaction txn, env->begin_read());
  TRY(const std::optional<BytesView> bytes,
      txn.get(view_bytes(key_of(RecordKind::kCredential, credential_id))));
  if (!bytes) return not_found("the credential is not in the view any more");
  StoredCredential out;
  TRY(out.record, decode_credential(*bytes));
  for (const Bytes& digest : out.record.chain) {
    TRY(Bytes certificate, certificate_at(txn, digest));
    out.intermediates.push_back(std::move(certificate));
  }
  return out;
}

Result<std::string> ViewReader::set_of(std::string_view credential_id) const {
  if (credential_id.size() > kMaxKeyText) return not_found("there is no such credential in the view");
  TRY(const std::optional<Bytes> bytes, get(view_bytes(key_of(RecordKind::kCredential, credential_id))));
  if (!bytes) return not_found("the credential is not in the view any more");
  TRY(CredentialRecord record, decode_credential(*bytes));
  return std::move(record.set_id);
}

Result<std::vector<std::string>> ViewReader::credentials_of(std::string_view set_id) const {
  if (set_id.size() > kMaxKeyText) return std::vector<std::string>();
  TRY(const std::optional<Bytes> bytes, get(view_bytes(key_of(RecordKind::kSet, set_id))));
  if (!bytes) return std::vector<std::string>();
  return decode_ids(*bytes);
}

void ViewReader::guard_forks() { const Environment::Hold held = Environment::hold(); }

Result<std::optional<std::string>> ViewReader::http01(std::string_view token) const {
  if (token.size() > kMaxKeyText) return std::optional<std::string>{};
  TRY(const std::optional<Bytes> bytes, get(view_bytes(key_of(RecordKind::kHttp01, token))));
  if (!bytes) return std::optional<std::string>{};
  return std::optional<std::string>(to_text(*bytes));
}

Result<std::optional<AlpnRecord>> ViewReader::alpn01(const DomainName& host) const {
  TRY(const std::optional<Bytes> bytes, get(view_bytes(key_of(RecordKind::kAlpn01, host.ascii()))));
  if (!bytes) return std::optional<AlpnRecord>{};
  TRY(AlpnRecord record, decode_alpn(*bytes));
  return std::optional<AlpnRecord>(std::move(record));
}

Result<std::optional<StapleRecord>> ViewReader::staple(BytesView leaf_sha256) const {
  if (leaf_sha256.size() > kMaxKeyText) return std::optional<StapleRecord>{};
  TRY(const std::optional<Bytes> bytes, get(view_bytes(key_of(RecordKind::kStaple, view_text(leaf_sha256)))));
  if (!bytes) return std::optional<StapleRecord>{};
  TRY(StapleRecord record, decode_staple(*bytes));
  return std::optional<StapleRecord>(std::move(record));
}

Result<std::optional<TicketRecord>> ViewReader::ticket(std::string_view set_id) const {
  if (set_id.size() > kMaxKeyText) return std::optional<TicketRecord>{};
  TRY(const std::optional<Bytes> bytes, get(view_bytes(key_of(RecordKind::kTicket, set_id))));
  if (!bytes) return std::optional<TicketRecord>{};
  TRY(TicketRecord record, decode_ticket(*bytes));
  return std::optional<TicketRecord>(std::move(record));
}

Result<std::optional<std::string>> ViewReader::policy(std::string_view name) const {
  if (name.size() > kMaxKeyText) return std::optional<std::string>{};
  TRY(const std::optional<Bytes> bytes, get(view_bytes(key_of(RecordKind::kPolicy, name))));
  if (!bytes) return std::optional<std::string>{};
  return std::optional<std::string>(to_text(*bytes));
}

Result<ViewMeta> ViewReader::meta() const {
  TRY(const std::optional<Bytes> bytes, get(view_bytes(key_of(RecordKind::kMeta))));
  if (!bytes) return invalid("the view has lost its meta record", "view-corrupt");
  return decode_meta(*bytes);
}

Result<std::vector<CredentialRecord>> ViewReader::list(std::string_view after, std::size_t limit) const {
  TRY(Environment* const env, environment());
  TRY(const ReadTransaction txn, env->begin_read());
  std::vector<CredentialRecord> out;
  if (limit == 0) return out;
  const std::string prefix = key_of(RecordKind::kCredential);
  const std::string from = after.empty() ? "" : prefix + std::string(after.substr(0, kMaxKeyText));
  CHECK_OK(txn.scan(prefix, view_bytes(from), [&](BytesView, BytesView value) -> Result<bool> {
    TRY(CredentialRecord record, decode_credential(value));
    out.push_back(std::move(record));
    return out.size() < limit;
  }));
  return out;
}

Result<ViewStats> ViewReader::stats() const {
  TRY(Environment* const env, environment());
  TRY(const MDB_envinfo info, env->info());
  TRY(const ReadTransaction txn, env->begin_read());
  TRY(const MDB_stat tree, txn.statistics());
  ViewStats out;
  out.bytes_used = (info.me_last_pgno + 1) * std::uint64_t{tree.ms_psize};
  out.readers = info.me_numreaders;
  out.last_transaction = info.me_last_txnid;
  CHECK_OK(txn.scan("", {}, [&](BytesView key, BytesView) -> Result<bool> {
    if (!key.empty()) count(out, static_cast<char>(key.front()));
    return true;
  }));
  return out;
}

}  // namespace certstead
