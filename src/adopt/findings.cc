#include "adopt/findings.h"

#include <iterator>

#include "base/text.h"

namespace certstead {

std::string_view program_name(Program program) {
  switch (program) {
    case Program::kCertbot:
      return "certbot";
    case Program::kLego:
      return "lego";
    case Program::kAcmeSh:
      return "acme.sh";
    case Program::kNginx:
      return "nginx";
    case Program::kApache:
      return "apache";
    case Program::kHaproxy:
      return "haproxy";
    case Program::kPostfix:
      return "postfix";
    case Program::kDovecot:
      return "dovecot";
    case Program::kDomino:
      return "domino";
  }
  return "";
}

Result<Program> parse_program(std::string_view name) {
  std::vector<std::string> known;
  for (const Program program : kAllPrograms) {
    if (name == program_name(program)) return program;
    known.emplace_back(program_name(program));
  }
  return invalid("there is no program '" + printable(name, 60) + "' to scan; those known are " +
                     join(known, ", ") + ", or all of them: all",
                 "unknown-program");
}

void Findings::add(FoundCredential finding) {
  if (found.size() < kMost) {
    found.push_back(std::move(finding));
  } else if (found.size() == kMost && (skipped.empty() || skipped.back().place != "...")) {
    skipped.push_back({finding.program, "...",
                       "there are more than " + std::to_string(kMost) +
                           " certificates; scan one program or one directory at a time"});
  }
}

void Findings::skip(Program program, std::string place, std::string reason) {
  if (skipped.size() < kMost) skipped.push_back({program, std::move(place), std::move(reason)});
}

void Findings::append(Findings more) {
  for (FoundCredential& finding : more.found) add(std::move(finding));
  for (Skipped& one : more.skipped) skip(one.program, std::move(one.place), std::move(one.reason));
}

}  // namespace certstead
