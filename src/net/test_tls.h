// For tests: a root of their own, and TLS server contexts with certificates under it.
#pragma once

#include <openssl/ssl.h>

#include "crypto/issue.h"

namespace certstead {

struct TestRoot {
  PrivateKey key;
  Certificate certificate;
};
TestRoot make_test_root(std::string_view name = "Test Root");

struct TestLeaf {
  PrivateKey key;
  Certificate certificate;
};
// Valid from an hour ago for `life`; a negative life makes an expired one.
TestLeaf make_test_leaf(const TestRoot& root, const std::vector<std::string>& dns_names,
                        std::chrono::seconds life = std::chrono::hours{24});

// A server context that serves `leaf`; with `client_root` it demands client certificates under that root.
std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>> make_test_server_context(
    const TestLeaf& leaf, const Certificate* client_root = nullptr);

}  // namespace certstead
