#include "ca/micro_ca.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/even_hex.h"
#include "base/text.h"
#include "ca/ca_certificates.h"
#include "ca/crl.h"
#include "crypto/random.h"
#include "model/domain_name.h"
#include "pki/pki_inspector.h"

namespace certstead {
namespace {

constexpr Duration kSkew = std::chrono::minutes{5};       // how far a client's clock may be behind
constexpr Duration kShortest = std::chrono::hours{1};     // a leaf that would live less is refused
constexpr Duration kTendAgain = std::chrono::minutes{1};  // after a failure
constexpr Duration kTendAtLeast = std::chrono::hours{1};
constexpr Duration kNearEnd = std::chrono::days{397};

AuditNote note_of(std::string_view actor, std::string action, std::string_view object,
                  std::string detail = {}) {
  return {std::string(actor), std::move(action), std::string(object), std::move(detail)};
}

Status check_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  };
  if (!name.empty() && name.size() <= 40 && std::ranges::all_of(name, allowed)) return Done{};
  return invalid("\"" + printable(name, 60) +
                     "\" can't name a CA: use 1 to 40 lower-case letters, digits, hyphens, dots, underscores",
                 "ca-name");
}

Result<KeyType> key_type_of(const std::string& text) {
  if (text.empty()) return KeyType::kP256;
  TRY(const KeyType type, parse_key_type(text));
  if (type != KeyType::kRsa2048) return type;
  return invalid("a CA lives for years: take p256, p384, rsa3072 or rsa4096 for its key", "ca-key-type");
}

Status check_crl_url(const std::string& url) {
  const auto plain = [](char c) { return c > ' ' && c < 0x7f; };
  const bool http = url.starts_with("http://") && url.size() > 7;
  if (url.empty() || (http && url.size() <= 400 && std::ranges::all_of(url, plain))) return Done{};
  return invalid(
      "the URL of a CRL begins with http:// (RFC 5280 section 8: https would need a CRL itself), not \"" +
          printable(url, 100) + "\"",
      "ca-crl-url");
}

Result<std::vector<std::string>> parse_trees(const std::vector<std::string>& texts) {
  std::vector<std::string> out;
  for (const std::string& text : texts) {
    TRY(const DomainName name, DomainName::parse(trim(text)));
    out.push_back(name.ascii());
  }
  return out;
}

IssuerRecord issuer_of(const CaRecord& ca, Instant now) {
  IssuerRecord issuer;
  issuer.name = ca.name;
  issuer.kind = "microca";
  issuer.description = ca.subordinate ? "A CA of ours under one elsewhere" : "A CA of ours";
  issuer.account_key_rollover = false;
  issuer.max_names = kMaxLeafNames;
  issuer.created = now;
  return issuer;
}

CertificateContent content_of(const LoadedCa& ca, const IssuedRecord& record, const PublicKey& key,
                              const LeafProfile& profile) {
  const auto short_name =
      std::ranges::find_if(record.names, [](const std::string& n) { return n.size() <= 64; });
  return {.serial = hex_decode(record.serial).value_or(Bytes()),
          .common_name = short_name == record.names.end() ? "" : *short_name,
          .dns_names = record.names,
          .public_key = key,
          .not_before = record.not_before,
          .not_after = record.not_after,
          .server_auth = profile.server_auth,
          .client_auth = profile.client_auth,
          .crl_url = ca.record.crl_url};
}

}  // namespace

Result<MicroCa::Loaded> MicroCa::loaded(std::string_view name) {
  {
    const std::lock_guard hold(mutex_);
    if (const auto found = loaded_.find(name); found != loaded_.end()) return found->second;
  }
  TRY(const CaRecord record, ports_.records.find_ca(name));
  TRY(LoadedCa ca, load_ca(record, ports_.sealer));
  auto shared = std::make_shared<const LoadedCa>(std::move(ca));
  const std::lock_guard hold(mutex_);
  loaded_.insert_or_assign(std::string(name), shared);
  return shared;
}

