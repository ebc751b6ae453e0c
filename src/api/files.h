// Files in request bodies: base64, since a file may be DER.
#pragma once

#include "base/bytes.h"
#include "json/json_object.h"

namespace certstead {

// The bytes of the member `name`, which is a list of files. kInvalid if it is missing, empty or no base64.
Result<std::vector<Bytes>> read_files(const JsonObject& object, std::string_view name);
// The same for a single one.
Result<Bytes> read_file_member(const JsonObject& object, std::string_view name);

}  // namespace certstead
