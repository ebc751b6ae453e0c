#include "pki/pki_importer.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/parallel.h"
#include "base/text.h"
#include "pki/import_chains.h"
#include "pki/import_match.h"
#include "pki/import_reader.h"
#include "pki/pki_inspector.h"

namespace certstead {
namespace {

Error too_big(const std::string& what) {
  return invalid("the import is too big: " + what + "; do it in parts", "import-too-big");
}

Status check_size(const ImportInput& input) {
  if (input.files.size() > kMaxImportFiles)
    return too_big("more than " + std::to_string(kMaxImportFiles) + " files");
  std::size_t bytes = 0;
  for (const ImportFile& file : input.files) bytes += std::min(file.content.size(), kMaxImportFile);
  if (bytes > kMaxImportBytes) return too_big("more than " + std::to_string(kMaxImportBytes >> 20) + " MiB");
  return Done{};
}

// What one key leads to, before it is known whether it stays.
struct Draft {
  std::size_t key = 0, leaf = 0;
  ImportChains::Chain chain = {};
  std::vector<HostPattern> names = {};
  ImportedCredential credential = {};
};

class Import {
 public:
  Import(const ImportInput& input, ParsedCertificates& parsed_roots)
      : input_(input), parsed_roots_(parsed_roots), heap_(input.files) {}
  Result<ImportReading> run();

 private:
  Status read_files();
  void make_drafts();
  void finish(Draft& draft, ImportChains& chains);
  void add_to_sets();
  std::string group_of(const Draft& draft) const;
  void report(const Draft& draft);
  void report_rest();
  std::string why_unused(const HeapCertificate& one, std::string& id) const;
  Error failure() const;