void MicroCa::forget(std::string_view name) {
  const std::lock_guard hold(mutex_);
  if (const auto found = loaded_.find(name); found != loaded_.end()) loaded_.erase(found);
  tend_at_ = {};
}

Result<bool> MicroCa::ensure_default(std::string_view actor) {
  const auto found = ports_.records.find_ca(kDefaultMicroCa);
  if (found) return false;
  if (found.error().code != Code::kNotFound) return found.error();
  const auto made = create({}, actor);
  if (made) return true;
  if (made.error().code == Code::kConflict && ports_.records.find_ca(kDefaultMicroCa)) return false;
  return made.error();
}

Result<CaView> MicroCa::create(const CaInput& input, std::string_view actor) {
  const Instant now = ports_.clock.now();
  CaRecord ca;
  ca.name = input.name.empty() ? std::string(kDefaultMicroCa) : input.name;
  CHECK_OK(check_name(ca.name));
  TRY(ca.key_type, key_type_of(input.key_type));
  TRY(ca.permitted, parse_trees(input.permitted));
  CHECK_OK(check_crl_url(input.crl_url));
  if (input.years < 1 || input.years > 30) return invalid("a CA lives for 1 to 30 years", "ca-years");
  ca.crl_url = input.crl_url;
  ca.subordinate = input.subordinate;
  ca.created = now;
  TRY(const PrivateKey key, PrivateKey::generate(ca.key_type));
  TRY(Sealed sealed, ports_.sealer.seal({"micro_ca", ca.name, "key", 1}, key.to_der(), {}));
  ca.key = std::move(sealed.secret);
  ca.grants = std::move(sealed.grants);
  // The random part keeps CAs of the same name on several hosts apart.
  const std::string common_name = "Certstead " + ca.name + " " + hex_encode(random_bytes(4));
  std::optional<TrustedRoot> root;
  if (ca.subordinate) {
    TRY(ca.csr, make_ca_request(common_name, key, ca.permitted));
  } else {
    TRY(const Certificate own, make_root(common_name, key, ca.permitted, now, input.years));
    ca.chain = {own.der()};
    root = TrustedRoot{ca.name, own.der(), facts_of(own), true, {}, now};
  }
  CHECK_OK(ports_.records.create_ca(ca, issuer_of(ca, now), root,
                                    note_of(actor, "ca.create", ca.name, join(ca.permitted, " "))));
  if (!ca.subordinate) CHECK_OK(renew_crl(ca.name));
  forget(ca.name);
  return show(ca.name);
}

Result<CaView> MicroCa::complete(std::string_view name, const std::vector<Bytes>& certificates,
                                 std::string_view actor) {
  TRY(CaRecord ca, ports_.records.find_ca(name));
  if (!ca.subordinate) {
    return conflict("the CA " + ca.name +
                        " signed itself and waits for nothing; `certstead microca create --sub` makes one "
                        "that another CA signs",
                    "not-waiting");
  }
  TRY(const CsrFacts request, read_csr(ca.csr));
  TRY(const auto roots, ports_.roots.list_roots());
  TRY(const auto chain, accept_ca_answer(certificates, request.public_key, roots, ports_.clock.now()));
  ca.chain.clear();
  for (const Certificate& one : chain) ca.chain.push_back(one.der());
  CHECK_OK(load_ca(ca, ports_.sealer));
  CHECK_OK(ports_.records.update_ca(ca, note_of(actor, "ca.complete", ca.name, chain.front().serial())));
  forget(name);
  CHECK_OK(renew_crl(name));
  return show(name);
}

