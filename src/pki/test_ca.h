// For tests: CAs in a few words. All certificates live from kTestStart to kTestEnd unless said otherwise.
#pragma once

#include <string>
#include <vector>

#include "crypto/issue.h"
#include "model/trusted_root.h"
#include "pki/pki_inspector.h"

namespace certstead {

inline const Instant kTestNow = from_unix_seconds(1'800'000'000);
inline const Instant kTestStart = kTestNow - std::chrono::days(30);
inline const Instant kTestEnd = kTestNow + std::chrono::days(60);

inline PrivateKey test_key() { return PrivateKey::generate(KeyType::kP256).value(); }

struct TestCa {
  PrivateKey key;
  Certificate certificate;

  static TestCa root(const std::string& name) {
    const PrivateKey key = test_key();
    return {key, issue_certificate(ca_template(name, key, kTestEnd), key, {}).value()};
  }
  // A CA of `name` with `key`, signed by this one.
  TestCa sign(const std::string& name, const PrivateKey& ca_key, Instant end = kTestEnd) const {
    return {ca_key, issue_certificate(ca_template(name, ca_key, end), key, certificate).value()};
  }
  TestCa sign(const std::string& name) const { return sign(name, test_key()); }
  Certificate leaf(const PrivateKey& leaf_key, const std::vector<std::string>& names = {"www.example.test"},
                   Instant start = kTestStart, Instant end = kTestEnd) const {
    return issue_certificate({.dns_names = names,
                              .public_key = leaf_key.public_key(),
                              .not_before = start,
                              .not_after = end,
                              .server_auth = true},
                             key, certificate)
        .value();
  }
  TrustedRoot trusted() const {
    return {certificate.subject(),
            certificate.der(),
            facts_of(certificate),
            certificate.is_self_signed(),
            {},
            kTestNow};
  }

 private:
  static CertificateTemplate ca_template(const std::string& name, const PrivateKey& ca_key, Instant end) {
    return {.common_name = name,
            .public_key = ca_key.public_key(),
            .not_before = kTestStart,
            .not_after = end,
            .is_ca = true};
  }
};

}  // namespace certstead
