// certbot: renewal/NAME.conf (configobj), live/NAME/*.pem (links into archive/NAME).
#include "adopt/places.h"
#include "base/text.h"
#include "json/json.h"
#include "json/json_object.h"

namespace certstead {
namespace {

constexpr Program kSelf = Program::kCertbot;

std::string value_of(const Assignments& settings, const std::string& name) {
  const auto found = settings.find(name);
  return found == settings.end() || found->second == "None" ? "" : found->second;
}

// "https://ca.test:14000/dir" keeps its accounts in "ca.test:14000/dir".
std::string account_directory(const std::string& config, std::string_view server) {
  const std::size_t scheme = server.find("://");
  return config + "/accounts/" +
         std::string(scheme == std::string_view::npos ? server : server.substr(scheme + 3));
}

// Newer versions don't keep it.
std::string account_email(SourceTree& tree, const std::string& directory, const std::string& account) {
  const auto text = tree.text(directory + "/" + account + "/regr.json");
  if (!text) return "";
  const auto json = parse_json(*text);
  if (!json) return "";
  const auto registration = JsonObject::of(*json);
  if (!registration) return "";
  const auto body = registration->object("body");
  if (!body) return "";
  const auto contact = body->strings("contact");
  if (!contact || contact->empty() || contact->front().compare(0, 7, "mailto:") != 0) return "";
  return contact->front().substr(7);
}

// The newest version in archive/NAME that has both of its files; 0 if none.
int newest_version(SourceTree& tree, const std::string& directory) {
  int newest = 0;
  const auto names = tree.list(directory);
  if (!names) return 0;
  for (const std::string& name : *names) {
    if (name.compare(0, 9, "fullchain") != 0 || name.size() < 14) continue;
    const auto number = parse_number(std::string_view(name).substr(9, name.size() - 13));
    if (!number || *number > 1'000'000) continue;
    const std::string key = directory + "/privkey" + std::to_string(*number) + ".pem";
    if (tree.is_file(key)) newest = std::max(newest, static_cast<int>(*number));
  }
  return newest;
}

class CertbotScan {
 public:
  CertbotScan(SourceTree& tree, std::string config) : tree_(tree), config_(std::move(config)) {}

  Findings run() {
    read_hooks();
    const auto confs = tree_.glob(config_ + "/renewal/*.conf");
    if (!confs) out_.skip(kSelf, config_ + "/renewal", confs.error().detail);
    std::vector<std::string> known;
    for (const std::string& conf : confs ? *confs : std::vector<std::string>{}) {
      const std::string file = last_part(conf);
      known.push_back(file.substr(0, file.size() - 5));
      read_lineage(known.back(), conf);
    }
    read_unrenewed(known);
    return std::move(out_);
  }

 private:
  void read_hooks() {
    for (const char* kind : {"pre", "deploy", "post"}) {
      const std::string directory = config_ + "/renewal-hooks/" + kind;
      const auto names = tree_.list(directory);
      for (const std::string& name : names ? *names : std::vector<std::string>{})
        hooks_.push_back(directory + "/" + name);
    }
  }

  void read_lineage(const std::string& name, const std::string& conf) {
    const auto text = tree_.text(conf);
    if (!text) return out_.skip(kSelf, conf, text.error().detail);
    // All sections in one: names don't collide between the top, [renewalparams] and [[webroot_map]].
    const Assignments settings = read_assignments(*text);
    FoundCredential finding = lineage(name, conf);
    finding.renewal = renewal(settings);
    find_files(finding, value_of(settings, "fullchain"), value_of(settings, "privkey"));
    out_.add(std::move(finding));
  }

  // Lineages whose renewal was taken away.
  void read_unrenewed(const std::vector<std::string>& known) {
    const auto names = tree_.list(config_ + "/live");
    if (!names) {
      if (names.error().code != Code::kNotFound) out_.skip(kSelf, config_ + "/live", names.error().detail);
      return;
    }
    for (const std::string& name : *names) {
      const std::string directory = config_ + "/live/" + name;
      if (std::find(known.begin(), known.end(), name) != known.end() || !tree_.is_directory(directory))
        continue;
      FoundCredential finding = lineage(name, directory);
      find_files(finding, "", "");
      out_.add(std::move(finding));
    }
  }

  static FoundCredential lineage(const std::string& name, const std::string& place) {
    FoundCredential finding;
    finding.program = kSelf;
    finding.name = name;
    finding.place = place;
    return finding;
  }

  // The named files, or those of live, or the newest of archive: a copied directory may have lost its links.
  void find_files(FoundCredential& finding, const std::string& fullchain, const std::string& privkey) {
    const auto take = [&](const std::string& certificate, const std::string& key) {
      if (certificate.empty() || !tree_.is_file(certificate)) return false;
      finding.certificate_files = {certificate};
      finding.key_file = key;
      return true;
    };
    const std::string live = config_ + "/live/" + finding.name;
    if (take(fullchain, privkey) || take(live + "/fullchain.pem", live + "/privkey.pem")) return;
    const std::string archive = config_ + "/archive/" + finding.name;
    const int version = newest_version(tree_, archive);
    const std::string number = std::to_string(version);
    if (version > 0 && take(archive + "/fullchain" + number + ".pem", archive + "/privkey" + number + ".pem"))
      return;
    finding.problem = "there is no fullchain.pem in " + printable(live) + " that may be read";
  }

  RenewalFacts renewal(const Assignments& settings) {
    RenewalFacts facts;
    facts.directory_url = value_of(settings, "server");
    facts.challenge = value_of(settings, "authenticator");
    facts.key_type = value_of(settings, "key_type");
    if (facts.key_type == "rsa") facts.key_type += " " + value_of(settings, "rsa_key_size");
    if (facts.key_type == "ecdsa") facts.key_type += " " + value_of(settings, "elliptic_curve");
    facts.key_type = trim(facts.key_type);
    facts.hooks = hooks_;
    for (const char* hook : {"pre_hook", "renew_hook", "post_hook"}) {
      const std::string command = value_of(settings, hook);
      if (!command.empty()) facts.hooks.push_back(command);
    }
    const std::string account = value_of(settings, "account");
    if (!account.empty())
      facts.email = account_email(tree_, account_directory(config_, facts.directory_url), account);
    return facts;
  }

  SourceTree& tree_;
  std::string config_;
  std::vector<std::string> hooks_;
  Findings out_;
};

}  // namespace

Findings scan_certbot(SourceTree& tree, const ScanOptions& options) {
  Findings out;
  for (const std::string& config : places(options, {"/etc/letsencrypt"})) {
    if (tree.is_directory(config)) out.append(CertbotScan(tree, config).run());
  }
  return out;
}

}  // namespace certstead
