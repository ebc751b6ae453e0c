#include "headers/apply.h"

#include "base/text.h"

namespace certstead {
namespace {

bool has_name(const std::vector<Header>& headers, std::string_view name) {
  return std::ranges::any_of(headers, [&](const Header& h) { return equals_ignoring_case(h.name, name); });
}

bool is_hsts(std::string_view name) { return equals_ignoring_case(name, kHstsHeader); }

}  // namespace

std::vector<Header> headers_to_set(const HeaderPolicy& policy, bool tls) {
  std::vector<Header> out;
  for (auto header = policy.set.rbegin(); header != policy.set.rend(); ++header)
    if ((tls || !is_hsts(header->name)) && !has_name(out, header->name)) out.push_back(*header);
  std::ranges::reverse(out);
  return out;
}

bool is_replaced(const HeaderPolicy& policy, bool tls, std::string_view name) {
  return (!tls && is_hsts(name)) || has_name(policy.set, name);
}

}  // namespace certstead
