// The C face of the module tlscache. Nothing thrown passes it.
#include <tlscache/tlscache.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>

#include "base/address.h"
#include "base/key_type.h"
#include "base/text.h"
#include "tlscache/tls_cache.h"

using namespace certstead;

// The log outlives the cache object with the contexts that still hold on to it.
namespace {

class CallBackLog final : public LogSink {
 public:
  CallBackLog(tlscache_log_function function, void* user) : function_(function), user_(user) {}
  void event(Level level, std::string_view name, const std::vector<Field>& fields) override {
    if (function_ == nullptr) return;
    std::string line(name);
    for (const Field& field : fields) line += " " + field.name + "=\"" + printable(field.value, 400) + "\"";
    function_(user_, level == Level::kError ? TLSCACHE_LOG_ERROR : TLSCACHE_LOG_NOTICE, line.c_str());
  }
  void look_up(std::string_view line) const {
    function_(user_, TLSCACHE_LOG_LOOKUP, std::string(line).c_str());
  }
  bool wanted() const { return function_ != nullptr; }

 private:
  const tlscache_log_function function_;
  void* const user_;
};

}  // namespace

struct tlscache {
  std::unique_ptr<TlsCache> cache;
};

namespace {

// Plain memory: a thread_local object with a destructor would register something to run at a thread's end.
thread_local char last_error[512];

int code_of(Code code) {
  switch (code) {
    case Code::kNotFound:
      return TLSCACHE_ABSENT;
    case Code::kDenied:
      return TLSCACHE_DENIED;
    case Code::kInvalid:
      return TLSCACHE_INVALID;
    case Code::kConflict:
      return TLSCACHE_CONFLICT;
    case Code::kLimited:
    case Code::kUnavailable:
      return TLSCACHE_UNAVAILABLE;
    case Code::kInternal:
      return TLSCACHE_INTERNAL;
  }
  return TLSCACHE_INTERNAL;
}

template <std::size_t N>
void copy_text(char (&to)[N], std::string_view from) {
  const std::size_t size = std::min(from.size(), N - 1);
  std::memcpy(to, from.data(), size);
  to[size] = '\0';
}

int fail(int code, std::string_view detail) {
  copy_text(last_error, detail);
  return code;
}

// Runs `work`, a Status, and makes a code of whatever comes of it.
template <class Work>
int guarded(const Work& work) noexcept {
  try {
    const Status done = work();
    if (done) return TLSCACHE_OK;
    return fail(code_of(done.error().code), done.error().detail);
  } catch (const std::bad_alloc&) {
    return fail(TLSCACHE_UNAVAILABLE, "there is no memory left");
  } catch (const std::exception& error) {
    return fail(TLSCACHE_INTERNAL, error.what());
  } catch (...) {
    return fail(TLSCACHE_INTERNAL, "something unknown was thrown");
  }
}

// A caller's structure as this version knows it: what an older caller left out is zero.
template <class T>
Result<T> complete(const T* from, std::size_t least) {
  T out{};
  if (from == nullptr) return out;
  if (from->size < least) return invalid("a structure has no size; begin it with its ..._INIT");
  std::memcpy(&out, from, std::min(from->size, sizeof out));
  return out;
}

template <class T>
Status fill_in(T* to, T from) {
  if (to == nullptr || to->size < sizeof(std::size_t)) {
    return invalid("a structure has no size; begin it with its ..._INIT");
  }
  const std::size_t size = std::min(to->size, sizeof from);
  from.size = to->size;
  std::memcpy(static_cast<void*>(to), &from, size);
  return Done{};
}

Result<std::optional<Preference>> preference_of(int number) {
  switch (number) {
    case TLSCACHE_PREFER_DEFAULT:
      return std::optional<Preference>();
    case TLSCACHE_PREFER_ECDSA:
      return std::optional(Preference::kEcdsa);
    case TLSCACHE_PREFER_RSA:
      return std::optional(Preference::kRsa);
    default:
      return invalid("a preference must be one of TLSCACHE_PREFER_...");
  }
}

Result<LeastTls> least_tls_of(int number) {
  switch (number) {
    case 0:
      return LeastTls::kOfContext;
    case 12:
      return LeastTls::kTls12;
    case 13:
      return LeastTls::kTls13;
    default:
      return invalid("least_tls must be 0, 12 or 13");
  }
}

Result<ServePolicy> policy_of(const tlscache_policy* from) {
  TRY(const tlscache_policy given, complete(from, sizeof(std::size_t)));
  ServePolicy out;
  if (given.protocol != nullptr) out.protocol = given.protocol;
  TRY(const std::optional<Preference> prefer, preference_of(given.prefer));
  out.prefer = prefer.value_or(Preference::kEcdsa);
  TRY(out.prefer_unasked, preference_of(given.prefer_unasked));
  out.on_unknown_name = given.serve_unknown != 0 ? OnUnknownName::kDefault : OnUnknownName::kRefuse;
  if (given.tag != nullptr) out.tag = given.tag;
  if (given.default_name != nullptr) {
    TRY(out.default_name, DomainName::parse(given.default_name));
  }
  if (given.default_tag != nullptr) out.default_tag = given.default_tag;
  TRY(out.least_tls, least_tls_of(given.least_tls));
  if (given.tickets != 0) out.tickets = given.tickets < 0 ? 0 : given.tickets;
  return out;
}

Result<ClientHello> hello_of(const tlscache_query* from) {
  if (from == nullptr) return invalid("there is no query");
  TRY(const tlscache_query given, complete(from, sizeof(std::size_t)));
  ClientHello out;
  if (given.server_name != nullptr) {
    out.server_name_text = given.server_name;
    if (Result<DomainName> name = DomainName::parse(given.server_name)) out.server_name = *name;
  }
  out.tls13 = given.tls12 == 0;
  const auto numbers = [](const std::uint16_t* first, std::size_t count) {
    return std::vector<std::uint16_t>(first, first + count);
  };
  if (given.signature_algorithms != nullptr) {
    out.signature_algorithms = numbers(given.signature_algorithms, given.signature_algorithm_count);
  }
  if (given.groups != nullptr) out.groups = numbers(given.groups, given.group_count);
  return out;
}

// Of a query that hello_of() accepted.
Result<std::string> address_of(const tlscache_query& from) {
  TRY(const tlscache_query given, complete(&from, sizeof(std::size_t)));
  if (given.local_address == nullptr) return std::string();
  return canonical_address(given.local_address);
}

tlscache_answer answer_of(const Selection& selection) {
  tlscache_answer out = TLSCACHE_ANSWER_INIT;
  const bool chosen = selection.outcome == Outcome::kChosen;
  copy_text(out.match, match_reason_name(chosen ? selection.reason : MatchReason::kNone));
  if (!chosen) return out;
  copy_text(out.credential, selection.credential.id);
  copy_text(out.key, key_type_name(selection.credential.key_type));
  out.version = selection.credential.version;
  out.not_after = to_unix_ms(selection.credential.not_after) / 1000;
  return out;
}

Status check_cache(const tlscache* cache) {
  if (cache != nullptr) return Done{};
  return invalid("there is no cache");
}

Status open_cache(tlscache** out, const char* directory, const tlscache_options* from) {
  if (out == nullptr || directory == nullptr) return invalid("tlscache_open needs a directory and a place");
  TRY(const tlscache_options given, complete(from, sizeof(std::size_t)));
  const auto log = std::make_shared<CallBackLog>(given.log, given.log_user);
  TlsCacheOptions options;
  if (given.cache_bytes != 0) options.cache_bytes = given.cache_bytes;
  options.may_be_absent = given.may_be_absent != 0;
  options.reopen_in_child = true;
  options.log_owner = log;
  options.log = log.get();
  if (log->wanted()) options.lookup_log = [log](std::string_view line) { log->look_up(line); };
  TRY(std::unique_ptr<TlsCache> cache, TlsCache::open(directory, options));
  *out = new tlscache{std::move(cache)};
  return Done{};
}

}  // namespace