  const ImportInput& input_;
  ParsedCertificates& parsed_roots_;
  ImportHeap heap_;
  std::vector<Draft> drafts_;
  std::set<std::string> in_paths_, roots_left_out_;  // fingerprints
  ImportReading reading_;
};

Status Import::read_files() {
  ImportCall call;
  const PasswordCandidates passwords(input_.passwords);
  std::vector<Finds> finds;
  finds.reserve(input_.files.size());
  for (const ImportFile& file : input_.files) finds.emplace_back(file, call);
  for_each_parallel(finds.size(), [&](std::size_t i) { read_import_file(passwords, finds[i]); });
  std::size_t count = 0;
  for (const Finds& one : finds) count += one.certificates.size();
  if (count > kMaxImportCertificates)
    return too_big("more than " + std::to_string(kMaxImportCertificates) + " certificates");
  for (std::size_t i = 0; i < finds.size(); ++i) heap_.add(i, std::move(finds[i]));
  return Done{};
}

// The names that clients may ask for; of a certificate from before alternative names its common name.
std::vector<HostPattern> names_of(const Certificate& leaf, std::vector<std::string>& warnings) {
  std::vector<HostPattern> names;
  std::vector<std::string> given = leaf.dns_names();
  if (given.empty() && leaf.ip_addresses().empty()) {
    given.push_back(leaf.subject_common_name());
    warnings.push_back("the certificate names no host the way clients look for it (subjectAltName)");
  }
  for (const std::string& text : given) {
    auto name = HostPattern::parse(text);
    if (!name && leaf.dns_names().empty()) continue;
    if (!name)
      warnings.push_back("its name \"" + printable(text, 60) + "\" can't be served: " + name.error().detail);
    if (name && std::ranges::find(names, *name) == names.end()) names.push_back(std::move(*name));
  }
  return names;
}

void warn_of_dates(const Certificate& leaf, Instant now, std::vector<std::string>& warnings) {
  if (now > leaf.not_after())
    warnings.push_back("the certificate expired at " + to_rfc3339(leaf.not_after()) + "; have it renewed");
  if (now < leaf.not_before())
    warnings.push_back("the certificate is not valid before " + to_rfc3339(leaf.not_before()));
}

void Import::finish(Draft& draft, ImportChains& chains) {
  const Certificate& leaf = heap_.certificates()[draft.leaf].certificate;
  const PrivateKey& key = heap_.keys()[draft.key].key;
  draft.chain = chains.find(leaf);
  ImportedCredential& out = draft.credential;
  out.key_type = key.type();
  out.key = key.to_der();
  out.facts = facts_of(leaf);
  out.warnings = draft.chain.warnings;
  warn_of_dates(leaf, input_.now, out.warnings);
  draft.names = names_of(leaf, out.warnings);
  const auto& path = draft.chain.path;
  const bool rooted = path.size() > 1 && path.back().is_self_signed();
  for (std::size_t i = 0; i + (rooted ? 1 : 0) < path.size(); ++i) out.chain.push_back(path[i].der());
}

void Import::make_drafts() {
  std::vector<Certificate> pool;
  for (const HeapCertificate& one : heap_.certificates()) pool.push_back(one.certificate);
  for (std::size_t i = 0; i < heap_.keys().size(); ++i) {
    if (const auto leaf = heap_.keys()[i].leaf) drafts_.push_back({.key = i, .leaf = *leaf});
  }
  ImportChains chains(std::move(pool), parse_roots(parsed_roots_, input_.roots), input_.now);
  // One leaf of each issuer first, so that the rest finds its way prepared whatever the threads do.
  std::set<std::pair<std::string, Bytes>> issuers;
  std::vector<std::size_t> rest;
  for (std::size_t i = 0; i < drafts_.size(); ++i) {
    const Certificate& leaf = heap_.certificates()[drafts_[i].leaf].certificate;
    if (issuers.insert({leaf.issuer(), leaf.authority_key_id()}).second) {
      finish(drafts_[i], chains);
    } else {
      rest.push_back(i);
    }
  }
  for_each_parallel(rest.size(), [&](std::size_t i) { finish(drafts_[rest[i]], chains); });
}

// Credentials of one group are served for the same names.
std::string Import::group_of(const Draft& draft) const {
  std::vector<std::string> names;
  for (const HostPattern& name : draft.names) names.push_back(name.ascii());
  std::ranges::sort(names);
  return names.empty() ? "subject " + draft.credential.facts.subject : join(names, " ");
}

void Import::add_to_sets() {
  // The better of two for the same names and key type stays.
  std::map<std::pair<std::string, KeyType>, std::size_t> best;
  const auto leaf_of = [this](std::size_t draft) -> HeapCertificate& {
    return heap_.certificates()[drafts_[draft].leaf];
  };
  std::vector<std::pair<std::size_t, std::size_t>> lost;  // loser, winner
  for (std::size_t i = 0; i < drafts_.size(); ++i) {
    const auto [at, fresh] = best.try_emplace({group_of(drafts_[i]), drafts_[i].credential.key_type}, i);
    if (fresh) continue;
    const bool better = is_better_leaf(leaf_of(i).certificate, leaf_of(at->second).certificate, input_.now);
    lost.push_back(better ? std::pair(at->second, i) : std::pair(i, at->second));
    if (better) at->second = i;
  }
  for (const auto& [loser, winner] : lost) {
    const std::string reason =
        "the certificate " + heap_.where(leaf_of(winner).place) + " is for the same names, and newer";
    heap_.drop(leaf_of(loser), "older", reason);
    heap_.drop(heap_.keys()[drafts_[loser].key], "older", reason);
  }
  std::map<std::string, std::size_t> sets;
  for (std::size_t i = 0; i < drafts_.size(); ++i) {
    const std::string group = group_of(drafts_[i]);
    if (best.at({group, drafts_[i].credential.key_type}) != i) continue;
    const auto [set, fresh] = sets.try_emplace(group, reading_.sets.size());
    if (fresh) reading_.sets.push_back({drafts_[i].names, {}});
    report(drafts_[i]);
    reading_.sets[set->second].credentials.push_back(std::move(drafts_[i].credential));
  }
  for (ImportedSet& set : reading_.sets)
    std::ranges::sort(set.credentials, {}, &ImportedCredential::key_type);
}

void Import::report(const Draft& draft) {
  HeapCertificate& leaf = heap_.certificates()[draft.leaf];
  leaf.used = true;
  heap_.use(heap_.keys()[draft.key], "key", "the key of \"" + leaf.certificate.subject() + "\"");
  heap_.use(leaf, "leaf", "it is served");
  const auto& path = draft.chain.path;
  for (std::size_t i = 1; i < path.size(); ++i) {
    const bool root = i + 1 == path.size() && path[i].is_self_signed();
    (root ? roots_left_out_ : in_paths_).insert(path[i].fingerprint());
    if (root) continue;
    const auto same = [&](const ImportNote& note) { return note.fingerprint == path[i].fingerprint(); };
    const bool from_store = !heap_.has(path[i]) && std::ranges::none_of(reading_.used, same);
    if (from_store) {
      reading_.used.push_back({"", 0, "certificate", path[i].subject(), path[i].fingerprint(), "completed",
                               "it was missing, and taken from the trusted roots and intermediates"});
    }
  }
}

std::string Import::why_unused(const HeapCertificate& one, std::string& id) const {
  const Certificate& certificate = one.certificate;
  if (roots_left_out_.contains(certificate.fingerprint())) {
    id = "root-left-out";
    return "the root is not sent: clients have it, or don't trust it";
  }
  if (input_.now > certificate.not_after()) {
    id = "expired";
    return "it expired at " + to_rfc3339(certificate.not_after());
  }
  if (!certificate.is_ca()) {
    id = "no-key";
    return "there is no key for this certificate in the files";
  }
  id = "off-path";
  return "no chain needs it";
}

void Import::report_rest() {
  for (HeapCertificate& one : heap_.certificates()) {
    if (one.used) continue;
    if (in_paths_.contains(one.certificate.fingerprint())) {
      heap_.use(one, "intermediate", "it belongs to the chain");
      continue;
    }
    std::string id;
    std::string reason = why_unused(one, id);
    heap_.drop(one, id, std::move(reason));
  }
}

// The most telling of all that went wrong.
Error Import::failure() const {
  constexpr std::array<std::string_view, 9> kTelling = {
      "password-wrong", "password-needed", "too-many-rounds", "key-weak", "key-kind",
      "key-damaged",    "ca-key",          "kyr-file",        "too-big"};
  const auto error = [this](std::string id, std::string detail) {
    constexpr std::size_t kMost = 5;
    std::size_t said = 0;
    for (const ImportNote& note : reading_.dropped) {
      if (said == kMost) break;
      detail += (said++ == 0 ? ": " : "; ") + printable(note.file, 100) + ": " + note.reason;
    }
    if (reading_.dropped.size() > kMost)
      detail += "; and " + std::to_string(reading_.dropped.size() - kMost) + " more";
    return invalid(detail, std::move(id));
  };
  for (const std::string_view id : kTelling) {
    const auto is_it = [&](const ImportNote& note) { return note.id == id; };
    const auto note = std::ranges::find_if(reading_.dropped, is_it);
    if (note == reading_.dropped.end()) continue;
    return invalid("nothing can be imported: " + printable(note->file, 200) + ": " + note->reason,
                   id == "too-big" ? "import-too-big" : std::string(id));
  }
  if (!heap_.keys().empty())
    return error("import-no-certificate", "nothing can be imported: no key has its certificate");
  if (!heap_.certificates().empty())
    return error("import-no-key", "nothing can be imported: there is no private key in the files");
  if (!reading_.dropped.empty())
    return error("import-unreadable", "nothing can be imported: there is neither key nor certificate");
  return invalid("nothing was given to import; name files", "import-empty");
}

Result<ImportReading> Import::run() {
  CHECK_OK(check_size(input_));
  CHECK_OK(read_files());
  heap_.match(input_.now);
  make_drafts();
  add_to_sets();
  report_rest();
  heap_.take_notes(reading_);
  if (reading_.sets.empty()) return failure();
  return std::move(reading_);
}

}  // namespace

Result<ImportReading> PkiImporter::read(const ImportInput& input) {
  return Import(input, parsed_roots_).run();
}

}  // namespace certstead
