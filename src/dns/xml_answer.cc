#include "dns/xml_answer.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <pugixml.hpp>

#include "base/text.h"

namespace certstead {
namespace {

constexpr int kMostDepth = 32;

std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

void put(boost::json::object& into, std::string_view name, boost::json::value value) {
  boost::json::value* const present = into.if_contains(name);
  if (present == nullptr) {
    into.emplace(name, std::move(value));
    return;
  }
  if (!present->is_array()) *present = boost::json::array{*present};
  present->get_array().push_back(std::move(value));
}

Result<boost::json::value> convert(const pugi::xml_node& node, int depth) {
  if (depth > kMostDepth) return invalid("its elements are nested too deeply");
  boost::json::object object;
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    put(object, local_name(attribute.name()), boost::json::value(attribute.value()));
  }
  std::string own;
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() == pugi::node_element) {
      TRY(boost::json::value value, convert(child, depth + 1));
      put(object, local_name(child.name()), std::move(value));
    } else {
      own += child.value();
    }
  }
  const std::string text(trim(own));
  if (object.empty()) return boost::json::value(text);
  if (!text.empty()) object["text"] = text;
  return boost::json::value(std::move(object));
}

}  // namespace

Result<boost::json::value> parse_xml_answer(std::string_view text) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed =
      document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
  if (!parsed) {
    return invalid("it is no XML at byte " + std::to_string(parsed.offset) + ": " + parsed.description());
  }
  const pugi::xml_node root = document.document_element();
  TRY(boost::json::value value, convert(root, 0));
  boost::json::object out;
  out.emplace(local_name(root.name()), std::move(value));
  return boost::json::value(std::move(out));
}

}  // namespace certstead
