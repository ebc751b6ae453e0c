// TXT values as providers write them.
#pragma once

#include <string>
#include <string_view>

namespace certstead {

// The text that a value stands for: "abc", "\"abc\"" and "\"a\" \"bc\"" all are abc.
std::string plain_txt(std::string_view written);

}  // namespace certstead