const char* tlscache_version(void) { return CERTSTEAD_VERSION; }

const char* tlscache_error(void) { return last_error; }

int tlscache_open(tlscache** out, const char* directory, const tlscache_options* options) {
  if (out != nullptr) *out = nullptr;
  return guarded([&] { return open_cache(out, directory, options); });
}

int tlscache_attach(tlscache* cache, ssl_ctx_st* context, const tlscache_policy* policy) {
  return guarded([&]() -> Status {
    CHECK_OK(check_cache(cache));
    if (context == nullptr) return invalid("there is no SSL_CTX");
    TRY(const ServePolicy wanted, policy_of(policy));
    return cache->cache->attach(context, wanted);
  });
}

int tlscache_set_local_address(ssl_st* ssl, const char* address) {
  return guarded([&]() -> Status {
    if (ssl == nullptr || address == nullptr) return invalid("there is no SSL, or no address");
    return TlsCache::set_local_address(ssl, address);
  });
}

int tlscache_lookup(tlscache* cache, const tlscache_query* query, const tlscache_policy* policy,
                    tlscache_answer* answer) {
  return guarded([&]() -> Status {
    CHECK_OK(check_cache(cache));
    TRY(const ClientHello hello, hello_of(query));
    TRY(ServePolicy wanted, policy_of(policy));
    if (!wanted.prefer_unasked) {
      TRY(wanted.prefer_unasked, unasked_preference(wanted.protocol));
    }
    TRY(const std::string address, address_of(*query));
    TRY(const Selection found, cache->cache->look_up(hello, wanted, address));
    CHECK_OK(fill_in(answer, answer_of(found)));
    if (found.outcome == Outcome::kChosen) return Done{};
    return not_found("there is nothing that this client would be served");
  });
}

