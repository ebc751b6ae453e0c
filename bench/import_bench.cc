// Credentials imported in one call, from PEM text to the durable commit, beside what plain OpenSSL takes on
// one thread to read, match and verify the same text and to seal the keys for the same two readers, without
// any store. The processor time of each says on a busy machine what the rate does not. Then a member of that
// manager takes all of it into a view, 500 sets a commit, as it does when a fleet's certificates are renewed
// at once. Usage: import_bench [DIRECTORY [CREDENTIALS [ROUNDS]]]
#include <openssl/pem.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "crypto/issue.h"
#include "manager/feed_source.h"
#include "manager/imports.h"
#include "member/member.h"
#include "model/chain_builder.h"
#include "pki/pki_chain_builder.h"
#include "pki/pki_importer.h"
#include "pki/pki_inspector.h"
#include "pki/pki_key_maker.h"
#include "pki/public_suffixes.h"
#include "store/sqlite_store.h"
#include "vault/fleet_ca.h"
#include "vault/identity.h"
#include "vault/manifest.h"
#include "vault/store_key.h"
#include "vault/vault.h"

namespace certstead {
namespace {

using std::chrono::days;

// Import talks to no CA and waits for no member.
class NoCa final : public Issuer, public AccountAuthority, public CaSigner, public MemberProgress {
 public:
  Step next_step(const Order&, Instant) const override { return Complete{}; }
  std::string account_label(std::string_view) const override { return "_label"; }
  Result<Order> advance(const Order& order, const Step&, const AccountAccess&, Deadline) override {
    return order;
  }
  Status revoke(BytesView, int, const AccountAccess&, Deadline) override { return Done{}; }
  Result<RenewalInfo> renewal_info(const IssuerRecord&, std::string_view, Deadline) override {
    return not_found("none");
  }
  Result<DirectoryFacts> directory(const IssuerRecord&, Deadline) override { return not_found("none"); }
  Result<Account> register_account(const AccountAccess&, const SecretBytes&, Deadline) override {
    return not_found("none");
  }
  Status roll_key(const AccountAccess&, const SecretBytes&, Deadline) override { return Done{}; }
  Result<bool> ensure_default(std::string_view) override { return false; }
  Result<SignedLeaf> sign(const SignRequest&) override { return not_found("none"); }
  Status revoke(std::string_view, std::string_view, int, std::string_view) override { return Done{}; }
  Status tend() override { return Done{}; }
  Status deactivate(const AccountAccess&, Deadline) override { return Done{}; }
  Status wait_applied(std::int64_t, Deadline) override { return Done{}; }
  std::vector<ViewHolding> holdings(const CredentialSet&) const override { return {}; }
};

// A manager with one local member, as a fresh one is.
struct BenchManager {
  BenchManager(const std::filesystem::path& directory)
      : store(open_sqlite_store(directory, clock, log).value()),
        fleet(FleetCa::make(clock.now()).value()),
        manager(make_identity(fleet, {Role::kManager, "manager-1"}, clock.now()).value()),
        member(make_identity(fleet, {Role::kMember, "local"}, clock.now()).value()),
        store_id(store->settings().identity().value().store_id),
        vault(
            manager, store_id, [this] { return store->settings().store_keys(); }, clock),
        signer(vault, store_id) {
    const AuditNote note{"bench", "setup", "", ""};
    const auto key =
        make_store_key(fleet, store_id, 1, {{manager.id, manager.sealing.certificate.der()}}, clock.now());
    store->settings().put_store_key(key.value(), note).value();
    MemberRecord record;
    record.id = record.name = member.id;
    record.role = "member";
    record.all_credentials = true;
    record.sealing_certificate = member.sealing.certificate.der();
    record.signing_certificate = member.signing.certificate.der();
    store->members().put_member(record, note).value();
  }
  Context context() {
    return {store->ports(), vault, signer, key_maker, chains, inspector, ca, ca, ca, ca,
            suffixes,       clock, log};
  }

