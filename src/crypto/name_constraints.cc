#include "crypto/name_constraints.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/certificate_fields.h"

namespace certstead {
namespace {

using Constraints = std::unique_ptr<NAME_CONSTRAINTS, Freed<NAME_CONSTRAINTS_free>>;

std::vector<std::string> dns_trees(const STACK_OF(GENERAL_SUBTREE) * trees) {
  std::vector<std::string> out;
  for (int i = 0; i < sk_GENERAL_SUBTREE_num(trees); ++i) {
    const GENERAL_NAME* const base = sk_GENERAL_SUBTREE_value(trees, i)->base;
    if (base->type == GEN_DNS) out.push_back(lower_ascii(view_text(octets_of(base->d.dNSName))));
  }
  return out;
}

bool is_below(std::string_view name, std::string_view tree) {
  if (tree.empty()) return true;
  if (tree.front() == '.') return name.size() > tree.size() && name.ends_with(tree);
  return name == tree ||
         (name.size() > tree.size() && name.ends_with(tree) && name[name.size() - tree.size() - 1] == '.');
}

bool excludes(std::string_view tree, std::string_view name) {
  if (!name.starts_with("*.")) return is_below(name, tree);
  const std::string_view domain = name.substr(2);
  if (is_below(domain, tree)) return true;
  // One label below the wildcard's domain: a name that it covers.
  std::string_view inner = tree;
  if (inner.starts_with(".")) inner.remove_prefix(1);
  return is_below(inner, domain) && inner != domain &&
         inner.substr(0, inner.size() - domain.size() - 1).find('.') == std::string_view::npos;
}

}  // namespace

bool DnsConstraints::allow(std::string_view name) const {
  if (std::ranges::any_of(excluded, [&](const std::string& tree) { return excludes(tree, name); }))
    return false;
  if (!limited) return true;
  const bool wildcard = name.starts_with("*.");
  const std::string_view domain = wildcard ? name.substr(2) : name;
  return std::ranges::any_of(permitted, [&](const std::string& tree) {
    // "*.example" under ".example": all that it covers is below.
    return is_below(domain, tree) ||
           (wildcard && tree.size() > 1 && tree.front() == '.' && domain == tree.substr(1));
  });
}

Result<DnsConstraints> dns_constraints_of(const Certificate& certificate) {
  TRY(const Constraints constraints,
      read_extension<Constraints>(certificate.native(), NID_name_constraints, "nameConstraints"));
  DnsConstraints out;
  if (!constraints) return out;
  out.permitted = dns_trees(constraints->permittedSubtrees);
  out.excluded = dns_trees(constraints->excludedSubtrees);
  out.limited = !out.permitted.empty();
  return out;
}

}  // namespace certstead
