#include "api/query.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/text.h"

namespace certstead {

Result<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const Result<Bytes> byte = hex_decode(text.substr(i + 1, 2));
    if (!byte || byte->size() != 1 || byte->front() == 0) {
      return invalid("the address has a broken %-escape in '" + printable(text, 80) + "'");
    }
    out.push_back(static_cast<char>(byte->front()));
    i += 2;
  }
  return out;
}

Result<Query> Query::parse(std::string_view text, std::string_view allowed) {
  Query query;
  if (text.empty()) return query;
  const std::vector<std::string_view> names = split(allowed, ' ');
  for (const std::string_view pair : split(text, '&')) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    TRY(std::string name, percent_decode(pair.substr(0, equals)));
    if (name.empty() || std::ranges::find(names, name) == names.end()) {
      return invalid("the parameter '" + printable(name, 60) + "' is not known here" +
                     (allowed.empty() ? "" : "; there is: " + std::string(allowed)));
    }
    std::string raw(equals < pair.size() ? pair.substr(equals + 1) : std::string_view());
    std::ranges::replace(raw, '+', ' ');
    TRY(std::string value, percent_decode(raw));
    if (!query.values_.emplace(name, std::move(value)).second) {
      return invalid("the parameter '" + name + "' is given twice");
    }
  }
  return query;
}

std::string Query::text(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string() : found->second;
}

Result<std::int64_t> Query::number(std::string_view name, std::int64_t absent, std::int64_t least,
                                   std::int64_t most) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return absent;
  const std::optional<std::uint64_t> value = parse_number(found->second);
  if (!value || *value > static_cast<std::uint64_t>(most) || static_cast<std::int64_t>(*value) < least) {
    return invalid("the parameter '" + std::string(name) + "' must be a whole number from " +
                   std::to_string(least) + " to " + std::to_string(most) + ", not '" +
                   printable(found->second, 40) + "'");
  }
  return static_cast<std::int64_t>(*value);
}

Result<bool> Query::flag(std::string_view name) const {
  const std::string value = text(name);
  if (value.empty() || value == "0" || value == "false") return false;
  if (value == "1" || value == "true") return true;
  return invalid("the parameter '" + std::string(name) + "' must be 1 or 0");
}

}  // namespace certstead
