#include "pki/path_rules.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/openssl.h"

namespace certstead {
namespace {

using NameConstraints = std::unique_ptr<NAME_CONSTRAINTS, Freed<NAME_CONSTRAINTS_free>>;
using GeneralNames = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;
using Subtrees = STACK_OF(GENERAL_SUBTREE);

constexpr std::size_t kMaxSerialOctets = 20;

Error broken(const Certificate& certificate, std::string_view rule) {
  return invalid("the certificate of \"" + certificate.subject() + "\": " + std::string(rule),
                 "path-invalid");
}

std::string_view text_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

NameConstraints constraints_of(const Certificate& certificate) {
  return NameConstraints(static_cast<NAME_CONSTRAINTS*>(
      X509_get_ext_d2i(certificate.native(), NID_name_constraints, nullptr, nullptr)));
}

GeneralNames names_of(const Certificate& certificate) {
  return GeneralNames(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate.native(), NID_subject_alt_name, nullptr, nullptr)));
}

bool is_present(const Certificate& certificate, int nid) {
  return X509_get_ext_by_NID(certificate.native(), nid, -1) >= 0;
}

// Present, but not marked critical.
bool is_uncritical(const Certificate& certificate, int nid) {
  const int at = X509_get_ext_by_NID(certificate.native(), nid, -1);
  return at >= 0 && X509_EXTENSION_get_critical(X509_get_ext(certificate.native(), at)) == 0;
}

bool is_label(std::string_view label) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), fits);
}

// The preferred name syntax of RFC 1034 section 3.5 as changed by RFC 1123, "*." allowed before it.
bool is_dns_name(std::string_view name) {
  if (name.starts_with("*.")) name.remove_prefix(2);
  if (name.size() > 253) return false;
  const std::vector<std::string_view> labels = split(name, '.');
  return !labels.empty() && std::all_of(labels.begin(), labels.end(), is_label);
}

bool is_mailbox(std::string_view name) {
  const std::size_t at = name.find('@');
  return at != std::string_view::npos && at > 0 && is_dns_name(name.substr(at + 1));
}

// RFC 5280 section 4.2.1.6.
Status check_alternative_names(const Certificate& certificate) {
  const GeneralNames names = names_of(certificate);
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS && !is_dns_name(text_of(name->d.dNSName))) {
      return broken(certificate, "\"" + printable(text_of(name->d.dNSName)) +
                                     "\" is no DNS name (RFC 5280 section 4.2.1.6)");
    }
    if (name->type == GEN_EMAIL && !is_mailbox(text_of(name->d.rfc822Name))) {
      return broken(certificate, "\"" + printable(text_of(name->d.rfc822Name)) +
                                     "\" is no mail address (RFC 5280 section 4.2.1.6)");
    }
  }
  return Done{};
}

bool has_malformed_dns(const Subtrees* subtrees) {
  for (int i = 0; i < sk_GENERAL_SUBTREE_num(subtrees); ++i) {
    const GENERAL_NAME* const base = sk_GENERAL_SUBTREE_value(subtrees, i)->base;
    if (base->type != GEN_DNS) continue;
    const std::string_view name = text_of(base->d.dNSName);
    if (!name.empty() && (name.starts_with("*.") || !is_dns_name(name))) return true;
  }
  return false;
}

// RFC 5280 section 4.2.1.10.
Status check_constraints(const Certificate& certificate) {
  if (!is_present(certificate, NID_name_constraints)) return Done{};
  if (!certificate.is_ca()) {
    return broken(certificate, "name constraints outside of a CA certificate (RFC 5280 section 4.2.1.10)");
  }
  if (is_uncritical(certificate, NID_name_constraints)) {
    return broken(certificate, "name constraints that are not critical (RFC 5280 section 4.2.1.10)");
  }
  const NameConstraints constraints = constraints_of(certificate);
  if (!constraints || has_malformed_dns(constraints->permittedSubtrees) ||
      has_malformed_dns(constraints->excludedSubtrees)) {
    return broken(certificate, "name constraints that are malformed (RFC 5280 section 4.2.1.10)");
  }
  return Done{};
}

// "*.example.com" stands for "bar.example.com" too, so that excluding one excludes the other.
bool wildcard_meets(std::string_view wildcard, std::string_view excluded) {
  if (!wildcard.starts_with("*.")) return false;
  const std::string parent = lower_ascii(wildcard.substr(1));  // ".example.com"
  const std::string name = lower_ascii(excluded);
  return name.size() > parent.size() && name.ends_with(parent) &&
         name.find('.') == name.size() - parent.size();
}

Status check_wildcards(const Certificate& leaf, const Certificate& issuer) {
  const NameConstraints constraints = constraints_of(issuer);
  if (!constraints) return Done{};
  const Subtrees* const excluded = constraints->excludedSubtrees;
  for (int i = 0; i < sk_GENERAL_SUBTREE_num(excluded); ++i) {
    const GENERAL_NAME* const base = sk_GENERAL_SUBTREE_value(excluded, i)->base;
    if (base->type != GEN_DNS) continue;
    for (const std::string& name : leaf.dns_names()) {
      if (!wildcard_meets(name, text_of(base->d.dNSName))) continue;
      return broken(leaf, "\"" + printable(name) + "\" covers \"" + printable(text_of(base->d.dNSName)) +
                              "\", which \"" + issuer.subject() + "\" may not certify");
    }
  }
  return Done{};
}

// RFC 5280 section 4.1.2.2. OpenSSL's strictness leaves serial numbers alone.
Status check_serial(const Certificate& certificate) {
  if (certificate.serial() == "00" || certificate.serial_octets().size() > kMaxSerialOctets) {
    return broken(certificate,
                  "the serial number is zero or longer than 20 octets (RFC 5280 section 4.1.2.2)");
  }
  return Done{};
}

}  // namespace

Status check_path_rules(const std::vector<Certificate>& path) {
  for (const Certificate& certificate : path) {
    CHECK_OK(check_alternative_names(certificate));
    CHECK_OK(check_constraints(certificate));
    if (is_uncritical(certificate, NID_policy_constraints)) {
      return broken(certificate, "policy constraints that are not critical (RFC 5280 section 4.2.1.11)");
    }
    if (&certificate != &path.front()) CHECK_OK(check_wildcards(path.front(), certificate));
    // Roots are trusted for what they are; several well-known ones have the serial number zero.
    if (&certificate != &path.back() || path.size() == 1) CHECK_OK(check_serial(certificate));
  }
  clear_openssl_errors();
  return Done{};
}

}  // namespace certstead