  SystemClock clock;
  NullLog log;
  std::unique_ptr<Store> store;
  FleetCa fleet;
  Identity manager, member;
  std::string store_id;
  Vault vault;
  SealerManifestSigner signer;
  PkiKeyMaker key_maker;
  PkiInspector inspector;
  PkiChainBuilder chains;
  PkiImporter importer;
  PublicSuffixes suffixes;
  NoCa ca;
};

struct Credentials {
  Certificate root, issuing;
  std::vector<std::string> pem;  // key, leaf, issuing CA
};

Certificate sign(const std::string& name, const PrivateKey& own, const PrivateKey& by,
                 const std::optional<Certificate>& issuer, bool ca) {
  const Instant now = SystemClock().now();
  CertificateTemplate wanted{
      .public_key = own.public_key(), .not_before = now - days(1), .not_after = now + days(80)};
  wanted.is_ca = ca;
  wanted.server_auth = !ca;
  if (ca) {
    wanted.common_name = name;
  } else {
    wanted.dns_names = {name};
  }
  return issue_certificate(wanted, by, issuer).value();
}

Credentials make_credentials(std::size_t count) {
  const PrivateKey root_key = PrivateKey::generate(KeyType::kP256).value();
  const PrivateKey issuing_key = PrivateKey::generate(KeyType::kP256).value();
  const Certificate root = sign("Root", root_key, root_key, {}, true);
  Credentials out{root, sign("Issuing", issuing_key, root_key, root, true), {}};
  for (std::size_t i = 0; i < count; ++i) {
    const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
    const Certificate leaf =
        sign("host-" + std::to_string(i) + ".example.test", key, issuing_key, out.issuing, false);
    out.pem.push_back(to_text(key.to_pkcs8_pem().reveal()) + leaf.to_pem() + out.issuing.to_pem());
  }
  return out;
}

struct Figures {
  double rate;       // credentials a second
  double processor;  // milliseconds for each, of all threads
};

double processor_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

class Stopwatch {
 public:
  Figures stop(std::size_t count) const {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun_;
    const auto n = static_cast<double>(count);
    return {n / took.count(), (processor_seconds() - used_) * 1000 / n};
  }

 private:
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  double used_ = processor_seconds();
};

void import(BenchManager& manager, const Credentials& all, std::size_t from, std::size_t to) {
  ImportOrder order;
  for (std::size_t i = from; i < to; ++i)
    order.files.push_back({"host-" + std::to_string(i) + ".pem", SecretBytes(view_bytes(all.pem[i]))});
  const ImportOutcome outcome =
      Imports(manager.context(), manager.importer, manager.store->bulk()).run(order, {"bench"}).value();
  if (outcome.count(ImportAction::kCreated) != to - from) std::abort();
}

// A member that is at the feed's end, and what it pulls.
class BenchMember {
 public:
  BenchMember(BenchManager& manager, const std::filesystem::path& view)
      : manager_(manager), feed_(manager.store->ports(), manager.signer, manager.clock) {
    member_ = Member::open(manager.member, manager.store_id, {.views = {{"all", view, {}, {}}}}, feed_,
                           manager.clock, manager.log)
                  .value();
    catch_up();
  }
  void catch_up() {
    const std::int64_t head = manager_.store->settings().identity().value().seq;
    while (member_->applied_seq() < head)
      member_->pull_once(Deadline::after(std::chrono::seconds(1))).value();
  }
  std::size_t sets() const { return member_->views().front()->reader().stats().value().sets; }

