// What lies on disk opens nothing, and what others write there is not believed.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/encoding.h"
#include "crypto/issue.h"
#include "support/file_search.h"
#include "support/test_manager.h"
#include "vault/member_vault.h"
#include "vault/signature.h"

namespace certstead {
namespace {

std::vector<Bytes> all_secrets(TestManager& m) {
  std::vector<Bytes> secrets;
  const auto sets = m.store->credentials().list_sets("", 100).value();
  for (const CredentialSet& set : sets) {
    const auto versions = m.store->versions().versions(set.id).value();
    for (const CredentialVersion& version : versions) {
      secrets.push_back(private_number(m.vault->open(version.key, version.grants).value()));
    }
  }
  const auto accounts = m.store->accounts().list_accounts().value();
  for (const Account& account : accounts) {
    secrets.push_back(private_number(m.vault->open(account.key, account.grants).value()));
    if (account.eab_hmac.empty()) continue;
    const SecretBytes eab = m.vault->open(account.eab_hmac, account.eab_grants).value();
    secrets.emplace_back(eab.reveal().begin(), eab.reveal().end());
  }
  return secrets;
}

TEST(Sealing, NoKeyLiesInClearInTheDataOrInAView) {
  TestManager m;
  const std::string hmac = "planted-marker-of-32-bytes-here!";
  ASSERT_TRUE(m.accounts->add({"fake", "default", "", "p256", false, "kid",
                               SecretBytes(view_bytes(base64url_encode(view_bytes(hmac))))},
                              m.actor));
  m.issue({"www.lab.test"});
  ASSERT_TRUE(m.requests->renew("www.lab.test", true, m.actor));
  m.run_due();
  const auto secrets = all_secrets(m);
  ASSERT_EQ(secrets.size(), 4U);  // two versions, the account, its EAB key
  for (const Bytes& secret : secrets) {
    EXPECT_TRUE(files_with(m.dir.path(), secret).empty());
    EXPECT_TRUE(files_with(m.dir.path(), view_bytes(base64_encode(secret))).empty());
    EXPECT_TRUE(files_with(m.dir.path(), view_bytes(hex_encode(secret))).empty());
  }
  EXPECT_TRUE(files_with(m.dir.path() / "data", view_bytes("PRIVATE KEY")).empty());
  const auto events = m.log.events();
  for (const auto& event : events) {
    for (const auto& field : event.fields) EXPECT_EQ(field.value.find(hmac), std::string::npos);
  }
  // The search itself finds what is there: the leaf's public part.
  const auto leaf = m.show("www.lab.test").versions.front().chain.front();
  EXPECT_FALSE(files_with(m.dir.path() / "data", BytesView(leaf).first(200)).empty());
}

TEST(Sealing, ACopiedDataDirectoryOpensNothingForAnotherIdentity) {
  TestManager m;
  m.issue({"www.lab.test"});
  const auto version = m.show("www.lab.test").versions.front();
  // Somebody with the copy makes a fleet and a manager of their own.
  const FleetCa other_ca = FleetCa::make(m.clock.now()).value();
  const Identity thief = make_identity(other_ca, {Role::kManager, "manager-1"}, m.clock.now()).value();
  Vault stolen(
      thief, m.store_id, [&] { return m.store->settings().store_keys(); }, m.clock);
  EXPECT_FALSE(stolen.open(version.key, version.grants));
  // The same fleet's member without a grant opens nothing either.
  const Identity stranger = make_identity(*m.fleet_ca, {Role::kMember, "stranger"}, m.clock.now()).value();
  MemberVault member(stranger, m.store_id);
  FeedCredential told = feed_credential(m.show("www.lab.test").set, version);
  told.grant = version.grants.back();
  EXPECT_FALSE(member.open_key(told));
}

struct Outsider {
  Identity identity;
  MemberVault vault;
  Outsider(TestManager& m, const std::string& id)
      : identity(make_identity(*m.fleet_ca, {Role::kMember, id}, m.clock.now()).value()),
        vault(identity, m.store_id) {
    MemberRecord record;
    record.id = record.name = id;
    record.role = "member";
    record.sealing_certificate = identity.sealing.certificate.der();
    record.signing_certificate = identity.signing.certificate.der();
    record.created = m.clock.now();
    EXPECT_TRUE(m.store->members().put_member(record, {"test", "member.add", id, ""}));
  }
  // Whether this member can get at the key of the set's newest version with any grant that lies in the store.
  bool opens(TestManager& m, const std::string& set_name) {
    const SetView view = m.show(set_name);
    FeedCredential told = feed_credential(view.set, view.versions.front());
    for (const Grant& grant : view.versions.front().grants) {
      told.grant = grant;
      if (vault.open_key(told)) return true;
    }
    return false;
  }
};

TEST(Sealing, AReaderThatIsDroppedOpensTheNextVersionNoMore) {
  TestManager m;
  Outsider one(m, "one");
  Outsider two(m, "two");
  RequestInput input = m.input({"www.lab.test"});
  input.members = std::vector<std::string>{"local", "one", "two"};
  ASSERT_TRUE(m.requests->request(input, m.actor));
  m.run_due();
  EXPECT_TRUE(one.opens(m, "www.lab.test"));
  EXPECT_TRUE(two.opens(m, "www.lab.test"));
  input.members = std::vector<std::string>{"local", "one"};
  ASSERT_TRUE(m.requests->request(input, m.actor));
  m.run_due();
  EXPECT_TRUE(one.opens(m, "www.lab.test"));
  EXPECT_FALSE(two.opens(m, "www.lab.test"));
  // The feed does not hand it out either.
  const auto manifest = decode_manifest(m.feed->pull("two", 0, 0, Deadline::after(Duration{0}))->bytes);
  EXPECT_TRUE(manifest->items.empty());
}

// Somebody who can only write the database puts their own certificate and key into a version's row.
TEST(Sealing, ARowPlantedByADatabaseWriterIsRefused) {
  TestManager m;
  m.issue({"www.lab.test"});
  const auto genuine = m.show("www.lab.test").versions.front();
  const auto head = m.store->feed().changes_after(0, 100)->back().seq;
  ASSERT_TRUE(m.member->wait_applied(head, Deadline::after(std::chrono::seconds{10})));

  const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  const CertificateTemplate content{.dns_names = {"www.lab.test"},
                                    .public_key = key.public_key(),
                                    .not_before = m.clock.now() - std::chrono::hours{1},
                                    .not_after = m.clock.now() + std::chrono::days{90},
                                    .server_auth = true};
  CredentialVersion planted = genuine;
  planted.id = "planted";
  planted.version = genuine.version + 1;
  planted.chain = {issue_certificate(content, key, std::nullopt)->der()};
  // They even know how to seal to the store key and to the member, but they are no manager.
  const FleetCa other_ca = FleetCa::make(m.clock.now()).value();
  const Identity thief =
      make_identity(other_ca, {Role::kManager, m.manager_identity->id}, m.clock.now()).value();
  const auto signature = sign_as_manager(
      thief, kCredentialContext,
      encode_signed_part(feed_credential(m.show("www.lab.test").set, planted), m.store_id), m.clock.now());
  planted.signer = signature->signer;
  planted.signature = signature->bytes;
  CredentialSet set = m.show("www.lab.test").set;
  ASSERT_TRUE(
      m.store->versions().activate(set, {planted}, "", 0, {"thief", "version.activate", set.name, ""}));
  const auto planted_head = m.store->feed().changes_after(0, 100)->back().seq;
  ASSERT_TRUE(m.member->wait_applied(planted_head, Deadline::after(std::chrono::seconds{10})));
  const auto match = m.view().find(DomainName::parse("www.lab.test").value()).value();
  ASSERT_EQ(match.credentials.size(), 1U);
  EXPECT_EQ(match.credentials[0].id, genuine.id);
  EXPECT_EQ(m.log.count("member.refused"), 1U);
}

TEST(Sealing, AReplayedManifestChangesNothing) {
  TestManager m;
  m.issue({"www.lab.test"});
  const auto old_full = m.feed->pull("local", 0, 0, Deadline::after(Duration{0})).value();
  ASSERT_TRUE(m.requests->remove("www.lab.test", m.actor));
  const auto head = m.store->feed().changes_after(0, 100)->back().seq;
  ASSERT_TRUE(m.member->wait_applied(head, Deadline::after(std::chrono::seconds{10})));
  IdentityCache trusted(m.fleet_ca->root());
  const auto manifest = verify_manifest(old_full, trusted, "local", m.store_id, m.clock.now()).value();
  MemberVault vault(*m.member_identity, m.store_id);
  const Status applied = m.member->views().front()->apply(manifest, vault, m.log);
  EXPECT_EQ(applied.error().id, "manifest-rollback");
  EXPECT_TRUE(m.view().find(DomainName::parse("www.lab.test").value())->credentials.empty());
}

}  // namespace
}  // namespace certstead
