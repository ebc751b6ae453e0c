// The syntax of nginx's configuration: words, blocks, comments. Only for this module.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace certstead {

struct NginxDirective {
  std::vector<std::string> words;  // without quotes; never empty
  int line = 1;
  std::vector<NginxDirective> inside;  // of a block
};

// Total: what is not closed ends with the text, what is closed too often is passed over, blocks deeper than
// 64 are flattened. The Lua code of *_by_lua_block is passed over.
std::vector<NginxDirective> parse_nginx(std::string_view text);

}  // namespace certstead
