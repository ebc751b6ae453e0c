// HCL Domino: the keyrings (.kyr) that server documents name, read by Domino's own kyrtool.
#include <algorithm>
#include <cctype>

#include "adopt/places.h"
#include "base/text.h"

namespace certstead {
namespace {

constexpr Program kSelf = Program::kDomino;
constexpr Duration kToolLimit = std::chrono::seconds{20};
constexpr std::size_t kMaxKeyrings = 1'000;

// What can't stand in the name of a keyring within a document.
bool ends_name(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("<>\"'=,;:|&()[]{}").find(c) != std::string_view::npos;
}

// Every word that ends in ".kyr", whatever item or line it stands in: server documents, web sites and
// programs name keyrings in items of many names. Blanks on Windows paths become slashes.
std::vector<std::string> names_in(std::string_view documents) {
  std::vector<std::string> out;
  const std::string lower = lower_ascii(documents);
  for (std::size_t dot = lower.find(".kyr"); dot != std::string::npos && out.size() < kMaxKeyrings;
       dot = lower.find(".kyr", dot + 4)) {
    const std::size_t end = dot + 4;
    if (end < lower.size() && std::isalnum(static_cast<unsigned char>(lower[end])) != 0) continue;
    std::size_t start = dot;
    while (start > 0 && dot - start < 255 && !ends_name(documents[start - 1])) --start;
    std::string name(documents.substr(start, end - start));
    std::replace(name.begin(), name.end(), '\\', '/');
    if (start < dot && std::find(out.begin(), out.end(), name) == out.end()) out.push_back(std::move(name));
  }
  return out;
}

// `name` below the data directory; file names are compared without regard to case, as Domino does. "" if it
// is not there. Whole paths of another system end in a name that may be here.
std::string find_keyring(SourceTree& tree, const std::string& data, const std::string& name) {
  for (const std::string& candidate : {name, last_part(name)}) {
    const std::string path = path_below(data, candidate);
    if (tree.is_file(path)) return path;
    const auto names = tree.list(directory_of(path));
    for (const std::string& one : names ? *names : std::vector<std::string>{}) {
      const std::string found = path_below(directory_of(path), one);
      if (equals_ignoring_case(one, last_part(path)) && tree.is_file(found)) return found;
    }
  }
  return "";
}

std::string how_by_hand(const std::string& keyring) {
  return "kyrtool is not here; on the Domino server run 'kyrtool show keys -k " + printable(keyring) +
         "' and the same with certs and roots, and import what they print";
}

// Keys, certificates and roots of one keyring, one behind the other.
Result<SecretBytes> read_keyring(const ScanOptions& options, SourceTree& tree, const std::string& data,
                                 const std::string& keyring) {
  TRY(const std::string system_path, tree.system_path(keyring));
  const auto ini = tree.system_path(data + "/notes.ini");
  Bytes all;
  for (const char* what : {"keys", "certs", "roots"}) {
    std::vector<std::string> words = {options.kyrtool};
    if (ini) words.push_back("=" + *ini);
    for (const std::string& word : {std::string("show"), std::string(what), std::string("-k"), system_path})
      words.push_back(word);
    const auto printed = options.run_tool(words, kToolLimit);
    if (!printed) {
      wipe(all);
      return printed.error();
    }
    const BytesView bytes = printed->reveal();
    all.reserve(all.size() + bytes.size() + 1);
    all.insert(all.end(), bytes.begin(), bytes.end());
    all.push_back('\n');
  }
  return SecretBytes(std::move(all));
}

void read_names(SourceTree& tree, const ScanOptions& options, const std::string& data, Findings& out) {
  std::vector<std::string> names = names_in(options.documents);
  if (options.documents.empty()) {
    const auto files = tree.list(data);
    for (const std::string& file : files ? *files : std::vector<std::string>{}) {
      if (lower_ascii(file).ends_with(".kyr")) names.push_back(file);
    }
  }
  for (const std::string& name : names) {
    FoundCredential finding;
    finding.program = kSelf;
    finding.name = last_part(name);
    finding.place = find_keyring(tree, data, name);
    if (finding.place.empty()) {
      out.skip(kSelf, path_below(data, name), "a document names this keyring, but it is not there");
      continue;
    }
    if (options.kyrtool.empty() || !options.run_tool) {
      finding.problem = how_by_hand(finding.place);
    } else {
      auto pem = read_keyring(options, tree, data, finding.place);
      if (pem) finding.content = std::move(*pem);
      if (!pem) finding.problem = pem.error().detail;
    }
    out.add(std::move(finding));
  }
}

}  // namespace

Findings scan_domino(SourceTree& tree, const ScanOptions& options) {
  Findings out;
  for (const std::string& data : places(options, {"/local/notesdata"})) {
    if (tree.is_directory(data)) read_names(tree, options, data, out);
  }
  return out;
}

}  // namespace certstead