 private:
  BenchManager& manager_;
  FeedSource feed_;
  std::unique_ptr<Member> member_;
};

struct OurFigures {
  Figures imported, viewed;
};

// Imports all of it into a fresh store and from there into a view; ends the program if one is missing.
OurFigures ours(const std::filesystem::path& directory, const Credentials& all) {
  std::filesystem::remove_all(directory);
  BenchManager manager(directory);
  const Bytes der = all.root.der();
  const TrustedRoot root{"Root", der, facts_of(all.root), true, {}, manager.clock.now()};
  manager.store->roots().add_root(root, {"bench", "root", "", ""}).value();
  // The first one by itself, so that the member does not take the rest as one full manifest.
  import(manager, all, 0, 1);
  BenchMember member(manager, directory / "view");
  const std::size_t count = all.pem.size() - 1;
  const Stopwatch importing;
  import(manager, all, 1, all.pem.size());
  const Figures imported = importing.stop(count);
  const Stopwatch viewing;
  member.catch_up();
  const Figures viewed = viewing.stop(count);
  if (member.sets() != all.pem.size()) std::abort();
  return {imported, viewed};
}

bool plain_one(const std::string& pem, X509_STORE* trusted, X509* reader) {
  const BioHandle in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const EvpKey key(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
  const X509Handle leaf(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
  const X509Handle issuing(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
  STACK_OF(X509)* between = sk_X509_new_null();
  sk_X509_push(between, issuing.get());
  X509_STORE_CTX* context = X509_STORE_CTX_new();
  bool good = X509_check_private_key(leaf.get(), key.get()) == 1 &&
              X509_STORE_CTX_init(context, trusted, leaf.get(), between) == 1 &&
              X509_verify_cert(context) == 1;
  X509_STORE_CTX_free(context);
  sk_X509_free(between);
  std::uint8_t* der = nullptr;
  const int length = i2d_PrivateKey(key.get(), &der);
  for (int i = 0; i < 2 && good; ++i) {
    STACK_OF(X509)* readers = sk_X509_new_null();
    sk_X509_push(readers, reader);
    const BioHandle content(BIO_new_mem_buf(der, length));
    const CmsHandle sealed(CMS_encrypt(readers, content.get(), EVP_aes_256_gcm(), CMS_BINARY));
    std::uint8_t* out = nullptr;
    good = sealed && i2d_CMS_ContentInfo(sealed.get(), &out) > 0;
    OPENSSL_free(out);
    sk_X509_free(readers);
  }
  OPENSSL_clear_free(der, static_cast<std::size_t>(length));
  return good;
}

Figures plain(const Credentials& all) {
  const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  const Certificate reader = sign("reader", key, key, {}, true);
  X509_STORE* trusted = X509_STORE_new();
  X509_STORE_add_cert(trusted, all.root.native());
  const Stopwatch watch;
  for (const std::string& pem : all.pem) {
    if (!plain_one(pem, trusted, reader.native())) std::abort();
  }
  const Figures figures = watch.stop(all.pem.size());
  X509_STORE_free(trusted);
  return figures;
}

double median(const std::vector<Figures>& all, double Figures::*of) {
  std::vector<double> values;
  for (const Figures& one : all) values.push_back(one.*of);
  std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

int run(const std::filesystem::path& directory, std::size_t count, int rounds) {
  const Credentials all = make_credentials(count);
  std::vector<Figures> imported, viewed, them;
  std::printf("%6s %12s %14s %20s %14s %16s %14s\n", "round", "imported/s", "processor ms",
              "plain, 1 thread, /s", "processor ms", "into a view/s", "processor ms");
  const auto print = [](const std::string& what, const Figures& one, const Figures& other,
                        const Figures& third) {
    std::printf("%6s %12.0f %14.2f %20.0f %14.2f %16.0f %14.2f\n", what.c_str(), one.rate, one.processor,
                other.rate, other.processor, third.rate, third.processor);
  };
  for (int round = 1; round <= rounds; ++round) {
    const OurFigures us = ours(directory / "store", all);
    imported.push_back(us.imported);
    viewed.push_back(us.viewed);
    them.push_back(plain(all));
    print(std::to_string(round), us.imported, them.back(), us.viewed);
  }
  const auto middle = [](const std::vector<Figures>& of) {
    return Figures{median(of, &Figures::rate), median(of, &Figures::processor)};
  };
  print("median", middle(imported), middle(them), middle(viewed));
  std::printf("imported, beside plain OpenSSL: ratio of rates %.2f\n",
              middle(imported).rate / middle(them).rate);
  return 0;
}

}  // namespace
}  // namespace certstead

int main(int argc, char** argv) {
  const std::filesystem::path directory = argc > 1 ? argv[1] : "import_bench.tmp";
  std::filesystem::create_directories(directory);
  return certstead::run(directory, argc > 2 ? static_cast<std::size_t>(std::atoi(argv[2])) : 10'000,
                        argc > 3 ? std::atoi(argv[3]) : 3);
}
