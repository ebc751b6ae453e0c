// Credentials for tests of deployments.
#pragma once

#include "crypto/issue.h"
#include "deploy/credential.h"

namespace certstead {

// A fresh key with a self-signed certificate for www.example.test.
inline DeployCredential make_credential(KeyType type = KeyType::kP256) {
  const PrivateKey key = PrivateKey::generate(type).value();
  CertificateTemplate content{.dns_names = {"www.example.test", "example.test"},
                              .public_key = key.public_key(),
                              .not_before = from_unix_seconds(1'700'000'000),
                              .not_after = from_unix_seconds(2'000'000'000)};
  content.server_auth = true;
  Certificate leaf = issue_certificate(content, key, std::nullopt).value();
  // Any certificate will do where only its bytes are looked at.
  Bytes above = leaf.der();
  return {key, std::move(leaf), {std::move(above)}, {"www.example.test", "example.test"}};
}

}  // namespace certstead
