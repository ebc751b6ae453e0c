#include "dns/scratch.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cmath>

#include "base/text.h"
#include "json/json.h"

namespace certstead {
namespace {

constexpr std::size_t kMostKept = std::size_t{48} << 10;
constexpr double kMostExact = 1e15;  // formulas show 15 digits

bool is_scalar(const boost::json::value& value) { return !value.is_object() && !value.is_array(); }

template <class T>
formula::Value whole(T number) {
  const auto real = static_cast<double>(number);
  if (std::fabs(real) >= kMostExact) return {std::to_string(number)};
  return {real};
}

formula::Value list_value(const boost::json::array& list) {
  const bool numbers = !list.empty() && std::ranges::all_of(list, [](const boost::json::value& one) {
    return scalar_value(one).is_number();
  });
  std::vector<double> out_numbers;
  std::vector<std::string> texts;
  for (const boost::json::value& one : list) {
    const formula::Value value = scalar_value(one);
    if (numbers) {
      out_numbers.push_back(value.numbers().front());
    } else {
      texts.push_back(value.as_texts().front());
    }
  }
  return numbers ? formula::Value::numbers(std::move(out_numbers)) : formula::Value::texts(std::move(texts));
}

class Flattener {
 public:
  Flattener(formula::Scope& scope, std::string_view without) : scope_(scope), without_(without) {}

  Status put(const std::string& name, const boost::json::value& value) {
    if (!without_.empty() && name == without_ && value.is_array()) return Done{};
    if (const auto* const object = value.if_object()) {
      for (const auto& member : *object)
        CHECK_OK(put(name + "." + std::string(member.key()), member.value()));
      return Done{};
    }
    if (const auto* const list = value.if_array()) return put_list(name, *list);
    if (value.is_null()) return Done{};
    return scope_.set(name, scalar_value(value));
  }

 private:
  Status put_list(const std::string& name, const boost::json::array& list) {
    if (!list.empty() && std::ranges::all_of(list, is_scalar)) return scope_.set(name, list_value(list));
    for (std::size_t i = 0; i < list.size(); ++i) CHECK_OK(put(name + "." + std::to_string(i), list[i]));
    return Done{};
  }

  formula::Scope& scope_;
  const std::string_view without_;
};

bool is_wanted(const std::string& name, const std::vector<std::string>& names) {
  return std::ranges::any_of(names, [&](const std::string& wanted) {
    if (wanted.ends_with('*')) {
      const std::string prefix = wanted.substr(0, wanted.size() - 1);
      return equals_ignoring_case(std::string_view(name).substr(0, prefix.size()), prefix);
    }
    return equals_ignoring_case(name, wanted);
  });
}

boost::json::value as_json(const formula::Value& value) {
  if (value.is_number()) {
    if (value.size() == 1) return value.numbers().front();
    return boost::json::array(value.numbers().begin(), value.numbers().end());
  }
  const std::vector<std::string> texts = value.as_texts();
  if (texts.size() == 1) return boost::json::value(texts.front());
  return boost::json::array(texts.begin(), texts.end());
}

}  // namespace

formula::Value scalar_value(const boost::json::value& value) {
  if (const auto* const text = value.if_string()) return {std::string_view(text->data(), text->size())};
  if (const auto* const yes = value.if_bool()) return {*yes ? "true" : "false"};
  if (const auto* const number = value.if_int64()) return whole(*number);
  if (const auto* const number = value.if_uint64()) return whole(*number);
  if (const auto* const number = value.if_double()) return {*number};
  return {};
}

const boost::json::value* find_path(const boost::json::value& value, std::string_view path) {
  if (path.empty()) return &value;
  if (const auto* const list = value.if_array()) {
    const std::size_t dot = path.find('.');
    const auto index = parse_number(path.substr(0, dot));
    if (!index || *index >= list->size()) return nullptr;
    return find_path((*list)[*index], dot == std::string_view::npos ? "" : path.substr(dot + 1));
  }
  const auto* const object = value.if_object();
  if (object == nullptr) return nullptr;
  // Names may have dots themselves: the longest that is there wins.
  for (std::size_t end = path.size(); end != std::string_view::npos && end > 0;
       end = path.rfind('.', end - 1)) {
    const boost::json::value* const member = object->if_contains(path.substr(0, end));
    if (member != nullptr) return find_path(*member, end == path.size() ? "" : path.substr(end + 1));
  }
  return nullptr;
}

Status Scratch::set_secret(std::string_view name, std::string_view value) {
  redactor_.add(value);
  return scope_.set(name, formula::Value(value));
}

Status Scratch::put_answer(std::string_view prefix, const boost::json::value& answer,
                           std::string_view without) {
  scope_.erase(prefix);
  scope_.erase_all(std::string(prefix) + ".");
  return Flattener(scope_, without).put(std::string(prefix), answer);
}

std::string Scratch::text(std::string_view name) const {
  const formula::Value* const value = scope_.find(name);
  return value == nullptr ? "" : join(value->as_texts(), " ");
}

std::string Scratch::keep(const std::vector<std::string>& names) const {
  boost::json::object out;
  std::size_t bytes = 0;
  scope_.each([&](const std::string& name, const formula::Value& value) {
    if (!is_wanted(name, names)) return;
    boost::json::value json = as_json(value);
    const std::string text = to_json_text(json);
    if (redactor_.finds_in(text) || bytes + name.size() + text.size() > kMostKept) return;
    bytes += name.size() + text.size() + 8;
    out.emplace(name, std::move(json));
  });
  return out.empty() ? "" : to_json_text(out);
}

Status Scratch::restore(std::string_view kept) {
  if (kept.empty()) return Done{};
  TRY(const boost::json::value value, parse_json(kept));
  const auto* const object = value.if_object();
  if (object == nullptr) return invalid("what was kept from adding is no JSON object");
  for (const auto& member : *object) {
    const auto* const list = member.value().if_array();
    CHECK_OK(scope_.set(member.key(), list == nullptr ? scalar_value(member.value()) : list_value(*list)));
  }
  return Done{};
}

}  // namespace certstead
