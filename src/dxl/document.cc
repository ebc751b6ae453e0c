#include "dxl/document.h"

#include <charconv>
#include <cmath>

#include "base/text.h"
#include "dxl/number.h"

namespace certstead {

const DxlItem* DxlDocument::find(std::string_view name) const {
  for (const DxlItem& item : items)
    if (equals_ignoring_case(item.name, name)) return &item;
  return nullptr;
}

std::string DxlDocument::text(std::string_view name) const {
  const DxlItem* item = find(name);
  if (item == nullptr) return "";
  if (item->kind == DxlItem::Kind::kNumber) return dxl_number(item->numbers[0]);
  return item->texts.empty() ? "" : item->texts[0];
}

std::optional<double> DxlDocument::number(std::string_view name) const {
  return parse_dxl_number(text(name));
}

void DxlDocument::add_text(std::string name, std::string text) {
  items.push_back({std::move(name), DxlItem::Kind::kText, {std::move(text)}, {}, false});
}

void DxlDocument::add_number(std::string name, double number) {
  items.push_back({std::move(name), DxlItem::Kind::kNumber, {}, {number}, false});
}

std::optional<double> parse_dxl_number(std::string_view text) {
  const std::string_view digits = trim(text);
  double number = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || fault != std::errc() || end != digits.data() + digits.size() ||
      !std::isfinite(number))
    return std::nullopt;
  return number;
}

std::string dxl_number(double number) {
  char out[32];
  const auto [end, fault] = std::to_chars(out, out + sizeof(out), number);
  return fault == std::errc() ? std::string(out, end) : "0";
}

}  // namespace certstead
