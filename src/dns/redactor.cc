#include "dns/redactor.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/escape.h"
#include "formula/escape.h"

namespace certstead {
namespace {

constexpr std::string_view kMark = "[redacted]";

std::string with_blanks_as_plus(std::string text) {
  for (std::size_t at = 0; (at = text.find("%20", at)) != std::string::npos;) text.replace(at, 3, "+");
  return text;
}

std::string with_lower_hex(std::string text) {
  for (std::size_t at = 0; (at = text.find('%', at)) != std::string::npos; at += 3) {
    for (std::size_t i = at + 1; i < at + 3; ++i) {
      if (text[i] >= 'A') text[i] = static_cast<char>(text[i] | 0x20);
    }
  }
  return text;
}

// What is sure to stand in the base64 of any text that holds `secret`: each byte sits at one of three places
// in its group, and the groups at the ends hold bits of the neighbours.
std::vector<std::string> inside_base64(std::string_view secret) {
  std::vector<std::string> out;
  for (std::size_t shift = 0; shift < 3; ++shift) {
    const std::string padded = std::string(shift, '\0') + std::string(secret);
    const std::string text = base64url_encode(view_bytes(padded));
    const std::size_t begin = (shift * 8 + 5) / 6;
    const std::size_t end = padded.size() * 8 / 6;
    if (end < begin + 4) continue;  // too short to be told from chance
    out.push_back(text.substr(begin, end - begin));
    std::string standard = out.back();
    std::ranges::replace(standard, '-', '+');
    std::ranges::replace(standard, '_', '/');
    out.push_back(std::move(standard));
  }
  return out;
}

}  // namespace

Redactor::~Redactor() {
  for (std::string& form : forms_) wipe({reinterpret_cast<std::uint8_t*>(form.data()), form.size()});
}

void Redactor::add(std::string_view secret) {
  if (secret.empty()) return;
  std::vector<std::string> forms = inside_base64(secret);
  const std::string encoded = formula::percent_encoded(secret);
  forms.insert(forms.end(),
               {std::string(secret), encoded, with_blanks_as_plus(encoded), with_lower_hex(encoded),
                put_characters(secret, "\"\\\n\r\t", {"\\\"", "\\\\", "\\n", "\\r", "\\t"}),
                put_characters(secret, "\"\\\n\r\t/", {"\\\"", "\\\\", "\\n", "\\r", "\\t", "\\/"}),
                xml_escape(secret)});
  for (std::string& form : forms) {
    if (std::ranges::find(forms_, form) == forms_.end()) forms_.push_back(std::move(form));
  }
  std::ranges::stable_sort(forms_, std::ranges::greater(), &std::string::size);
}

std::string Redactor::clean(std::string_view text) const {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto form = std::ranges::find_if(
        forms_, [&](const std::string& one) { return text.substr(at).starts_with(one); });
    if (form == forms_.end()) {
      out += text[at++];
    } else {
      out += kMark;
      at += form->size();
    }
  }
  return out;
}

bool Redactor::finds_in(std::string_view text) const {
  return std::ranges::any_of(
      forms_, [&](const std::string& form) { return text.find(form) != std::string_view::npos; });
}

}  // namespace certstead
