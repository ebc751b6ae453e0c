// Fakes of what stands outside of the manager, for the tests of the interface: a CA that says yes, a sealer
// that seals nothing, a view that can be filled.
#pragma once

#include <map>
#include <mutex>

#include "manager/context.h"
#include "model/credential_encoder.h"
#include "model/importer.h"
#include "model/view_catalog.h"

namespace certstead {

// Everything secret in these fakes has this text in it, so that a test can look for it.
inline constexpr std::string_view kSecretMarker = "planted-secret";

// Opens what it sealed itself; anything else to the marker.
class FakeSealer final : public Sealer {
 public:
  Result<Sealed> seal(const SecretRef& ref, const SecretBytes& secret,
                      const std::vector<Recipient>&) override {
    const std::lock_guard hold(mutex_);
    sealed_[key_of(ref)] = to_bytes(view_text(secret.reveal()));
    return Sealed{{ref, to_bytes(kSecretMarker), "manager", {1}},
                  {{ref, "managers", to_bytes(kSecretMarker)}}};
  }
  Result<SecretBytes> open(const SealedSecret& secret, const std::vector<Grant>&) override {
    const std::lock_guard hold(mutex_);
    const auto found = sealed_.find(key_of(secret.ref));
    return SecretBytes(found == sealed_.end() ? view_bytes(kSecretMarker) : BytesView(found->second));
  }
  Result<std::vector<Grant>> grant(const SealedSecret&, const std::vector<Grant>& existing,
                                   const std::vector<Recipient>&) override {
    return existing;
  }
  Result<Signature> sign(std::string_view, BytesView) override { return Signature{"manager", {1}}; }
  Status verify(std::string_view, BytesView, const Signature&) override { return Done{}; }

