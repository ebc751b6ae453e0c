#include "api/router.h"

#include "api/problem.h"
#include "base/text.h"

namespace certstead {
namespace {

bool is_placeholder(std::string_view segment) { return segment.starts_with('{'); }

// The raw texts in the place of the placeholders, if `path` has the shape of `pattern`.
std::optional<std::vector<std::string_view>> fit(std::string_view pattern, std::string_view path) {
  const std::vector<std::string_view> wanted = split(pattern, '/');
  const std::vector<std::string_view> given = split(path, '/');
  if (wanted.size() != given.size()) return std::nullopt;
  std::vector<std::string_view> params;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (is_placeholder(wanted[i]) && !given[i].empty()) {
      params.push_back(given[i]);
    } else if (wanted[i] != given[i]) {
      return std::nullopt;
    }
  }
  return params;
}

tl::expected<Match, NoMatch> decoded(const Route& route, const std::vector<std::string_view>& raw) {
  Match match{&route, {}};
  for (const std::string_view text : raw) {
    Result<std::string> param = percent_decode(text);
    if (!param) return tl::unexpected(NoMatch{param.error(), ""});
    match.params.push_back(*std::move(param));
  }
  return match;
}

}  // namespace

tl::expected<Match, NoMatch> find_route(std::span<const Route> table, std::string_view method,
                                        std::string_view path) {
  const Route* best = nullptr;
  std::vector<std::string_view> best_params;
  std::vector<std::string> allowed;
  for (const Route& route : table) {
    const auto params = fit(route.path, path);
    if (!params) continue;
    allowed.emplace_back(route.method);
    if (route.method != method || (best != nullptr && params->size() >= best_params.size())) continue;
    best = &route;
    best_params = *params;
  }
  if (best != nullptr) return decoded(*best, best_params);
  if (allowed.empty()) {
    return tl::unexpected(NoMatch{not_found("there is nothing at '" + printable(path, 120) + "'"), ""});
  }
  const std::string allow = join(allowed, ", ");
  return tl::unexpected(
      NoMatch{invalid("'" + printable(path, 120) + "' takes " + allow + ", not " + printable(method, 20),
                      std::string(kMethodNotAllowed)),
              allow});
}

}  // namespace certstead
