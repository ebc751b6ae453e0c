#include "probe/verify.h"

#include <arpa/inet.h>
#include <openssl/x509_vfy.h>

#include "base/text.h"

namespace certstead {
namespace {

using Store = std::unique_ptr<X509_STORE, Freed<X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX_free>>;
// Does not own the certificates in it.
struct FreeStack {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using Stack = std::unique_ptr<STACK_OF(X509), FreeStack>;

std::string all_names(const Certificate& leaf) {
  std::vector<std::string> out = leaf.dns_names();
  out.insert(out.end(), leaf.ip_addresses().begin(), leaf.ip_addresses().end());
  return out.empty() ? "nothing" : printable(join(out, ", "));
}

// Whose fault it is, in the words of OpenSSL where we have no better ones.
std::string sentence(X509_STORE_CTX* context, const Certificate& leaf) {
  const int error = X509_STORE_CTX_get_error(context);
  const int depth = X509_STORE_CTX_get_error_depth(context);
  if (depth == 0 && error == X509_V_ERR_CERT_HAS_EXPIRED) {
    return "the certificate expired at " + to_rfc3339(leaf.not_after());
  }
  if (depth == 0 && error == X509_V_ERR_CERT_NOT_YET_VALID) {
    return "the certificate is not valid before " + to_rfc3339(leaf.not_before());
  }
  const std::string which =
      depth == 0 ? "the certificate" : "certificate " + std::to_string(depth) + " above it";
  return "the chain is not trusted, at " + which + ": " + X509_verify_cert_error_string(error);
}

}  // namespace

bool is_address(const std::string& name) {
  in6_addr space{};
  return ::inet_pton(AF_INET, name.c_str(), &space) == 1 || ::inet_pton(AF_INET6, name.c_str(), &space) == 1;
}

bool names(const Certificate& leaf, const std::string& name) {
  if (name.empty()) return true;
  if (is_address(name)) return X509_check_ip_asc(leaf.native(), name.c_str(), 0) == 1;
  // A trailing dot is no part of the name; a common name counts for nothing.
  std::string host = name;
  if (host.back() == '.') host.pop_back();
  constexpr unsigned kFlags = X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
  return X509_check_host(leaf.native(), host.data(), host.size(), kFlags, nullptr) == 1;
}

std::string problem_of(const std::vector<Certificate>& chain, const std::vector<Certificate>& roots,
                       const std::string& name, Instant at) {
  clear_openssl_errors();
  const Store store(X509_STORE_new());
  for (const Certificate& root : roots) X509_STORE_add_cert(store.get(), root.native());
  const Stack untrusted(sk_X509_new_null());
  for (const Certificate& certificate : chain) sk_X509_push(untrusted.get(), certificate.native());
  const StoreContext context(X509_STORE_CTX_new());
  const Certificate& leaf = chain.front();
  if (X509_STORE_CTX_init(context.get(), store.get(), leaf.native(), untrusted.get()) != 1) {
    return openssl_error("checking the chain").detail;
  }
  X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_time(rules, static_cast<time_t>(to_unix_ms(at) / 1000));
  const int answer = X509_verify_cert(context.get());
  clear_openssl_errors();
  if (answer != 1) return sentence(context.get(), leaf);
  if (!names(leaf, name)) return "the certificate names " + all_names(leaf) + ", not " + printable(name);
  return "";
}

}  // namespace certstead
