// lego: certificates/NAME.{crt,key,issuer.crt,json}, accounts/SERVER/EMAIL/account.json.
#include "adopt/places.h"
#include "base/text.h"
#include "json/json.h"
#include "json/json_object.h"

namespace certstead {
namespace {

constexpr Program kSelf = Program::kLego;

// One member of a JSON file, "" if it is not there.
std::string json_member(SourceTree& tree, const std::string& file, std::string_view name) {
  const auto text = tree.text(file);
  const auto json = text ? parse_json(*text) : Result<boost::json::value>(text.error());
  if (!json) return "";
  const auto object = JsonObject::of(*json);
  if (!object) return "";
  return object->string(name).value_or("");
}

struct LegoAccount {
  std::string server;  // as the directory is called: host, and "_PORT"
  std::string email;
};

std::vector<LegoAccount> accounts_in(SourceTree& tree, const std::string& directory) {
  std::vector<LegoAccount> out;
  const auto files = tree.glob(directory + "/accounts/*/*/account.json");
  for (const std::string& file : files ? *files : std::vector<std::string>{}) {
    const std::string server = last_part(directory_of(directory_of(file)));
    out.push_back({server, json_member(tree, file, "email")});
  }
  return out;
}

// "https://ca.test:14000/my-cert" -> "ca.test_14000", as lego calls the directory of the accounts there.
std::string server_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return "";
  std::string host(url.substr(scheme + 3, url.find('/', scheme + 3) - scheme - 3));
  for (char& c : host) c = c == ':' ? '_' : c;
  return host;
}

FoundCredential read_certificate(SourceTree& tree, const std::string& file,
                                 const std::vector<LegoAccount>& accounts) {
  FoundCredential finding;
  finding.program = kSelf;
  finding.place = file;
  const std::string stem = file.substr(0, file.size() - 4);
  finding.name = json_member(tree, stem + ".json", "domain");
  if (finding.name.empty()) finding.name = last_part(stem);
  add_host(finding.hosts, finding.name);
  finding.certificate_files = {file};
  if (tree.is_file(stem + ".issuer.crt")) finding.chain_file = stem + ".issuer.crt";
  finding.key_file = stem + ".key";
  if (!tree.is_file(finding.key_file)) finding.problem = printable(finding.key_file) + " is not there";
  const std::string server = server_of(json_member(tree, stem + ".json", "certUrl"));
  finding.renewal.directory_url = known_directory(server);
  for (const LegoAccount& account : accounts) {
    if (account.server == server) finding.renewal.email = account.email;
  }
  return finding;
}

}  // namespace

Findings scan_lego(SourceTree& tree, const ScanOptions& options) {
  Findings out;
  for (const std::string& directory :
       places(options, {options.home + "/.lego", "/etc/lego", "/var/lib/lego", "/.lego"})) {
    const auto files = tree.glob(directory + "/certificates/*.crt");
    if (!files) {
      out.skip(kSelf, directory, files.error().detail);
      continue;
    }
    const std::vector<LegoAccount> accounts = accounts_in(tree, directory);
    for (const std::string& file : *files) {
      if (!file.ends_with(".issuer.crt")) out.add(read_certificate(tree, file, accounts));
    }
  }
  return out;
}

}  // namespace certstead
