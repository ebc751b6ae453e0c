#include "formula/scope.h"

#include <algorithm>

#include "base/text.h"

namespace certstead::formula {
namespace {

constexpr std::size_t kEntryOverhead = 128;

bool is_lower(std::string_view name) {
  return std::ranges::none_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::size_t cost(std::string_view name, const Value& value) {
  return kEntryOverhead + 2 * name.size() + value.bytes();
}

}  // namespace

const Value* Scope::find(std::string_view name) const {
  const auto field = is_lower(name) ? fields_.find(name) : fields_.find(lower_ascii(name));
  return field == fields_.end() ? nullptr : &field->second.value;
}

Status Scope::set(std::string_view name, Value value) {
  if (!value.is_data())
    return invalid("the field '" + printable(name, 80) + "' can't hold " +
                   std::string(kind_name(value.kind())));
  const std::string key = lower_ascii(name);
  const auto old = fields_.find(key);
  const std::size_t gone = old == fields_.end() ? 0 : cost(old->second.name, old->second.value);
  const std::size_t bytes = bytes_ - gone + cost(name, value);
  if (bytes > max_bytes_)
    return Error{Code::kLimited,
                 "the fields take more than " + std::to_string(max_bytes_) +
                     " bytes together; store less in '" + printable(name, 80) + "'",
                 "formula-budget"};
  bytes_ = bytes;
  if (old == fields_.end())
    fields_.emplace(key, Entry{std::string(name), std::move(value)});
  else
    old->second.value = std::move(value);
  return Done{};
}

Scope::Fields::iterator Scope::drop(Fields::iterator field) {
  bytes_ -= cost(field->second.name, field->second.value);
  return fields_.erase(field);
}

void Scope::erase(std::string_view name) {
  if (const auto field = fields_.find(lower_ascii(name)); field != fields_.end()) drop(field);
}

void Scope::erase_all(std::string_view prefix) {
  const std::string key = lower_ascii(prefix);
  for (auto field = fields_.lower_bound(key); field != fields_.end() && field->first.starts_with(key);)
    field = drop(field);
}

void Scope::each(const std::function<void(const std::string&, const Value&)>& visit) const {
  for (const auto& [key, entry] : fields_) visit(entry.name, entry.value);
}

}  // namespace certstead::formula
