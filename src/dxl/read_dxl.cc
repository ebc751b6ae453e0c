#include <algorithm>
#include <pugixml.hpp>

#include "base/encoding.h"
#include "base/text.h"
#include "base/utf8.h"
#include "dxl/dxl.h"
#include "dxl/number.h"
#include "dxl/rich_text.h"

namespace certstead {
namespace {

constexpr std::size_t kLongestName = 200;

std::string line_of(std::string_view xml, std::ptrdiff_t offset) {
  if (offset < 0 || static_cast<std::size_t>(offset) > xml.size()) return "";
  const auto end = xml.begin() + offset;
  return "line " + std::to_string(1 + std::count(xml.begin(), end, '\n')) + ": ";
}

// UTF-8 without control characters other than line ends and tabs.
bool is_clean(std::string_view text) {
  while (!text.empty()) {
    const Utf8Character next = first_utf8(text);
    const bool control = (next.code < 0x20 && next.code != '\n' && next.code != '\t' && next.code != '\r') ||
                         next.code == 0x7F;
    if (next.size == 0 || control) return false;
    text.remove_prefix(next.size);
  }
  return true;
}

bool is_name(std::string_view text) {
  return text.size() <= kLongestName && is_clean(text) &&
         text.find_first_of("\n\r\t") == std::string_view::npos;
}

class Reader {
 public:
  Reader(std::string_view xml, const DxlLimits& limits) : xml_(xml), limits_(limits) {}
  Result<std::vector<DxlDocument>> run(const pugi::xml_document& tree);

 private:
  Status read_document(const pugi::xml_node& node);
  Status read_item(const pugi::xml_node& node, DxlDocument& document);
  Status read_value(const pugi::xml_node& value, DxlItem& item);
  Status read_list(const pugi::xml_node& list, DxlItem& item);
  Status read_file(const pugi::xml_node& file, DxlDocument& document);
  Result<std::string> text_in(const pugi::xml_node& node);
  Error wrong(const pugi::xml_node& node, const std::string& cause) const {
    return invalid("the DXL, " + line_of(xml_, node.offset_debug()) + cause);
  }

