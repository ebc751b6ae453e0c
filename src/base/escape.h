// Text for places where some characters mean something.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace certstead {

// `text` with every one of `characters` put as the text of `by` at the same place. Neither is read again.
// `by` has as many as `characters`.
std::string put_characters(std::string_view text, std::string_view characters,
                           std::initializer_list<std::string_view> by);

// `text` for XML content, or for an attribute in quotes of either kind (XML 1.0 section 2.4).
std::string xml_escape(std::string_view text);

}  // namespace certstead
