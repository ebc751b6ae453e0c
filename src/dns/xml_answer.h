// XML answers, read as if they were JSON.
#pragma once

#include <boost/json/value.hpp>

#include "base/result.h"

namespace certstead {

// The document as an object with one member, its root. An element with nothing but text becomes that text;
// any other becomes an object: attributes and child elements by name without namespace prefix, its own text
// as "text". Children of one name become an array; with a single one it can't be known, so a reader takes a
// lone value for an array of one. No entities but the five of XML, no DTD. kInvalid with the byte offset.
Result<boost::json::value> parse_xml_answer(std::string_view text);

}  // namespace certstead
