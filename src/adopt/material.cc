#include "adopt/material.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "crypto/certificate.h"
#include "crypto/digest.h"

namespace certstead {
namespace {

// The files of a finding, each once, in the order leaf, key, chain.
std::vector<std::string> files_of(const FoundCredential& finding) {
  std::vector<std::string> out = finding.certificate_files;
  for (const std::string& file : {finding.key_file, finding.chain_file}) {
    if (!file.empty() && std::find(out.begin(), out.end(), file) == out.end()) out.push_back(file);
  }
  return out;
}

// Lines of a password file, as nginx has them: each a candidate. At most 20.
std::vector<SecretBytes> passwords_in(const SecretBytes& file) {
  std::vector<SecretBytes> out;
  for (std::string_view line : split(view_text(file.reveal()), '\n')) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!line.empty() && out.size() < 20) out.emplace_back(view_bytes(line));
  }
  return out;
}

Status read_files(SourceTree& tree, Candidate& into) {
  for (const std::string& file : files_of(into.finding)) {
    TRY(SecretBytes bytes, tree.read(file));
    into.files.push_back({file, std::move(bytes)});
  }
  if (into.finding.password_file.empty()) return Done{};
  TRY(const SecretBytes passwords, tree.read(into.finding.password_file));
  into.passwords = passwords_in(passwords);
  return Done{};
}

// The leaf, where the files show one: the first certificate that is no CA's, else the first.
void look_at_leaf(Candidate& into) {
  for (const MaterialFile& file : into.files) {
    const auto certificates = Certificate::all_from_pem(view_text(file.bytes.reveal()));
    if (!certificates || certificates->empty()) continue;
    const auto leaf = std::find_if(certificates->begin(), certificates->end(),
                                   [](const Certificate& one) { return !one.is_ca(); });
    const Certificate& found = leaf == certificates->end() ? certificates->front() : *leaf;
    into.fingerprint = found.fingerprint();
    into.names = found.dns_names();
    into.names.insert(into.names.end(), found.ip_addresses().begin(), found.ip_addresses().end());
    into.not_after = found.not_after();
    return;
  }
}

// By what two findings are the same.
std::string identity_of(const Candidate& candidate) {
  if (!candidate.fingerprint.empty()) return candidate.fingerprint;
  if (!candidate.problem.empty()) return "place " + candidate.finding.place + " " + candidate.finding.name;
  std::string all;
  for (const MaterialFile& file : candidate.files) all += sha256_hex(file.bytes.reveal());
  return "files " + all;
}

Candidate make_candidate(SourceTree& tree, FoundCredential finding) {
  Candidate out;
  out.finding = std::move(finding);
  out.problem = out.finding.problem;
  out.places.push_back({out.finding.program, out.finding.name, out.finding.place});
  if (!out.finding.content.empty())
    out.files.push_back({out.finding.place + " as kyrtool shows it", out.finding.content.clone()});
  const Status read = read_files(tree, out);
  if (!read && out.problem.empty()) out.problem = read.error().detail;
  look_at_leaf(out);
  return out;
}

// `more` is another place of what `into` is.
void join_into(Candidate& into, Candidate more) {
  std::vector<Candidate::Place> all = std::move(into.places);
  all.insert(all.end(), more.places.begin(), more.places.end());
  RenewalFacts renewal =
      into.finding.renewal.directory_url.empty() && !more.finding.renewal.directory_url.empty()
          ? more.finding.renewal
          : into.finding.renewal;
  if (!into.problem.empty() && more.problem.empty()) into = std::move(more);
  into.places = std::move(all);
  into.finding.renewal = std::move(renewal);
}

}  // namespace

std::vector<Candidate> gather(SourceTree& tree, std::vector<FoundCredential> findings) {
  std::vector<Candidate> out;
  std::map<std::string, std::size_t> known;
  for (FoundCredential& finding : findings) {
    Candidate candidate = make_candidate(tree, std::move(finding));
    const auto [at, fresh] = known.emplace(identity_of(candidate), out.size());
    if (fresh) {
      out.push_back(std::move(candidate));
    } else {
      join_into(out[at->second], std::move(candidate));
    }
  }
  return out;
}

std::string advice_for(const Candidate::Place& place, const FoundCredential& finding) {
  const std::string name = printable(place.name), where = printable(place.place);
  switch (place.program) {
    case Program::kCertbot:
      return "take it from certbot's renewals: certbot delete --cert-name " + name +
             " (once nothing reads its live directory any more), or for all: systemctl disable --now "
             "certbot.timer";
    case Program::kLego:
      return "take 'lego renew' for " + name + " out of the crontab or timer that runs it";
    case Program::kAcmeSh:
      return "acme.sh --remove -d " + (finding.hosts.empty() ? name : printable(finding.hosts.front())) +
             (name.ends_with("_ecc") ? " --ecc" : "") + "; it leaves the files there";
    case Program::kNginx:
      return where +
             ": let ssl_certificate and ssl_certificate_key name the deployed files, then nginx -s reload";
    case Program::kApache:
      return where +
             ": let SSLCertificateFile and SSLCertificateKeyFile name the deployed files, then apachectl "
             "graceful";
    case Program::kHaproxy:
      return where + ": let crt name the deployed bundle, then reload haproxy";
    case Program::kPostfix:
      return where + ": let the TLS parameters name the deployed files, then postfix reload";
    case Program::kDovecot:
      return where + ": let the ssl settings name the deployed files, then doveadm reload";
    case Program::kDomino:
      return "keyring " + where +
             ": Domino reads it until its documents name another; see the guide on moving from Domino";
  }
  return "";
}

}  // namespace certstead
