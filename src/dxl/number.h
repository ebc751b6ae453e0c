// Numbers as DXL writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace certstead {

// Nothing unless the whole text, blanks around it apart, is a finite number.
std::optional<double> parse_dxl_number(std::string_view text);
// The shortest text that reads back as the same number.
std::string dxl_number(double number);

}  // namespace certstead