Result<IssuedRecord> MicroCa::reserve(const LoadedCa& ca, const AcceptedRequest& accepted,
                                      const LeafProfile& profile, const SignRequest& request) {
  const Instant now = ports_.clock.now();
  const int days = request.days == 0 ? profile.default_days : request.days;
  if (days < 1 || days > profile.max_days) {
    return invalid("a certificate of the profile " + std::string(profile.name) + " lives for 1 to " +
                       std::to_string(profile.max_days) + " days",
                   "days");
  }
  IssuedRecord record;
  record.serial = hex_encode(random_serial());
  record.ca = ca.record.name;
  record.request_id = request.request_id;
  record.profile = profile.name;
  record.names = accepted.names;
  record.not_before =
      std::max<Instant>(std::chrono::floor<std::chrono::seconds>(now - kSkew), ca.certificate.not_before());
  record.not_after =
      std::min<Instant>(record.not_before + std::chrono::days{days} - std::chrono::seconds{1}, ca.not_after);
  if (record.not_after < now + kShortest) {
    return denied(
        "the CA " + ca.record.name + " ends at " + to_rfc3339(ca.not_after) + " and signs nothing more",
        "ca-expired");
  }
  record.created = now;
  record.to_be_signed = encode_certificate(content_of(ca, record, accepted.key, profile), ca.signer);
  CHECK_OK(ports_.records.reserve_certificate(record));
  return record;
}

Result<SignedLeaf> MicroCa::finish(const LoadedCa& ca, const IssuedRecord& record) {
  Bytes der = record.certificate;
  if (der.empty()) {
    TRY(der, sign_encoded(record.to_be_signed, ca.key));
    CHECK_OK(ports_.records.complete_certificate(record.serial, der));
  }
  SignedLeaf out{record.serial, {std::move(der)}, record.names, record.not_before, record.not_after};
  for (const Bytes& above : ca.record.chain) out.chain.push_back(above);
  if (!ca.record.subordinate) out.chain.pop_back();
  return out;
}

// What stands in the store is not signed just because it stands there: it must be what these rules make of
// the request today.
Result<SignedLeaf> MicroCa::resume(const LoadedCa& ca, const IssuedRecord& record,
                                   const AcceptedRequest& accepted, const LeafProfile& profile) {
  const Error changed = denied("the record " + record.serial + " of the CA " + ca.record.name +
                                   " is not what was asked for; nothing is signed for it",
                               "ca-record-changed");
  if (!record.certificate.empty()) {
    TRY(const Certificate made, Certificate::from_der(record.certificate));
    if (!made.is_signed_by(ca.certificate) || !made.public_key().same_as(accepted.key)) return changed;
    return finish(ca, record);
  }
  const bool fits = record.names == accepted.names && record.profile == profile.name &&
                    record.not_after <= ca.not_after && record.not_before <= ports_.clock.now() &&
                    record.not_after - record.not_before <= std::chrono::days{profile.max_days};
  if (!fits ||
      encode_certificate(content_of(ca, record, accepted.key, profile), ca.signer) != record.to_be_signed)
    return changed;
  return finish(ca, record);
}

Result<SignedLeaf> MicroCa::sign(const SignRequest& request) {
  TRY(const LeafProfile profile, find_profile(request.profile));
  TRY(const Loaded ca, loaded(request.ca));
  TRY(const AcceptedRequest accepted, accept_request(request.csr, ca->constraints));
  if (!request.request_id.empty()) {
    TRY(const auto earlier, ports_.records.find_issued_request(request.ca, request.request_id));
    if (earlier) return resume(*ca, *earlier, accepted, profile);
  }
  TRY(const IssuedRecord record, reserve(*ca, accepted, profile, request));
  return finish(*ca, record);
}

Status MicroCa::revoke(std::string_view ca, std::string_view serial, int reason, std::string_view actor) {
  TRY(const IssuedRecord record, ports_.records.find_issued(even_hex(lower_ascii(serial))));
  if (record.ca != ca)
    return not_found("the CA " + printable(ca, 60) + " has signed no certificate " + record.serial);
  const Status revoked = ports_.records.revoke_issued(
      record.serial, reason, ports_.clock.now(),
      note_of(actor, "ca.revoke", ca, record.serial + " reason " + std::to_string(reason)));
  if (!revoked && revoked.error().code != Code::kConflict) return revoked;
  // Also after kConflict: the run that recorded it may have ended before the CRL was signed.
  CHECK_OK(renew_crl(ca));
  return revoked;
}

