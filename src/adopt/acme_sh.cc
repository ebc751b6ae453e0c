// acme.sh: NAME/NAME.conf and NAME_ecc/NAME.conf (assignments of a shell), fullchain.cer, NAME.key.
#include "adopt/places.h"
#include "base/encoding.h"
#include "base/text.h"

namespace certstead {
namespace {

constexpr Program kSelf = Program::kAcmeSh;

// Commands stand in base64 between two marks.
std::string plain(const std::string& value) {
  constexpr std::string_view kStart = "__ACME_BASE64__START_", kEnd = "__ACME_BASE64__END_";
  if (value.compare(0, kStart.size(), kStart) != 0 || !value.ends_with(kEnd)) return value;
  const auto decoded = base64_decode(
      std::string_view(value).substr(kStart.size(), value.size() - kStart.size() - kEnd.size()));
  return decoded ? to_text(*decoded) : value;
}

std::string value_of(const Assignments& settings, const std::string& name) {
  const auto found = settings.find(name);
  return found == settings.end() || found->second == "no" ? "" : plain(found->second);
}

RenewalFacts renewal_of(const Assignments& settings, const std::string& email) {
  RenewalFacts facts;
  facts.directory_url = value_of(settings, "Le_API");
  facts.email = email;
  facts.key_type = value_of(settings, "Le_Keylength");
  const auto webroot = settings.find("Le_Webroot");
  if (webroot != settings.end()) facts.challenge = webroot->second == "no" ? "standalone" : webroot->second;
  for (const char* hook : {"Le_PreHook", "Le_PostHook", "Le_RenewHook", "Le_ReloadCmd"}) {
    const std::string command = value_of(settings, hook);
    if (!command.empty()) facts.hooks.push_back(command);
  }
  return facts;
}

std::optional<FoundCredential> read_directory(SourceTree& tree, const std::string& conf,
                                              const std::string& email, Findings& out) {
  const auto text = tree.text(conf);
  if (!text) {
    out.skip(kSelf, conf, text.error().detail);
    return std::nullopt;
  }
  const Assignments settings = read_assignments(*text);
  const std::string domain = value_of(settings, "Le_Domain");
  if (domain.empty()) return std::nullopt;  // account.conf, and what is no certificate's
  const std::string directory = directory_of(conf);
  FoundCredential finding;
  finding.program = kSelf;
  finding.name = last_part(directory);
  finding.place = conf;
  add_host(finding.hosts, domain);
  const std::string others = value_of(settings, "Le_Alt");
  for (const std::string_view name : split(others, ',')) add_host(finding.hosts, name);
  finding.key_file = directory + "/" + domain + ".key";
  finding.certificate_files = {directory + "/fullchain.cer"};
  if (!tree.is_file(finding.certificate_files.front())) {
    finding.certificate_files = {directory + "/" + domain + ".cer"};
    if (tree.is_file(directory + "/ca.cer")) finding.chain_file = directory + "/ca.cer";
  }
  if (!tree.is_file(finding.certificate_files.front())) {
    finding.problem = "it was never issued: there is no certificate in " + printable(directory);
  }
  finding.renewal = renewal_of(settings, email);
  return finding;
}

}  // namespace

Findings scan_acme_sh(SourceTree& tree, const ScanOptions& options) {
  Findings out;
  for (const std::string& home : places(options, {options.home + "/.acme.sh", "/etc/acme.sh"})) {
    const auto confs = tree.glob(home + "/*/*.conf");
    if (!confs) {
      out.skip(kSelf, home, confs.error().detail);
      continue;
    }
    const auto account = tree.text(home + "/account.conf");
    const std::string email = account ? value_of(read_assignments(*account), "ACCOUNT_EMAIL") : "";
    for (const std::string& conf : *confs) {
      if (auto finding = read_directory(tree, conf, email, out)) out.add(std::move(*finding));
    }
  }
  return out;
}

}  // namespace certstead
