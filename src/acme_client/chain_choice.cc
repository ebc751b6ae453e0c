#include "acme_client/chain_choice.h"

#include "base/text.h"

namespace certstead {
namespace {

// "https://host:port" of a URL.
std::string_view origin_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  return url.substr(0, url.find('/', scheme + 3));
}

// Whether one of the parameters (";rel=..." and others) says that the link is an alternate.
bool says_alternate(std::string_view parameters) {
  for (const std::string_view parameter : split(parameters, ';')) {
    const std::size_t equals = parameter.find('=');
    if (equals == std::string_view::npos || !equals_ignoring_case(trim(parameter.substr(0, equals)), "rel"))
      continue;
    std::string_view value = trim(parameter.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    for (const std::string_view relation : split(value, ' '))
      if (equals_ignoring_case(relation, "alternate")) return true;
  }
  return false;
}

// One header may hold several links: "<A>;rel=x, <B>;rel=y".
void collect(std::string_view header, std::string_view base, std::vector<std::string>& out) {
  while (out.size() < kMaxAlternates) {
    const std::size_t open = header.find('<');
    if (open == std::string_view::npos) return;
    const std::size_t close = header.find('>', open);
    if (close == std::string_view::npos) return;
    const std::string_view target = header.substr(open + 1, close - open - 1);
    const std::size_t next = header.find('<', close);
    std::string_view parameters =
        header.substr(close + 1, next == std::string_view::npos ? next : next - close - 1);
    parameters = trim(parameters);
    if (parameters.ends_with(',')) parameters.remove_suffix(1);
    if (says_alternate(parameters))
      out.push_back(target.starts_with('/') && !target.starts_with("//")
                        ? std::string(origin_of(base)).append(target)
                        : std::string(target));
    header.remove_prefix(close + 1);
  }
}

}  // namespace

std::vector<std::string> alternate_urls(const HttpHeaders& headers, std::string_view base) {
  std::vector<std::string> urls;
  for (const std::string_view value : headers.all("Link")) collect(value, base, urls);
  return urls;
}

bool is_issued_under(const std::vector<Certificate>& chain, std::string_view common_name) {
  return !chain.empty() && chain.back().issuer_common_name() == common_name;
}

}  // namespace certstead
