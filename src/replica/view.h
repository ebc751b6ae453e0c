// A view: what one consumer of a member (the gateway, nginx, mail, ...) may serve, in a directory of its own.
// The member writes it, the consumer reads it; the parts are in these headers.
#pragma once

#include "replica/view_key.h"     // IWYU pragma: export
#include "replica/view_reader.h"  // IWYU pragma: export
#include "replica/view_writer.h"  // IWYU pragma: export

namespace certstead {

// The data file names the format; a new format is a new file, so that running readers keep theirs.
inline constexpr std::string_view kViewFile = "view-1.mdb";

}  // namespace certstead
