// Makes a response obey a header policy.
#pragma once

#include <algorithm>

#include "headers/header_policy.h"

namespace certstead {

// The part of `policy` that holds for a response: the last header of each name, and on plain HTTP no
// Strict-Transport-Security.
std::vector<Header> headers_to_set(const HeaderPolicy& policy, bool tls);

// True if a header of this name must go from a response before headers_to_set is added to it.
bool is_replaced(const HeaderPolicy& policy, bool tls, std::string_view name);

// Afterwards each header of `policy` is there exactly once, with the policy's value, behind the others; on
// plain HTTP Strict-Transport-Security is gone even if `response` had it. Everything else stays, in its
// order. `Field` is any type with the strings `name` and `value`.
template <class Field>
void apply(const HeaderPolicy& policy, bool tls, std::vector<Field>& response) {
  std::erase_if(response, [&](const Field& field) { return is_replaced(policy, tls, field.name); });
  for (Header& header : headers_to_set(policy, tls)) {
    Field& field = response.emplace_back();
    field.name = std::move(header.name);
    field.value = std::move(header.value);
  }
}

}  // namespace certstead
