// Small text tools without locale.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace certstead {

std::vector<std::string_view> split(std::string_view text,
                                    char separator);  // "a,,b" -> "a", "", "b"; "" -> ""
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string_view trim(std::string_view text);  // blanks, tabs, line ends
std::string lower_ascii(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);
// The whole of `text` as a decimal number without sign; nothing on anything else or on overflow.
std::optional<std::uint64_t> parse_number(std::string_view text);

// `text` made safe for one line of a log or a terminal: control characters, invalid UTF-8 and line or
// direction separators (U+2028, U+202A and the like) become \xNN or \u{NNNN}; cut to `max` bytes with "...".
// Everything that came from outside passes through here before a person sees it.
std::string printable(std::string_view text, std::size_t max = 300);

}  // namespace certstead
