#include "dxl/rich_text.h"

#include <array>

#include "base/text.h"

namespace certstead {
namespace {

// Elements whose content is not what people read.
constexpr std::array<std::string_view, 9> kSkipped = {
    "pardef", "code", "formula", "font", "picture", "gif", "objectref", "notesbitmap", "attachmentref"};

class Writer {
 public:
  explicit Writer(std::size_t max_depth) : max_depth_(max_depth) {}

  // Depth first, without recursion: what is written comes from outside.
  bool walk(const pugi::xml_node& top) {
    std::size_t depth = 0;
    pugi::xml_node node = top.first_child();
    while (node) {
      const bool enter = visit(node) && node.first_child();
      if (enter && ++depth > max_depth_) return false;
      if (enter) {
        node = node.first_child();
        continue;
      }
      while (!node.next_sibling()) {
        node = node.parent();
        if (node == top || !node) return true;
        leave(node);
        --depth;
      }
      leave_leaf(node);
      node = node.next_sibling();
    }
    return true;
  }

  std::string text() const {
    std::string out;
    std::size_t empty = 0;
    for (const std::string_view line : split(text_, '\n')) {
      const std::string_view shown = trim(line);
      empty = shown.empty() ? empty + 1 : 0;
      if (empty > 1 || (shown.empty() && out.empty())) continue;
      out.append(shown).append("\n");
    }
    return std::string(trim(out));
  }

 private:
  // Whether to go into it.
  bool visit(const pugi::xml_node& node) {
    const std::string_view name = node.name();
    if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) {
      const std::string_view value = node.value();
      // Line ends between elements are the exporter's.
      if (!trim(value).empty() || value.find('\n') == std::string_view::npos) text_ += value;
      return false;
    }
    if (name == "break") text_ += '\n';
    for (const std::string_view skipped : kSkipped)
      if (name == skipped) return false;
    return true;
  }
  void leave(const pugi::xml_node& node) {
    if (std::string_view(node.name()) == "par") text_ += '\n';
  }
  void leave_leaf(const pugi::xml_node& node) {
    if (!node.first_child()) leave(node);
  }

  std::size_t max_depth_;
  std::string text_;
};

}  // namespace

std::optional<std::string> plain_rich_text(const pugi::xml_node& richtext, std::size_t max_depth) {
  Writer writer(max_depth);
  if (!writer.walk(richtext)) return std::nullopt;
  return writer.text();
}

}  // namespace certstead
