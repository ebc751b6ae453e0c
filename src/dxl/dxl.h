// Reads and writes DXL, the XML in which Domino exports documents. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dxl/document.h"

namespace certstead {

struct DxlLimits {
  std::size_t max_bytes = std::size_t{16} << 20;
  std::size_t max_depth = 64;
  std::size_t max_documents = 1000;
  std::size_t max_items = 1000;                       // in a document
  std::size_t max_attachment = std::size_t{1} << 20;  // bytes of each, decoded
};

// All documents in `xml`: a <database> with <document>s in it, or one <document>. Reads <text>, <textlist>,
// <number>, <numberlist>, <datetime>, <datetimelist>, <richtext> and attached files; tags may be wrapped;
// <break/> is a line end. Design elements and everything else beside documents are passed over. A DOCTYPE is
// skipped unread: no entity is ever expanded or fetched but XML's own five.
// Error: kInvalid, with the line where one is known, for XML that is not well formed or not UTF-8, for
// control characters, for no document at all, and for more than the limits allow.
Result<std::vector<DxlDocument>> parse_dxl(std::string_view xml, const DxlLimits& limits = {});

// `documents` in the same shape: parse_dxl reads the same documents back. Items that are sealed or not
// readable are written empty; no secret leaves by this way.
std::string write_dxl(const std::vector<DxlDocument>& documents);

}  // namespace certstead
