#include "dns/answer.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/text.h"
#include "dns/scratch.h"
#include "dns/xml_answer.h"
#include "json/json.h"

namespace certstead {
namespace {

// In the order in which they say most.
constexpr std::string_view kPlaces[] = {"error.message",
                                        "errors.0.message",
                                        "errors.0.detail",
                                        "errors.0.reason",
                                        "errors.0.description",
                                        "errors.0.title",
                                        "errors.0.error",
                                        "errors.0",
                                        "error.description",
                                        "error.errorMessage",
                                        "error_description",
                                        "message",
                                        "Message",
                                        "detail",
                                        "details",
                                        "error.0",
                                        "0.message",
                                        "error",
                                        "errorMessage",
                                        "statusDescription",
                                        "longmessage",
                                        "msg",
                                        "error_message",
                                        "description",
                                        "reason",
                                        "title",
                                        "status.message",
                                        "response.msg",
                                        "result.message",
                                        "errors",
                                        "non_field_errors.0"};

std::string text_at(const boost::json::value& answer, std::string_view path) {
  const boost::json::value* const value = find_path(answer, path);
  if (value == nullptr || !value->is_string()) return "";
  return std::string(value->get_string());
}

// {"errors": {"name": ["is taken"]}} and the like: the first text in it.
std::string first_text(const boost::json::value& value) {
  if (const auto* const text = value.if_string()) return std::string(*text);
  if (const auto* const list = value.if_array()) {
    for (const boost::json::value& one : *list) {
      if (std::string text = first_text(one); !text.empty()) return text;
    }
  }
  if (const auto* const object = value.if_object()) {
    for (const auto& member : *object) {
      if (std::string text = first_text(member.value()); !text.empty())
        return std::string(member.key()) + ": " + text;
    }
  }
  return "";
}

}  // namespace

std::string provider_message(const boost::json::value& answer) {
  for (const std::string_view place : kPlaces) {
    if (std::string text = text_at(answer, place); !trim(text).empty()) return text;
  }
  const auto* const object = answer.if_object();
  // An XML answer: look inside its root.
  if (object != nullptr && object->size() == 1 && object->begin()->value().is_object()) {
    if (std::string text = text_at(object->begin()->value(), "Error.Message"); !text.empty()) return text;
    if (std::string text = provider_message(object->begin()->value()); !text.empty()) return text;
  }
  if (const boost::json::value* const errors = find_path(answer, "errors")) return first_text(*errors);
  return answer.is_array() ? first_text(answer) : "";
}

std::string provider_message(std::string_view body) {
  const std::string_view text = trim(body);
  if (text.starts_with('{') || text.starts_with('[')) {
    const auto json = parse_json(text);
    return json ? provider_message(*json) : "";
  }
  if (text.starts_with("<?xml")) {
    const auto xml = parse_xml_answer(text);
    return xml ? provider_message(*xml) : "";
  }
  constexpr std::size_t kMostText = 300;
  return text.starts_with('<') ? "" : std::string(text.substr(0, kMostText));
}

}  // namespace certstead
