// Reading pieces of backups. Internal.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/result.h"

namespace certstead {

// From this offset, or else from where the file stands, which then moves on. Fewer bytes than asked for come
// at the end of the file only. kUnavailable with the system's reason.
Result<Bytes> read_some(int fd, std::size_t size, std::optional<std::int64_t> offset = {});

}  // namespace certstead
