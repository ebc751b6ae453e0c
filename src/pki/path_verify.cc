#include "pki/path_verify.h"

#include "crypto/openssl.h"
#include "pki/path_rules.h"

namespace certstead {
namespace {

using StoreHandle = std::unique_ptr<X509_STORE, Freed<X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX_free>>;
struct StackFree {  // the certificates belong to the path
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using StackHandle = std::unique_ptr<STACK_OF(X509), StackFree>;

// 80 bits: no MD5 or SHA-1 signatures below the root, no RSA below 1024 bits.
constexpr int kSecurityLevel = 1;

int purpose_number(PathPurpose purpose) {
  switch (purpose) {
    case PathPurpose::kServer:
      return X509_PURPOSE_SSL_SERVER;
    case PathPurpose::kClient:
      return X509_PURPOSE_SSL_CLIENT;
    case PathPurpose::kAny:
      return X509_PURPOSE_ANY;
  }
  return X509_PURPOSE_SSL_SERVER;
}

bool set_rules(X509_STORE_CTX* context, PathEnd end, const PathOptions& options) {
  X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_depth(rules, static_cast<int>(kMaxPathLength));
  X509_VERIFY_PARAM_set_auth_level(rules, kSecurityLevel);
  unsigned long flags = X509_V_FLAG_NO_CHECK_TIME;  // check_dates does it
  if (options.strict) flags |= X509_V_FLAG_X509_STRICT;
  if (end == PathEnd::kOpen) flags |= X509_V_FLAG_PARTIAL_CHAIN;
  return X509_VERIFY_PARAM_set_flags(rules, flags) == 1 &&
         X509_VERIFY_PARAM_set_purpose(rules, purpose_number(options.purpose)) == 1;
}

// RFC 5280 section 4.1.2.5: both ends belong to the validity, which OpenSSL denies of the last second.
Status check_dates(const std::vector<Certificate>& path, Instant now) {
  const Instant second = std::chrono::floor<std::chrono::seconds>(now);
  for (const Certificate& one : path) {
    if (second > one.not_after()) {
      return invalid("the certificate of \"" + one.subject() + "\" ended at " + to_rfc3339(one.not_after()),
                     "path-invalid");
    }
    if (second < one.not_before()) {
      return invalid("the certificate of \"" + one.subject() + "\" starts at " + to_rfc3339(one.not_before()),
                     "path-invalid");
    }
  }
  return Done{};
}

Error refused(const std::vector<Certificate>& path, X509_STORE_CTX* context) {
  const int number = X509_STORE_CTX_get_error(context);
  const auto depth = static_cast<std::size_t>(std::max(0, X509_STORE_CTX_get_error_depth(context)));
  const Certificate& at = path[std::min(depth, path.size() - 1)];
  return invalid("the certificate of \"" + at.subject() + "\": " + X509_verify_cert_error_string(number),
                 "path-invalid");
}

}  // namespace

Status verify_path(const std::vector<Certificate>& path, PathEnd end, Instant now,
                   const PathOptions& options) {
  CHECK_OK(check_dates(path, now));
  clear_openssl_errors();
  const StoreHandle store(X509_STORE_new());
  const StackHandle between(sk_X509_new_null());
  const StoreContext context(X509_STORE_CTX_new());
  bool ready = store && between && context && X509_STORE_add_cert(store.get(), path.back().native()) == 1;
  for (std::size_t i = 1; ready && i + 1 < path.size(); ++i) {
    ready = sk_X509_push(between.get(), path[i].native()) > 0;
  }
  ready = ready &&
          X509_STORE_CTX_init(context.get(), store.get(), path.front().native(), between.get()) == 1 &&
          set_rules(context.get(), end, options);
  if (!ready) return openssl_error("preparing to verify a certificate path");
  const bool good = X509_verify_cert(context.get()) == 1;
  clear_openssl_errors();
  if (!good) return refused(path, context.get());
  // A shorter way through the same certificates is another candidate, with a turn of its own.
  if (static_cast<std::size_t>(sk_X509_num(X509_STORE_CTX_get0_chain(context.get()))) != path.size()) {
    return invalid("the path has a certificate that it does not need", "path-invalid");
  }
  return options.strict ? check_path_rules(path) : Status(Done{});
}

}  // namespace certstead
