#include "tlscache/credential_source.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/digest.h"

namespace certstead {
namespace {

// What OpenSSL 3.0 allocates for a parsed leaf and its key, which it shares, beyond their DER (measured: 3.1
// KiB for an X509 without its key, 2.2 KiB for a P-256 key; RSA keys keep Montgomery contexts as well).
constexpr std::size_t kParsedEc = 5500;
constexpr std::size_t kParsedRsa = 12000;

Result<X509Handle> parse_leaf(BytesView der) {
  clear_openssl_errors();
  const unsigned char* at = der.data();
  X509Handle leaf(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (leaf == nullptr) return openssl_error("reading the certificate", Code::kInvalid);
  // Caches extensions and the public key now: later, several threads would.
  X509_check_purpose(leaf.get(), -1, 0);
  if (X509_get0_pubkey(leaf.get()) == nullptr) {
    return openssl_error("reading the certificate's key", Code::kInvalid);
  }
  return leaf;
}

bool encodes_as(X509* leaf, BytesView der) {
  Bytes encoded(der.size());
  unsigned char* at = encoded.data();
  return i2d_X509(leaf, nullptr) == static_cast<int>(der.size()) && i2d_X509(leaf, &at) > 0 &&
         std::ranges::equal(encoded, der);
}

// `leaf` with `key`, which belongs to it, in place of its own copy of the public half. OpenSSL compares the
// two in every handshake, and is done at once if they are one object; otherwise it goes through both, number
// by number. What is sent stays what is stored, or the certificate is left as it was.
Result<X509Handle> share_key(X509Handle leaf, const PrivateKey& key, BytesView der) {
  if (X509_set_pubkey(leaf.get(), key.native()) == 1 && encodes_as(leaf.get(), der)) return leaf;
  return parse_leaf(der);
}

// What else an entry holds on to: its names and tags, the keys of its tickets, and what the cache keeps about
// it.
std::size_t bytes_of_texts(const CredentialRecord& record) {
  constexpr std::size_t kListed = 160;      // nodes of list and table, control block, id, set id
  constexpr std::size_t kTicketKeys = 640;  // three, each with two secrets, and the name they are for
  std::size_t total = kListed + kTicketKeys;
  for (const auto* texts : {&record.names, &record.tags}) {
    for (const std::string& text : *texts) total += sizeof(std::string) + text.capacity();
  }
  return total;
}

constexpr Duration kTryAgain = std::chrono::seconds{1};

}  // namespace

Status CredentialSource::open() {
  CHECK_OK(open_now());
  return Done{};
}

Result<const CredentialSource::OpenView*> CredentialSource::open_now() const {
  const std::lock_guard<std::mutex> hold(open_mutex_);
  if (owned_ != nullptr) return owned_.get();
  TRY(std::unique_ptr<ViewReader> reader, ViewReader::open(directory_));
  TRY(ViewKey key, ViewKey::load(directory_));
  owned_ = std::make_unique<const OpenView>(OpenView{std::move(reader), std::move(key)});
  view_.store(owned_.get(), std::memory_order_release);
  return owned_.get();
}

Result<const CredentialSource::OpenView*> CredentialSource::view() const {
  if (const OpenView* const there = view_.load(std::memory_order_acquire)) return there;
  const std::int64_t now = clock_.elapsed().count();
  std::int64_t next = next_try_ms_.load();
  if (now < next || !next_try_ms_.compare_exchange_strong(next, now + kTryAgain.count())) {
    return unavailable("there is no view in " + directory_.string() + " yet", "view-absent");
  }
  return open_now();
}

// Asks the view, and takes note of how that went. That something is not in it is an answer too.
template <class Ask>
auto CredentialSource::ask(const Ask& question) const -> decltype(question(std::declval<const OpenView&>())) {
  TRY(const OpenView* const open, [&] {
    Result<const OpenView*> there = view();
    if (!there) state_.failed(there.error());
    return there;
  }());
  auto answer = question(*open);
  if (answer || answer.error().code == Code::kNotFound) {
    state_.fine();
  } else {
    state_.failed(answer.error());
  }
  return answer;
}

Result<NameMatch> CredentialSource::find(const DomainName& host) const {
  Result<NameMatch> found = ask([&](const OpenView& v) { return v.reader->find(host); });
  if (found) return found;
  TRY(NameMatch loaded, cache_.find(host));
  if (loaded.credentials.empty()) return found;
  return loaded;
}

Result<std::vector<CredentialRef>> CredentialSource::find_pattern(const HostPattern& pattern) const {
  auto found = ask([&](const OpenView& v) { return v.reader->find_pattern(pattern); });
  if (found) return found;
  TRY(std::vector<CredentialRef> loaded, cache_.find_pattern(pattern));
  if (loaded.empty()) return found;
  return loaded;
}

Result<std::vector<CredentialRef>> CredentialSource::find_tag(std::string_view tag) const {
  auto found = ask([&](const OpenView& v) { return v.reader->find_tag(tag); });
  if (found) return found;
  TRY(std::vector<CredentialRef> loaded, cache_.find_tag(tag));
  if (loaded.empty()) return found;
  return loaded;
}

Result<std::string> CredentialSource::set_of(const CredentialRef& ref) {
  if (const auto cached = cache_.find(ref.id, ref.version)) return cached->set_id;
  return ask([&](const OpenView& v) { return v.reader->set_of(ref.id); });
}

std::shared_ptr<const TicketKeyRing> CredentialSource::ticket_keys(std::string_view set_id,
                                                                   const std::string& bound, LastRing* last) {
  const OpenView* const open = view_.load(std::memory_order_acquire);
  if (open == nullptr) return nullptr;
  const auto record = ask([&](const OpenView& v) { return v.reader->ticket(set_id); });
  return tickets_.get(set_id, bound, record ? *record : std::nullopt, open->key, last);
}

std::optional<Bytes> CredentialSource::staple(BytesView leaf_sha256) const {
  auto record = ask([&](const OpenView& v) { return v.reader->staple(leaf_sha256); });
  if (!record || !*record) return {};
  const Instant now = clock_.now();
  if (now < (*record)->this_update || now >= (*record)->next_update) return {};
  return std::move((*record)->response);
}

std::string CredentialSource::setting(std::string_view name) const {
  const auto value = ask([&](const OpenView& v) { return v.reader->policy(name); });
  return value && *value ? **value : "";
}

Status CredentialSource::reopen_after_fork() {
  const OpenView* const open = view_.load(std::memory_order_acquire);
  if (open == nullptr) return Done{};
  return open->reader->reopen_after_fork();
}

void CredentialSource::lock_for_fork() {
  open_mutex_.lock();
  cache_.lock_all();
  intermediates_.lock();
  tickets_.lock();
}

void CredentialSource::unlock_after_fork() {
  tickets_.unlock();
  intermediates_.unlock();
  cache_.unlock_all();
  open_mutex_.unlock();
}

Result<std::shared_ptr<const ParsedCredential>> CredentialSource::get(const CredentialRef& ref) {
  if (std::shared_ptr<const ParsedCredential> cached = cache_.find(ref.id, ref.version)) return cached;
  Result<std::shared_ptr<const ParsedCredential>> fresh = load(ref);
  if (fresh) {
    ++loads_;
    cache_.put(*fresh);
    return fresh;
  }
  if (fresh.error().code == Code::kNotFound) return fresh;
  return fresh.error().within("credential " + printable(ref.id, 60));
}

Result<ChainHandle> CredentialSource::chain_of(const StoredCredential& stored,
                                               std::vector<std::shared_ptr<X509>>& shared) {
  ChainHandle chain(sk_X509_new_reserve(nullptr, static_cast<int>(stored.intermediates.size())));
  for (std::size_t i = 0; i < stored.intermediates.size(); ++i) {
    TRY(std::shared_ptr<X509> certificate,
        intermediates_.get(stored.record.chain[i], stored.intermediates[i]));
    X509_up_ref(certificate.get());
    sk_X509_push(chain.get(), certificate.get());
    shared.push_back(std::move(certificate));
  }
  return chain;
}

Result<std::shared_ptr<const ParsedCredential>> CredentialSource::load(const CredentialRef& ref) {
  TRY(const StoredCredential stored, ask([&](const OpenView& v) { return v.reader->load(ref.id); }));
  const CredentialRecord& record = stored.record;
  if (record.version != ref.version) return not_found("this version is not in the view any more");
  TRY(const OpenView* const open, view());
  TRY(const SecretBytes der, open->key.open(record.id, record.version, record.sealed_key));
  auto out = std::make_shared<ParsedCredential>(ParsedCredential{
      record.id, record.version, nullptr, nullptr, {}, PrivateKey(nullptr, record.key_type)});
  TRY(out->key, PrivateKey::from_der(der.reveal()));
  TRY(out->leaf, parse_leaf(record.leaf));
  if (X509_check_private_key(out->leaf.get(), out->key.native()) != 1) {
    return invalid("its key does not belong to its certificate; let the member write it anew",
                   "key-mismatch");
  }
  TRY(out->leaf, share_key(std::move(out->leaf), out->key, record.leaf));
  TRY(out->chain, chain_of(stored, out->shared));
  const std::size_t parsed = is_rsa(record.key_type) ? kParsedRsa : kParsedEc;
  out->bytes = sizeof(ParsedCredential) + parsed + record.leaf.size() + bytes_of_texts(record);
  out->set_id = record.set_id;
  out->names = record.names;
  out->tags = record.tags;
  out->key_type = record.key_type;
  out->not_before = record.not_before;
  out->not_after = record.not_after;
  out->leaf_sha256 = sha256(record.leaf);
  return std::shared_ptr<const ParsedCredential>(std::move(out));
}

}  // namespace certstead
