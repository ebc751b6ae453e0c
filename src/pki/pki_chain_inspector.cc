#include "pki/pki_chain_inspector.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/text.h"
#include "pki/path_builder.h"

namespace certstead {
namespace {

std::string key_text(const Certificate& certificate) {
  EVP_PKEY* const key = certificate.public_key().native();
  const int bits = EVP_PKEY_get_bits(key);
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
      return "RSA " + std::to_string(bits);
    case EVP_PKEY_EC:
      return "EC " + std::to_string(bits);
    default: {
      const char* const name = EVP_PKEY_get0_type_name(key);
      return (name == nullptr ? "unknown" : std::string(name)) + " " + std::to_string(bits);
    }
  }
}

bool is_weak_key(const Certificate& certificate) {
  EVP_PKEY* const key = certificate.public_key().native();
  const int bits = EVP_PKEY_get_bits(key);
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
      return bits < 2048;
    case EVP_PKEY_EC:
      return bits < 256;
    case EVP_PKEY_DSA:
      return true;
    default:
      return false;
  }
}

std::string signature_text(const Certificate& certificate) {
  const char* const name = OBJ_nid2ln(X509_get_signature_nid(certificate.native()));
  return name == nullptr ? "unknown" : name;
}

// Also of RSA-PSS, whose digest stands in the parameters.
bool has_weak_digest(const Certificate& certificate) {
  int digest = NID_undef;
  clear_openssl_errors();
  const int known = X509_get_signature_info(certificate.native(), &digest, nullptr, nullptr, nullptr);
  clear_openssl_errors();
  if (known != 1) return false;
  constexpr int kWeak[] = {NID_md2, NID_md4, NID_md5, NID_sha1, NID_md5_sha1, NID_ripemd160};
  return std::ranges::find(kWeak, digest) != std::end(kWeak);
}

Result<std::vector<Certificate>> parse_all(const std::vector<Bytes>& chain) {
  std::vector<Certificate> out;
  for (const Bytes& der : chain) {
    TRY(Certificate one, Certificate::from_der(der));
    out.push_back(std::move(one));
  }
  if (out.empty()) return invalid("the chain has no certificate", "chain-empty");
  return out;
}

// What is wrong with the dates is another finding than what is wrong with the chain.
Instant within_dates(const Certificate& leaf, Instant now) {
  return std::clamp(now, leaf.not_before(), std::max(leaf.not_before(), leaf.not_after()));
}

// By the letter of RFC 5280 if that can be had, else as common clients do it.
Result<std::vector<Certificate>> find_way(const Certificate& leaf, const std::vector<Certificate>& pool,
                                          const std::vector<Certificate>& anchors, Instant at) {
  auto strict = build_path(leaf, pool, anchors, at, {.strict = true});
  if (strict || strict.error().id != "path-invalid") return strict;
  return build_path(leaf, pool, anchors, at, {.strict = false});
}

}  // namespace

std::vector<std::string> weaknesses_of(const Certificate& certificate, const std::string& who) {
  std::vector<std::string> out;
  if (is_weak_key(certificate)) out.push_back(who + " has a key of " + key_text(certificate) + " bits only");
  if (!certificate.is_self_signed() && has_weak_digest(certificate)) {
    out.push_back(who + " is signed with " + signature_text(certificate));
  }
  return out;
}

KnownRoots PkiChainInspector::known(const std::vector<TrustedRoot>& roots) const {
  KnownRoots out = parse_roots(parsed_roots_, roots);
  out.anchors.insert(out.anchors.end(), system_roots_.begin(), system_roots_.end());
  return out;
}

Result<ChainReport> PkiChainInspector::inspect(const std::vector<Bytes>& chain,
                                               const std::vector<TrustedRoot>& roots, Instant now) {
  TRY(const std::vector<Certificate> all, parse_all(chain));
  const Certificate& leaf = all.front();
  ChainReport out;
  out.key = key_text(leaf);
  out.signature = signature_text(leaf);
  out.top_issuer = all.back().issuer();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string who = i == 0 ? "the leaf" : "the intermediate \"" + all[i].subject() + "\"";
    for (std::string& weakness : weaknesses_of(all[i], who)) out.weaknesses.push_back(std::move(weakness));
  }
  // What is served must do: intermediates that only we know help no client.
  const auto path = find_way(leaf, all, known(roots).anchors, within_dates(leaf, now));
  out.root_known = path.has_value();
  if (!path) out.problem = path.error().detail;
  return out;
}

Result<std::string> PkiChainInspector::key_id(BytesView certificate) {
  TRY(const Certificate one, Certificate::from_der(certificate));
  return hex_encode(one.subject_key_id());
}

Result<std::vector<Bytes>> PkiChainInspector::complete(const std::vector<Bytes>& chain,
                                                       const std::vector<Bytes>& more,
                                                       const std::vector<TrustedRoot>& roots, Instant now) {
  TRY(std::vector<Certificate> pool, parse_all(chain));
  const Certificate leaf = pool.front();
  KnownRoots all = known(roots);
  std::move(all.intermediates.begin(), all.intermediates.end(), std::back_inserter(pool));
  for (const Bytes& der : more) {
    auto one = Certificate::from_der(der);
    if (one) pool.push_back(std::move(*one));
  }
  TRY(std::vector<Certificate> path, find_way(leaf, pool, all.anchors, within_dates(leaf, now)));
  if (path.size() > 1 && path.back().is_self_signed()) path.pop_back();
  std::vector<Bytes> out;
  for (const Certificate& one : path) out.push_back(one.der());
  return out;
}

}  // namespace certstead
