// Takes secrets out of what people and logs see.
#pragma once

#include <string>
#include <vector>

#include "base/secret.h"

namespace certstead {

// Knows secret values and how they look inside URLs, JSON, XML and base64. A value; not safe from several
// threads while it changes.
class Redactor {
 public:
  Redactor() = default;
  Redactor(const Redactor&) = default;
  Redactor& operator=(const Redactor&) = default;
  ~Redactor();

  // "" is no secret.
  void add(std::string_view secret);
  // `text` with "[redacted]" in the place of every secret, in whatever form.
  std::string clean(std::string_view text) const;
  // Whether a secret stands in `text`, in whatever form.
  bool finds_in(std::string_view text) const;

 private:
  std::vector<std::string> forms_;  // the longest first
};

}  // namespace certstead
