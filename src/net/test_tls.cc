#include "net/test_tls.h"

#include <cstdlib>

namespace certstead {
namespace {

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "test set-up failed: %s\n", result.error().detail.c_str());
    std::abort();
  }
  return std::move(*result);
}

constexpr std::chrono::hours kPast{48};

}  // namespace

TestRoot make_test_root(std::string_view name) {
  PrivateKey key = must(PrivateKey::generate(KeyType::kP256));
  const Instant now = SystemClock().now();
  CertificateTemplate content{.common_name = std::string(name),
                              .dns_names = {},
                              .public_key = key.public_key(),
                              .not_before = now - kPast,
                              .not_after = now + kPast,
                              .is_ca = true};
  Certificate certificate = must(issue_certificate(content, key, std::nullopt));
  return {std::move(key), std::move(certificate)};
}

TestLeaf make_test_leaf(const TestRoot& root, const std::vector<std::string>& dns_names,
                        std::chrono::seconds life) {
  PrivateKey key = must(PrivateKey::generate(KeyType::kP256));
  const Instant now = SystemClock().now();
  CertificateTemplate content{.common_name = dns_names.empty() ? "" : dns_names.front(),
                              .dns_names = dns_names,
                              .public_key = key.public_key(),
                              .not_before = now - std::chrono::hours{24},
                              .not_after = now + life,
                              .server_auth = true,
                              .client_auth = true};
  Certificate certificate = must(issue_certificate(content, root.key, root.certificate));
  return {std::move(key), std::move(certificate)};
}

std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>> make_test_server_context(const TestLeaf& leaf,
                                                                       const Certificate* client_root) {
  std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>> context(SSL_CTX_new(TLS_server_method()));
  if (SSL_CTX_use_certificate(context.get(), leaf.certificate.native()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), leaf.key.native()) != 1) {
    std::abort();
  }
  if (client_root != nullptr) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), client_root->native());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

}  // namespace certstead
