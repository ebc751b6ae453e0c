#include "manager/issuers.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "manager/manual_flow.h"
#include "manager/micro_ca_flow.h"

namespace certstead {
namespace {

constexpr Duration kCall = std::chrono::seconds{30};

AuditNote note_of(const Actor& actor, std::string action, std::string_view object, std::string detail = {}) {
  return {actor.name, std::move(action), std::string(object), std::move(detail)};
}

Status check_issuer(const IssuerRecord& issuer) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  };
  if (issuer.name.empty() || issuer.name.size() > 64 ||
      !std::all_of(issuer.name.begin(), issuer.name.end(), allowed)) {
    return invalid(
        "\"" + printable(issuer.name, 60) +
            "\" can't name an issuer: use 1 to 64 lower-case letters, digits, hyphens, dots, underscores",
        "issuer-name");
  }
  if (issuer.kind == "acme" && !issuer.directory_url.starts_with("https://")) {
    return invalid(
        "the directory of an issuer is an https:// URL, not \"" + printable(issuer.directory_url, 100) + "\"",
        "issuer-url");
  }
  return Done{};
}

// "Example Root", or "Example Root 2" if that is taken, and so on.
std::string free_name(const std::string& wanted, const std::set<std::string>& taken) {
  std::string name = wanted;
  for (int i = 2; taken.count(name) > 0; ++i) name = wanted + " " + std::to_string(i);
  return name;
}

}  // namespace

Result<IssuerRecord> IssuerDesk::add(IssuerRecord issuer, const Actor& actor) {
  CHECK_OK(check_issuer(issuer));
  CHECK_OK(check_trusted(issuer));
  TRY(const DirectoryFacts facts, context_.authority.directory(issuer, Deadline::after(kCall)));
  issuer.terms_seen = facts.terms_of_service;
  issuer.needs_eab = issuer.needs_eab || facts.external_account_required;
  issuer.created = context_.clock.now();
  CHECK_OK(context_.store.issuers.create_issuer(
      issuer, note_of(actor, "issuer.add", issuer.name, issuer.directory_url)));
  return context_.store.issuers.find_issuer(issuer.name);
}

Status IssuerDesk::check_trusted(const IssuerRecord& issuer) {
  if (issuer.trusted_pem.empty()) return Done{};
  const auto roots = context_.inspector.certificates_in_pem(issuer.trusted_pem);
  if (roots) return Done{};
  return invalid(roots.error().detail, "issuer-trust");
}

Result<IssuerRecord> IssuerDesk::change(const IssuerRecord& issuer, const Actor& actor) {
  CHECK_OK(check_issuer(issuer));
  CHECK_OK(check_trusted(issuer));
  CHECK_OK(context_.store.issuers.update_issuer(issuer, note_of(actor, "issuer.change", issuer.name)));
  return context_.store.issuers.find_issuer(issuer.name);
}

Status IssuerDesk::remove(std::string_view name, const Actor& actor) {
  TRY(const IssuerRecord issuer, context_.store.issuers.find_issuer(name));
  if (issuer.built_in)
    return conflict(issuer.name + " is built in and can't be removed; it does no harm unused",
                    "issuer-built-in");
  if (issuer.kind == kMicroCaKind) {
    return conflict(issuer.name + " is a CA of ours; its certificates need its revocation list, so it stays",
                    "issuer-own-ca");
  }
  return context_.store.issuers.delete_issuer(name, note_of(actor, "issuer.delete", name));
}

Result<std::vector<IssuerRecord>> IssuerDesk::list() { return context_.store.issuers.list_issuers(); }

Result<IssuerRecord> IssuerDesk::show(std::string_view name) {
  return context_.store.issuers.find_issuer(name);
}

Result<DirectoryFacts> IssuerDesk::directory(std::string_view name) {
  TRY(const IssuerRecord issuer, context_.store.issuers.find_issuer(name));
  if (issuer.kind != "acme")
    return invalid(issuer.name + " is no ACME issuer and has no directory", "issuer-no-directory");
  return context_.authority.directory(issuer, Deadline::after(kCall));
}

Status IssuerDesk::install_known(const std::vector<IssuerRecord>& known) {
  std::vector<IssuerRecord> all = known;
  all.push_back(manual_issuer());
  for (IssuerRecord& issuer : all) {
    issuer.built_in = true;
    const auto stored = context_.store.issuers.find_issuer(issuer.name);
    if (stored && stored->directory_url == issuer.directory_url && stored->description == issuer.description)
      continue;
    const AuditNote note = note_of({"setup"}, "issuer.known", issuer.name, issuer.directory_url);
    if (stored) {
      if (!stored->built_in) continue;  // a person's own of that name stays
      issuer.revision = stored->revision;
      issuer.created = stored->created;
      CHECK_OK(context_.store.issuers.update_issuer(issuer, note));
      continue;
    }
    if (stored.error().code != Code::kNotFound) return stored.error();
    issuer.created = context_.clock.now();
    CHECK_OK(context_.store.issuers.create_issuer(issuer, note));
  }
  return Done{};
}

Status IssuerDesk::check_cas(const std::vector<Bytes>& certificates) {
  for (const Bytes& certificate : certificates) {
    const Status is_ca = context_.inspector.check_ca(certificate);
    if (is_ca || is_ca.error().id != "not-a-ca") CHECK_OK(is_ca);
    if (is_ca) continue;
    return invalid(
        is_ca.error().detail +
            "; add the certificate of the CA that signed it, or, to trust this one as itself, add it "
            "with --leaf",
        is_ca.error().id);
  }
  return Done{};
}

Result<std::vector<TrustedRoot>> IssuerDesk::add_roots(std::string_view pem, std::string_view name,
                                                       bool leaves, const Actor& actor) {
  TRY(const auto certificates, context_.inspector.certificates_in_pem(pem));
  if (certificates.empty())
    return invalid("there is no certificate in it; give PEM with BEGIN CERTIFICATE", "root-none");
  if (certificates.size() > 1 && !name.empty()) {
    return invalid("a name can be given for a single certificate only, " +
                       std::to_string(certificates.size()) + " are in it",
                   "root-name");
  }
  if (!leaves) CHECK_OK(check_cas(certificates));
  TRY(const auto known, context_.store.roots.list_roots());
  std::set<std::string> taken;
  for (const TrustedRoot& root : known) taken.insert(root.name);
  std::vector<TrustedRoot> added;
  for (const Bytes& certificate : certificates) {
    TRY(CertificateFacts facts, context_.inspector.facts(certificate));
    TrustedRoot root;
    root.name = name;
    if (name.empty()) {
      const std::string common_name = context_.inspector.common_name(certificate);
      root.name = free_name(common_name.empty() ? facts.subject : common_name, taken);
    }
    root.certificate = certificate;
    root.self_signed = context_.inspector.is_self_signed(certificate);
    root.facts = std::move(facts);
    root.created = context_.clock.now();
    CHECK_OK(
        context_.store.roots.add_root(root, note_of(actor, "root.add", root.name, root.facts.fingerprint)));
    taken.insert(root.name);
    added.push_back(std::move(root));
  }
  return added;
}

Result<std::vector<TrustedRoot>> IssuerDesk::list_roots() { return context_.store.roots.list_roots(); }

Status IssuerDesk::remove_root(std::string_view name, const Actor& actor) {
  return context_.store.roots.delete_root(name, note_of(actor, "root.delete", name));
}

}  // namespace certstead
