// For tests, here and in modules above: a fleet with one manager, its store key and its vault.
#pragma once

#include "base/fake_clock.h"
#include "vault/manifest.h"
#include "vault/member_vault.h"
#include "vault/vault.h"

namespace certstead {

inline constexpr std::string_view kTestStoreId = "test-store";

// Fails the process where a call that can't fail does.
struct TestFleet {
  TestFleet();
  FakeClock clock;
  FleetCa ca;
  Identity manager;  // id "boss"
  std::vector<Settings::StoreKey> store_keys;
  Vault vault;

  Identity identity(std::string_view id, Role role = Role::kMember) const;
  // A further vault over the same store keys; `keys` must outlive it.
  std::unique_ptr<Vault> vault_of(const Identity& other, const std::vector<Settings::StoreKey>& keys) const;
};

// The id of the error, "" where there is none.
template <class T>
std::string refusal_id(const Result<T>& result) {
  return result ? "" : result.error().id;
}

Recipient recipient_of(const Identity& identity);
// A credential as a member would be told of it, its key "the key" sealed and granted to `readers`, signed.
// The certificates in its chain are not real.
FeedCredential test_credential(Vault& vault, std::string_view version_id,
                               const std::vector<Recipient>& readers, std::string_view reader);

}  // namespace certstead
