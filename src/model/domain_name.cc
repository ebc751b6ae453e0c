#include "model/domain_name.h"

#include <idn2.h>

#include <algorithm>
#include <memory>

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxLabel = 63;

Error bad_name(std::string_view text, std::string_view why, std::string_view id) {
  return invalid("\"" + printable(text, 80) + "\" is no host name: " + std::string(why), std::string(id));
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Looks at one ASCII label before anything is converted: libidn2 would silently drop what it does not like.
Status check_ascii_label(std::string_view name, std::string_view label) {
  if (label.empty())
    return bad_name(name, "it has an empty label (two dots in a row, or one in front)", "name-empty-label");
  if (label.size() > kMaxLabel)
    return bad_name(name, "a label has more than 63 characters", "name-label-length");
  for (const char c : label) {
    if (is_letter_or_digit(c) || c == '-') continue;
    if (c == '_') return bad_name(name, "underscores are not allowed in host names", "name-underscore");
    if (c == '*')
      return bad_name(name, "\"*\" may only stand alone as the first label, as in *.example.test",
                      "name-wildcard");
    if (c == ' ' || c == '\t') return bad_name(name, "it has a blank inside", "name-blank");
    return bad_name(name, "only letters, digits, hyphens and dots are allowed", "name-character");
  }
  if (label.front() == '-' || label.back() == '-')
    return bad_name(name, "a label begins or ends with a hyphen", "name-hyphen");
  return Done{};
}

// ASCII characters among the others must be letters, digits or hyphens; the rest is IDNA's to judge.
Status check_unicode_label(std::string_view name, std::string_view label) {
  std::string ascii_part;
  for (const char c : label) {
    if (static_cast<unsigned char>(c) < 0x80) ascii_part += c;
  }
  if (ascii_part.empty()) return Done{};
  return check_ascii_label(name, "a" + ascii_part + "a");
}

struct IdnFree {
  void operator()(char* p) const { idn2_free(p); }
};

Result<std::string> label_to_ascii(std::string_view name, std::string_view label) {
  char* raw = nullptr;
  const std::string copy(label);
  const int code = idn2_to_ascii_8z(copy.c_str(), &raw, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
  const std::unique_ptr<char, IdnFree> owned(raw);
  if (code != IDN2_OK) {
    return bad_name(
        name,
        "\"" + printable(label, 60) + "\" is no valid international label (" + idn2_strerror(code) + ")",
        "name-idn");
  }
  return std::string(raw);
}

// An A-label must be the one way to write some U-label.
Status check_punycode(std::string_view name, const std::string& label) {
  if (label.size() > 3 && label.compare(2, 2, "--") == 0 && !label.starts_with("xn--")) {
    return bad_name(name, "a label has \"--\" in third place but is no xn-- label", "name-hyphen");
  }
  if (!label.starts_with("xn--")) return Done{};
  char* raw = nullptr;
  const int code = idn2_to_unicode_8z8z(label.c_str(), &raw, 0);
  const std::unique_ptr<char, IdnFree> owned(raw);
  if (code == IDN2_OK && label != raw) {
    const auto back = label_to_ascii(name, raw);
    if (back && *back == label) return Done{};
  }
  return bad_name(name, "\"" + label + "\" is not valid punycode", "name-punycode");
}

// "a.test:443"; several colons make an address.
bool has_port(std::string_view text) {
  const std::size_t colon = text.find(':');
  return colon != std::string_view::npos && colon > 0 && text.front() != '[' &&
         parse_number(text.substr(colon + 1)).has_value();
}

bool looks_like_address(std::string_view text) {
  if (text.find(':') != std::string_view::npos || text.starts_with('[')) return true;
  const std::size_t dot = text.rfind('.');
  const std::string_view last = dot == std::string_view::npos ? text : text.substr(dot + 1);
  return !last.empty() && std::all_of(last.begin(), last.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Error bad_address(std::string_view text) {
  return bad_name(text, "it is an address; certificates are asked for by host name", "name-address");
}

Result<std::string> canonical_label(std::string_view name, std::string_view label) {
  if (is_ascii(label)) {
    CHECK_OK(check_ascii_label(name, label));
    std::string lower = lower_ascii(label);
    CHECK_OK(check_punycode(name, lower));
    return lower;
  }
  CHECK_OK(check_unicode_label(name, label));
  TRY(std::string ascii, label_to_ascii(name, label));
  CHECK_OK(check_ascii_label(name, ascii));
  return ascii;
}

// Whether a name is what parse() would make of it; "no" means no more than that it has to be looked at
// closely. One pass, since it is a part of every handshake.
bool is_plainly_canonical(std::string_view name) {
  std::size_t length = 0;  // of the label so far
  bool number = true;      // so is that label
  char before = '.';
  for (const char c : name) {
    const bool starts = before == '.';
    if (starts) {
      length = 0;
      number = true;
    }
    if (c == '.' || c == '-') {
      if (starts || before == '-') return false;  // "--" may be punycode
    } else if (!is_letter_or_digit(c) || (c >= 'A' && c <= 'Z')) {
      return false;
    }
    number = number && ((c >= '0' && c <= '9') || c == '.');
    if (c != '.' && ++length > kMaxLabel) return false;
    before = c;
  }
  // A last label of digits would be an address.
  return name.size() <= kMaxName && before != '.' && before != '-' && !number;
}

}  // namespace

Result<DomainName> DomainName::parse(std::string_view text) {
  std::string_view rest = text;
  if (rest.ends_with('.')) rest.remove_suffix(1);
  if (is_plainly_canonical(rest)) return DomainName(std::string(rest));
  if (rest.empty()) return bad_name(text, "it is empty", "name-empty");
  if (rest.size() > 4 * kMaxName) return bad_name(text, "it has more than 253 characters", "name-length");
  if (rest.find("://") != std::string_view::npos) {
    return bad_name(text, "it is a URL; give the host name alone", "name-url");
  }
  if (has_port(rest)) return bad_name(text, "it ends with a port; give the host name alone", "name-port");
  if (looks_like_address(rest)) return bad_address(text);
  std::string ascii;
  for (const std::string_view label : split(rest, '.')) {
    TRY(const std::string part, canonical_label(text, label));
    if (!ascii.empty()) ascii += '.';
    ascii += part;
  }
  if (ascii.size() > kMaxName) return bad_name(text, "it has more than 253 characters", "name-length");
  if (looks_like_address(ascii)) return bad_address(text);  // its digits may have been other characters
  return DomainName(std::move(ascii));
}

std::string DomainName::unicode() const {
  if (ascii_.find("xn--") == std::string::npos) return ascii_;
  char* raw = nullptr;
  const int code = idn2_to_unicode_8z8z(ascii_.c_str(), &raw, 0);
  const std::unique_ptr<char, IdnFree> owned(raw);
  return code == IDN2_OK ? std::string(raw) : ascii_;
}

std::string_view DomainName::first_label() const {
  return std::string_view(ascii_).substr(0, ascii_.find('.'));
}

std::string_view DomainName::parent() const {
  const std::size_t dot = ascii_.find('.');
  return dot == std::string::npos ? std::string_view() : std::string_view(ascii_).substr(dot + 1);
}

Result<HostPattern> HostPattern::parse(std::string_view text) {
  const bool wildcard = text.starts_with("*.");
  auto name = DomainName::parse(wildcard ? text.substr(2) : text);
  if (!name) return name.error();
  if (wildcard && name->parent().empty()) {
    return bad_name(text, "a wildcard needs at least two labels behind it, as in *.example.test",
                    "name-wildcard");
  }
  return HostPattern(std::move(*name), wildcard);
}

bool HostPattern::covers(const DomainName& host) const {
  return wildcard_ ? host.parent() == name_.ascii() : host == name_;
}

std::string name_for_people(const HostPattern& name) {
  const std::string ascii = name.ascii();
  const std::string unicode = name.unicode();
  return unicode == ascii ? ascii : unicode + " (" + ascii + ")";
}

std::string name_for_people(std::string_view ascii) {
  const auto name = HostPattern::parse(ascii);
  return name ? name_for_people(*name) : printable(ascii);
}

}  // namespace certstead
