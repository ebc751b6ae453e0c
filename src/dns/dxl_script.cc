#include "dns/dxl_script.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/file.h"
#include "base/text.h"

namespace certstead {
namespace {

// "#!/bin/sh -e" is "/bin/sh" and "-e": at most one argument, as the kernel has it.
Result<std::vector<std::string>> interpreter_of(const DxlAttachment& file) {
  std::string_view line = view_text(file.content);
  line = line.substr(0, line.find('\n'));
  if (!line.starts_with("#!")) {
    return invalid("the attachment " + printable(file.name) +
                       " is no script: it must begin with #! and the full path of "
                       "an interpreter",
                   "dxl-script");
  }
  line = trim(line.substr(2));
  const std::size_t end = line.find_first_of(" \t");
  std::vector<std::string> out = {std::string(line.substr(0, end))};
  if (end != std::string_view::npos) out.emplace_back(trim(line.substr(end)));
  if (!out[0].starts_with('/'))
    return invalid("the script " + printable(file.name) + " names no full path after #!", "dxl-script");
  return out;
}

}  // namespace

Result<DxlScript> DxlScript::prepare(const std::vector<DxlAttachment>& attachments,
                                     std::vector<std::string>& words) {
  DxlScript out;
  const DxlAttachment* found = nullptr;
  for (const DxlAttachment& file : attachments)
    if (file.name == words[0]) found = &file;
  if (found == nullptr) {
    if (words[0].starts_with('/')) return out;
    return invalid("the command " + printable(words[0], 100) +
                       " is neither a full path nor the name of a script that is attached",
                   "command-words");
  }
  TRY(std::vector<std::string> argv, interpreter_of(*found));
  std::string name = (std::filesystem::temp_directory_path() / "certstead-script-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    return unavailable("can't make a directory for the script: " + std::string(std::strerror(errno)));
  out.directory_ = name;
  const std::filesystem::path path = out.directory_ / found->name;
  CHECK_OK(write_file_atomic(path, found->content, 0600));
  argv.push_back(path.string());
  argv.insert(argv.end(), words.begin() + 1, words.end());
  words = std::move(argv);
  return out;
}

DxlScript::~DxlScript() {
  std::error_code ignored;
  if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
}

}  // namespace certstead