int tlscache_served(const ssl_st* ssl, tlscache_answer* answer) {
  return guarded([&]() -> Status {
    if (ssl == nullptr) return invalid("there is no SSL");
    const TlsCache::Served served = TlsCache::served(ssl);
    tlscache_answer out = TLSCACHE_ANSWER_INIT;
    copy_text(out.match, match_reason_name(served.reason));
    copy_text(out.credential, served.credential_id);
    out.version = served.version;
    CHECK_OK(fill_in(answer, out));
    if (served.reason != MatchReason::kNone) return Done{};
    return not_found("nothing was chosen for this connection");
  });
}

int tlscache_get_statistics(tlscache* cache, tlscache_statistics* statistics) {
  return guarded([&]() -> Status {
    CHECK_OK(check_cache(cache));
    const TlsCacheStats now = cache->cache->stats();
    tlscache_statistics out = TLSCACHE_STATISTICS_INIT;
    out.lookups = now.lookups;
    out.exact = now.exact;
    out.wildcard = now.wildcard;
    out.tag = now.tag;
    out.address = now.address;
    out.by_default = now.by_default;
    out.refused = now.refused;
    out.unusable = now.unusable;
    out.failed = now.failed;
    out.kept = now.kept;
    out.view_failures = now.view_failures;
    out.view_failing = now.view_failing ? 1 : 0;
    out.resumed = now.resumed;
    out.staples = now.staples;
    out.hits = now.hits;
    out.loads = now.loads;
    out.evictions = now.evictions;
    out.cached = now.cached;
    out.cached_bytes = now.cached_bytes;
    return fill_in(statistics, out);
  });
}

int tlscache_reopen(tlscache* cache) {
  return guarded([&]() -> Status {
    CHECK_OK(check_cache(cache));
    return cache->cache->reopen_after_fork();
  });
}

void tlscache_close(tlscache* cache) {
  guarded([&]() -> Status {
    delete cache;
    return Done{};
  });
}
