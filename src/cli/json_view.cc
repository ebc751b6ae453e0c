#include "cli/json_view.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/text.h"

namespace certstead {
namespace {

std::string printable_text(const boost::json::value& value, std::size_t max) {
  const auto* text = value.if_string();
  return text == nullptr ? std::string() : printable(std::string_view(text->data(), text->size()), max);
}

}  // namespace

const boost::json::value& json_member(const boost::json::value& object, std::string_view name) {
  static const boost::json::value null;
  const auto* members = object.if_object();
  const auto* found = members == nullptr ? nullptr : members->if_contains(name);
  return found == nullptr ? null : *found;
}

std::string json_text(const boost::json::value& object, std::string_view name, std::size_t max) {
  return printable_text(json_member(object, name), max);
}

std::string json_pem(const boost::json::value& object, std::string_view name) {
  const boost::json::value& member = json_member(object, name);
  if (!member.is_string()) return {};
  const std::string text(member.get_string().data(), member.get_string().size());
  const bool plain =
      text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=- \n") ==
      std::string::npos;
  return plain && text.starts_with("-----BEGIN ") ? text : "";
}
std::int64_t json_number(const boost::json::value& object, std::string_view name) {
  const auto* number = json_member(object, name).if_int64();
  return number == nullptr ? 0 : *number;
}

bool json_flag(const boost::json::value& object, std::string_view name) {
  const auto* flag = json_member(object, name).if_bool();
  return flag != nullptr && *flag;
}

std::vector<boost::json::value> json_elements(const boost::json::value& object, std::string_view name) {
  const auto* array = json_member(object, name).if_array();
  if (array == nullptr) return {};
  return {array->begin(), array->end()};
}

std::vector<std::string> json_texts(const boost::json::value& object, std::string_view name) {
  std::vector<std::string> out;
  for (const boost::json::value& element : json_elements(object, name)) {
    out.push_back(printable_text(element, 2000));
  }
  return out;
}

std::optional<Instant> json_instant(const boost::json::value& object, std::string_view name) {
  const std::string text = json_text(object, name);
  const Result<Instant> at = parse_rfc3339(text);
  return text.empty() || !at ? std::nullopt : std::optional(*at);
}

}  // namespace certstead
