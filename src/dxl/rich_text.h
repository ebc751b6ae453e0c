// Rich text as plain text.
#pragma once

#include <optional>
#include <pugixml.hpp>
#include <string>

namespace certstead {

// The text of a <richtext>: a line a paragraph, <break/> a line end, no more than one empty line in a row,
// none at either end. Tables give their cells, each its paragraphs. Nothing if elements are nested more than
// `max_depth` deep.
std::optional<std::string> plain_rich_text(const pugi::xml_node& richtext, std::size_t max_depth);

}  // namespace certstead