 private:
  static std::string key_of(const SecretRef& ref) {
    return ref.table + "/" + ref.record + "/" + ref.field + "/" + std::to_string(ref.version);
  }
  std::mutex mutex_;
  std::map<std::string, Bytes> sealed_;  // guarded by mutex_
};

class FakeManifestSigner final : public ManifestSigner {
 public:
  Result<Sealer::Signature> sign_credential(const FeedCredential&) override {
    return Sealer::Signature{"manager", {1}};
  }
  Result<SignedManifest> sign_manifest(const Manifest&) override { return SignedManifest{}; }
};

class FakeKeyMaker final : public KeyMaker {
 public:
  Result<SecretBytes> make_key(KeyType) override { return SecretBytes(view_bytes(kSecretMarker)); }
  SecretBytes make_secret(std::size_t size) override { return SecretBytes(Bytes(size, 7)); }
  Result<Bytes> make_csr(const SecretBytes&, const std::vector<HostPattern>&) override { return Bytes{1}; }
};

class FakeChains final : public ChainBuilder {
 public:
  Result<CheckedChain> check(const std::vector<Bytes>& downloaded, const Expected&,
                             const std::vector<TrustedRoot>&) override {
    return CheckedChain{downloaded, {}, {}};
  }
};

// Takes each text for the PEM of one certificate, whose DER is that text.
class FakeInspector final : public Inspector {
 public:
  Result<CertificateFacts> facts(BytesView der) override {
    CertificateFacts facts;
    facts.subject = facts.issuer = "CN=Example Root";
    facts.serial = "0a";
    facts.fingerprint = "f1" + std::to_string(der.size());
    facts.key_type = KeyType::kP256;
    facts.not_before = from_unix_seconds(1'700'000'000);
    facts.not_after = from_unix_seconds(2'000'000'000);
    return facts;
  }
  Result<std::vector<Bytes>> certificates_in_pem(std::string_view pem) override {
    if (pem.find("BEGIN CERTIFICATE") == std::string_view::npos) return invalid("there is no certificate");
    return std::vector<Bytes>{to_bytes(pem)};
  }
  std::string to_pem(const std::vector<Bytes>&) override { return "pem"; }
  Result<std::vector<Bytes>> certificates_in(BytesView file) override {
    if (view_text(file).find("BEGIN CERTIFICATE") == std::string_view::npos)
      return invalid("there is no certificate in it", "certificate-garbage");
    return std::vector<Bytes>{Bytes(file.begin(), file.end())};
  }
  std::string request_to_pem(BytesView) override { return "-----BEGIN CERTIFICATE REQUEST-----\n"; }
  Result<Bytes> request_in(BytesView file) override { return Bytes(file.begin(), file.end()); }
  bool is_self_signed(BytesView) override { return true; }
  Status check_ca(BytesView der) override {
    if (view_text(der).find("LEAF") == std::string_view::npos) return Done{};
    return invalid("CN=leaf is no CA: its basic constraints deny it", "not-a-ca");
  }
  std::string common_name(BytesView) override { return "Test Root"; }
};

class FakeCa final : public Issuer, public AccountAuthority {
 public:
  Step next_step(const Order&, Instant) const override { return Complete{}; }
  std::string account_label(std::string_view) const override { return "_label"; }
  Result<Order> advance(const Order& order, const Step&, const AccountAccess&, Deadline) override {
    return order;
  }
  Status revoke(BytesView, int, const AccountAccess&, Deadline) override { return Done{}; }
  Result<RenewalInfo> renewal_info(const IssuerRecord&, std::string_view, Deadline) override {
    return not_found("no renewal information");
  }
  Result<DirectoryFacts> directory(const IssuerRecord&, Deadline) override {
    if (unreachable) return unavailable("the CA does not answer");
    return DirectoryFacts{
        "https://ca.example.test/terms-1", "https://ca.example.test", false, true, {"tlsserver"}};
  }
  Result<Account> register_account(const AccountAccess& access, const SecretBytes&, Deadline) override {
    Account account = access.account;
    account.url = "https://ca.example.test/account/1";
    account.status = "valid";
    return account;
  }
  Status roll_key(const AccountAccess&, const SecretBytes&, Deadline) override { return Done{}; }
  Status deactivate(const AccountAccess&, Deadline) override { return Done{}; }

  bool unreachable = false;
};

// Makes one set of the host name that is the first file; the others are dropped.
class FakeImporter final : public Importer {
 public:
  Result<ImportReading> read(const ImportInput& input) override {
    if (input.files.empty()) return invalid("nothing was given to import; name files", "import-empty");
    ImportReading reading;
    ImportedSet set;
    const std::string text = to_text(input.files.front().content.reveal());
    set.names.push_back(HostPattern::parse(text).value());
    ImportedCredential one;
    one.key = SecretBytes(view_bytes(kSecretMarker));
    one.chain = {to_bytes(text)};
    one.facts = FakeInspector().facts(one.chain.front()).value();
    one.facts.names = {text};
    one.warnings = {"a warning"};
    set.credentials.push_back(std::move(one));
    reading.sets.push_back(std::move(set));
    reading.used.push_back({input.files.front().name, 1, "key", "", "ab", "key", "the key"});
    for (std::size_t i = 1; i < input.files.size(); ++i)
      reading.dropped.push_back({input.files[i].name, 0, "file", "", "", "unreadable", "it is empty"});
    passwords = input.passwords.size();
    return reading;
  }
  std::size_t passwords = 0;
};

// CAs that exist by name only, and sign anything.
class FakeCas final : public CaKeeper {
 public:
  Result<bool> ensure_default(std::string_view) override { return false; }
  Result<SignedLeaf> sign(const SignRequest& request) override {
    asked = request;
    CHECK_OK(show(request.ca));
    return SignedLeaf{"0a", {to_bytes("leaf"), to_bytes("ca")}, {"a.test"}, {}, {}};
  }
  Status revoke(std::string_view ca, std::string_view serial, int, std::string_view) override {
    CHECK_OK(show(ca));
    if (serial != "0a") return not_found("there is no certificate " + std::string(serial));
    return Done{};
  }
  Status tend() override { return Done{}; }
  Result<CaView> create(const CaInput& input, std::string_view) override {
    CaView view;
    view.record.name = input.name.empty() ? std::string(kDefaultMicroCa) : input.name;
    view.record.permitted = input.permitted;
    view.record.subordinate = input.subordinate;
    view.record.csr = to_bytes("csr");
    view.record.key = {{}, to_bytes(kSecretMarker), "manager", {1}};
    view.record.grants = {{{}, "managers", to_bytes(kSecretMarker)}};
    if (!input.subordinate) view.record.chain = {to_bytes("ca")};
    views.push_back(view);
    return view;
  }
  Result<CaView> complete(std::string_view name, const std::vector<Bytes>& certificates,
                          std::string_view) override {
    TRY(CaView view, show(name));
    view.record.chain = certificates;
    return view;
  }
  Result<std::vector<CaView>> list() override { return views; }
  Result<CaView> show(std::string_view name) override {
    for (const CaView& view : views) {
      if (view.record.name == name) return view;
    }
    return not_found("there is no CA \"" + std::string(name) + "\"");
  }
  Result<Bytes> crl(std::string_view) override { return to_bytes("crl"); }
  Result<std::vector<IssuedRecord>> issued(std::string_view, std::string_view, std::size_t) override {
    return std::vector<IssuedRecord>{};
  }

  std::vector<CaView> views;
  SignRequest asked;
};

class FakeProgress final : public MemberProgress {
 public:
  Status wait_applied(std::int64_t, Deadline) override { return Done{}; }
  std::vector<ViewHolding> holdings(const CredentialSet&) const override { return views; }
  std::vector<ViewHolding> views;
};

class FakeDomains final : public RegisteredDomains {
 public:
  std::string registered_domain(const DomainName& name) const override { return name.ascii(); }
};

// Opens with the password "right", and always to the same.
class FakeExportVault final : public ExportVault {
 public:
  Result<ExportIdentity> make_identity(const SecretBytes&) override {
    return ExportIdentity{{1}, to_bytes(kSecretMarker), {}, {}, 0, std::nullopt};
  }
  Result<Bytes> change_password(const ExportIdentity&, const SecretBytes& old_password,
                                const SecretBytes&) override {
    CHECK_OK(check(old_password));
    return to_bytes(kSecretMarker);
  }
  Result<std::vector<SecretBytes>> open(const ExportIdentity&, const SecretBytes& password,
                                        const std::vector<Granted>& secrets) override {
    CHECK_OK(check(password));
    std::vector<SecretBytes> out;
    for (std::size_t i = 0; i < secrets.size(); ++i) out.emplace_back(view_bytes(kSecretMarker));
    return out;
  }

 private:
  static Status check(const SecretBytes& password) {
    if (view_text(password.reveal()) == "right") return Done{};
    return denied("the export password is wrong", "export-password");
  }
};

class FakeEncoder final : public CredentialEncoder {
 public:
  Result<SecretBytes> encode(ExportFormat, const SecretBytes&, const std::vector<Bytes>&, const SecretBytes&,
                             std::string_view name) override {
    return SecretBytes(view_bytes("encrypted for " + std::string(name)));
  }
};

class FakeViews final : public ViewCatalog {
 public:
  Result<std::vector<ViewEntry>> list(std::size_t limit) override {
    std::vector<ViewEntry> out = entries;
    if (out.size() > limit) out.resize(limit);
    return out;
  }
  Result<ViewLookup> look_up(const ViewQuestion& question) override {
    asked = question.view + " " + question.name + " " + question.protocol + (question.tls12 ? " tls12" : "");
    if (!question.address.empty()) asked += " at " + question.address;
    if (question.serves_default) asked += " or default " + question.default_name;
    if (question.prefers_rsa) asked += " rsa first";
    if (!question.signature_algorithms) asked += " none";
    for (const std::uint16_t number : question.signature_algorithms.value_or(std::vector<std::uint16_t>())) {
      asked += " " + std::to_string(number);
    }
    if (entries.empty()) return ViewLookup{"none", std::nullopt, {}};
    return ViewLookup{"exact", entries.front(), {"request", "result"}, "--prefer ecdsa"};
  }
  Status set_lookup_log(std::string_view view, bool on) override {
    if (view == "absent") return not_found("this host has no view \"absent\"", "view-unknown");
    logging = on;
    return Done{};
  }
  Result<std::vector<ViewLogState>> lookup_logs() override {
    return std::vector<ViewLogState>{{"gateway", logging}};
  }
  bool logging = false;
  std::vector<ViewEntry> entries;
  std::string asked;
};

}  // namespace certstead