Result<Bytes> MicroCa::renew_crl(std::string_view name) {
  const std::lock_guard one_at_a_time(crl_mutex_);
  const Instant now = std::chrono::floor<std::chrono::seconds>(ports_.clock.now());
  TRY(CaRecord record, ports_.records.find_ca(name));
  TRY(const LoadedCa ca, load_ca(record, ports_.sealer));
  TRY(const auto revoked, ports_.records.list_revoked(name, now - kCrlLife));
  TRY(const StoreIdentity store, ports_.settings.identity());
  ++record.crl_counter;
  TRY(record.crl, sign_crl(ca, revoked, crl_number(store.epoch, record.crl_counter), now));
  record.crl_this_update = now;
  record.crl_next_update = now + kCrlLife;
  CHECK_OK(ports_.records.update_ca(
      record, note_of("scheduler", "ca.crl", name, std::to_string(revoked.size()) + " revoked")));
  return record.crl;
}

Result<Bytes> MicroCa::crl(std::string_view name) {
  TRY(CaRecord record, ports_.records.find_ca(name));
  if (record.is_waiting()) CHECK_OK(load_ca(record, ports_.sealer));
  if (crl_is_due(record, ports_.clock.now())) return renew_crl(name);
  return std::move(record.crl);
}

Status MicroCa::tend() {
  const Instant now = ports_.clock.now();
  {
    const std::lock_guard hold(mutex_);
    if (now < tend_at_ && tend_at_ <= now + kTendAtLeast) return Done{};
    tend_at_ = now + kTendAtLeast;
  }
  TRY(const auto all, ports_.records.list_cas());
  for (const CaRecord& record : all) {
    if (record.is_waiting() || !crl_is_due(record, now)) continue;
    const auto made = renew_crl(record.name);
    if (made) continue;
    ports_.log.error("ca.crl-failed", {{"ca", record.name}, {"error", made.error().detail}});
    const std::lock_guard hold(mutex_);
    tend_at_ = now + kTendAgain;
  }
  return Done{};
}

Result<CaView> MicroCa::view_of(CaRecord record) {
  const Instant now = ports_.clock.now();
  CaView view;
  const auto say = [&](Health severity, std::string id, std::string detail) {
    view.problems.push_back({severity, std::move(id), std::move(detail)});
  };
  const auto ca = load_ca(record, ports_.sealer);
  if (!ca) {
    say(record.is_waiting() ? Health::kYellow : Health::kRed,
        ca.error().id.empty() ? "ca-damaged" : ca.error().id, ca.error().detail);
  } else {
    view.facts = facts_of(ca->certificate);
    if (ca->not_after <= now + kShortest) {
      say(Health::kRed, "ca-expired", "the CA ended at " + to_rfc3339(ca->not_after) + "; make another one");
    } else if (ca->not_after <= now + kNearEnd) {
      say(Health::kYellow, "ca-expires",
          "the CA ends at " + to_rfc3339(ca->not_after) + ", and its certificates with it");
    }
    if (!record.crl_next_update || *record.crl_next_update <= now) {
      say(Health::kRed, "crl-expired", "its CRL has run out");
    } else if (crl_is_due(record, now)) {
      say(Health::kYellow, "crl-old", "its CRL is past half of its life and was not signed anew");
    }
  }
  view.record = std::move(record);
  return view;
}

Result<std::vector<CaView>> MicroCa::list() {
  TRY(auto records, ports_.records.list_cas());
  std::vector<CaView> out;
  for (CaRecord& record : records) {
    TRY(CaView view, view_of(std::move(record)));
    out.push_back(std::move(view));
  }
  return out;
}

Result<CaView> MicroCa::show(std::string_view name) {
  TRY(CaRecord record, ports_.records.find_ca(name));
  return view_of(std::move(record));
}

Result<std::vector<IssuedRecord>> MicroCa::issued(std::string_view name, std::string_view after,
                                                  std::size_t limit) {
  CHECK_OK(ports_.records.find_ca(name));
  return ports_.records.list_issued(name, after, limit);
}

}  // namespace certstead
