// Holds docs/openapi.yaml and the table of routes together. Reads just the part of YAML in which that file is
// written: paths are indented by two blanks, methods by four, query parameters stand in one line each.
#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <set>

#include "api/routes.h"
#include "base/text.h"

namespace certstead {
namespace {

using Operations = std::map<std::string, std::set<std::string>>;  // "GET /path" to its query parameters

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return out;
}

// "after" of "        - { name: after, in: query, ... }"; "" of any other line.
std::string query_parameter(const std::string& line) {
  const std::size_t start = line.find("- { name: ");
  const std::size_t end = line.find(", in: query");
  if (start == std::string::npos || end == std::string::npos) return "";
  return line.substr(start + 10, end - start - 10);
}

Operations documented() {
  std::ifstream file(CERTSTEAD_OPENAPI);
  EXPECT_TRUE(file.is_open()) << CERTSTEAD_OPENAPI;
  Operations out;
  std::string path;
  std::string operation;
  const std::set<std::string> methods = {"GET", "POST", "PUT", "PATCH", "DELETE"};
  for (std::string line; std::getline(file, line) && line != "components:";) {
    const std::string_view word = trim(line);
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == 2 && word.starts_with('/')) {
      path = word.substr(0, word.size() - 1);
    } else if (indent == 4 && word.ends_with(':') &&
               methods.contains(upper(word.substr(0, word.size() - 1)))) {
      operation = upper(word.substr(0, word.size() - 1)) + " " + path;
      out[operation];
    } else if (const std::string name = query_parameter(line); !name.empty()) {
      out[operation].insert(name);
    }
  }
  return out;
}

Operations served() {
  Operations out;
  for (const Route& route : routes()) {
    std::set<std::string>& names = out[std::string(route.method) + " " + std::string(route.path)];
    for (const std::string_view name : split(route.query, ' ')) {
      if (!name.empty()) names.emplace(name);
    }
  }
  return out;
}

TEST(OpenApi, SaysWhatIsServedAndNothingElse) { EXPECT_EQ(documented(), served()); }

}  // namespace
}  // namespace certstead