  std::string_view xml_;
  const DxlLimits& limits_;
  std::vector<DxlDocument> documents_;
};

Result<std::vector<DxlDocument>> Reader::run(const pugi::xml_document& tree) {
  const pugi::xml_node root = tree.document_element();
  const std::string_view name = root.name();
  if (name == "document") {
    CHECK_OK(read_document(root));
  } else if (name == "database") {
    for (const pugi::xml_node& node : root.children("document")) CHECK_OK(read_document(node));
  } else {
    return invalid("the file is no DXL: it begins with <" + printable(name, 40) +
                   ">, not with <database> or <document>");
  }
  if (documents_.empty())
    return invalid("there is no document in the DXL; export the documents themselves, not the design");
  return std::move(documents_);
}

Status Reader::read_document(const pugi::xml_node& node) {
  if (documents_.size() >= limits_.max_documents)
    return wrong(node, "there are more than " + std::to_string(limits_.max_documents) + " documents");
  DxlDocument document;
  document.form = node.attribute("form").value();
  if (!is_name(document.form)) return wrong(node, "the name of the form is no text");
  for (const pugi::xml_node& item : node.children("item")) {
    if (document.items.size() >= limits_.max_items)
      return wrong(item, "a document has more than " + std::to_string(limits_.max_items) + " items");
    CHECK_OK(read_item(item, document));
  }
  documents_.push_back(std::move(document));
  return Done{};
}

Status Reader::read_item(const pugi::xml_node& node, DxlDocument& document) {
  DxlItem item;
  item.name = node.attribute("name").value();
  if (item.name.empty() || !is_name(item.name))
    return wrong(node, "an item has no name, or one that is no text");
  if (const pugi::xml_node file = node.child("object").child("file")) return read_file(file, document);
  item.sealed = node.attribute("seal").as_bool() || node.attribute("encrypted").as_bool();
  item.kind = DxlItem::Kind::kUnreadable;
  for (const pugi::xml_node& value : node.children()) {
    if (value.type() != pugi::node_element) continue;
    CHECK_OK(read_value(value, item));
    break;
  }
  const bool empty = std::ranges::all_of(item.texts, [](const std::string& text) { return text.empty(); });
  if (item.sealed && item.numbers.empty() && empty)
    item = {item.name, DxlItem::Kind::kUnreadable, {}, {}, true};
  if (document.find(item.name) == nullptr) document.items.push_back(std::move(item));
  return Done{};
}

Status Reader::read_value(const pugi::xml_node& value, DxlItem& item) {
  const std::string_view kind = value.name();
  if (kind == "text" || kind == "datetime") {
    item.kind = kind == "text" ? DxlItem::Kind::kText : DxlItem::Kind::kTime;
    TRY(std::string text, text_in(value));
    item.texts.push_back(std::move(text));
  } else if (kind == "number") {
    item.kind = DxlItem::Kind::kNumber;
    TRY(const std::string text, text_in(value));
    const std::optional<double> number = parse_dxl_number(text);
    if (!number)
      return wrong(value, "'" + printable(text, 40) + "' in the item " + item.name + " is no number");
    item.numbers.push_back(*number);
  } else if (kind == "textlist" || kind == "numberlist" || kind == "datetimelist") {
    return read_list(value, item);
  } else if (kind == "richtext") {
    item.kind = DxlItem::Kind::kRichText;
    const std::optional<std::string> text = plain_rich_text(value, limits_.max_depth);
    if (!text) return wrong(value, "the rich text is nested too deeply");
    if (!is_clean(*text)) return wrong(value, "the rich text holds control characters or is no UTF-8");
    item.texts.push_back(*text);
  }
  return Done{};
}

Status Reader::read_list(const pugi::xml_node& list, DxlItem& item) {
  for (const pugi::xml_node& value : list.children())
    if (value.type() == pugi::node_element &&
        std::string_view(value.name()).find("list") == std::string_view::npos)
      CHECK_OK(read_value(value, item));
  if (item.texts.empty() && item.numbers.empty()) {
    item.kind = DxlItem::Kind::kText;
    item.texts.emplace_back();
  }
  if (!item.texts.empty() && !item.numbers.empty())
    return wrong(list, "the list " + item.name + " mixes texts and numbers");
  return Done{};
}

Result<std::string> Reader::text_in(const pugi::xml_node& node) {
  std::string out;
  for (const pugi::xml_node& part : node.children()) {
    if (part.type() == pugi::node_pcdata || part.type() == pugi::node_cdata)
      out += part.value();
    else if (std::string_view(part.name()) == "break")
      out += '\n';
  }
  if (!is_clean(out)) return wrong(node, "a text holds control characters or is no UTF-8");
  return out;
}

Status Reader::read_file(const pugi::xml_node& file, DxlDocument& document) {
  DxlAttachment attachment;
  attachment.name = file.attribute("name").value();
  const std::string shown = "the attachment '" + printable(attachment.name, 80) + "' ";
  if (attachment.name.empty() || !is_name(attachment.name) ||
      attachment.name.find_first_of("/\\") != std::string::npos || attachment.name[0] == '.')
    return wrong(file, shown + "has no name that a file may have");
  std::string base64 = file.child("filedata").child_value();
  std::erase_if(base64, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
  if (base64.size() / 4 * 3 > limits_.max_attachment + 2)
    return wrong(file, shown + "has more than " + std::to_string(limits_.max_attachment) + " bytes");
  Result<Bytes> content = base64_decode(base64);
  if (!content) return wrong(file, shown + "is not base64");
  if (document.attachments.size() >= limits_.max_items) return wrong(file, "there are too many attachments");
  attachment.content = std::move(*content);
  document.attachments.push_back(std::move(attachment));
  return Done{};
}

}  // namespace

Result<std::vector<DxlDocument>> parse_dxl(std::string_view xml, const DxlLimits& limits) {
  if (xml.size() > limits.max_bytes)
    return invalid("the DXL has more than " + std::to_string(limits.max_bytes) + " bytes");
  pugi::xml_document tree;
  const unsigned flags = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_ws_pcdata;
  const pugi::xml_parse_result parsed = tree.load_buffer(xml.data(), xml.size(), flags, pugi::encoding_utf8);
  if (!parsed) return invalid("the DXL, " + line_of(xml, parsed.offset) + std::string(parsed.description()));
  return Reader(xml, limits).run(tree);
}

}  // namespace certstead
