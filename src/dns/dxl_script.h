// The scripts that are attached to a document.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "dxl/document.h"

namespace certstead {

// A script that lies in a directory of its own while this object lives.
class DxlScript {
 public:
  // If words[0] is the name of an attachment, writes it out (directory 0700, file 0600) and puts the
  // interpreter of its #! line and the file's path in the place of that word. Else nothing, and words[0] must
  // be a full path. kInvalid for anything else; kUnavailable if it can't be written.
  static Result<DxlScript> prepare(const std::vector<DxlAttachment>& attachments,
                                   std::vector<std::string>& words);
  ~DxlScript();
  DxlScript(DxlScript&& other) noexcept : directory_(std::exchange(other.directory_, {})) {}
  DxlScript& operator=(DxlScript&&) = delete;

 private:
  DxlScript() = default;
  std::filesystem::path directory_;
};

}  // namespace certstead
