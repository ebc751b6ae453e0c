// DNS names, parsed once at the edge.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/result.h"

namespace certstead {

// A host name as DNS carries it: lower-case A-labels (RFC 5890), letters, digits and hyphens, at most 253
// characters in labels of at most 63, no trailing dot, no wildcard, no address.
class DomainName {
 public:
  // Takes A-labels or U-labels (IDNA2008, checked before they are converted), any case, one trailing dot.
  // kInvalid with the label that is wrong: blanks, underscores, empty or long labels, bad punycode, IP
  // addresses.
  static Result<DomainName> parse(std::string_view text);

  const std::string& ascii() const { return ascii_; }  // "xn--bcher-kva.example"
  std::string unicode() const;  // "bücher.example"; the ASCII form where there is none
  std::string_view first_label() const;
  // The name without its first label; "" for a single label.
  std::string_view parent() const;
  auto operator<=>(const DomainName&) const = default;

 private:
  explicit DomainName(std::string ascii) : ascii_(std::move(ascii)) {}
  std::string ascii_;
};

// What a certificate names: a DomainName, or "*." before one (RFC 6125 section 6.4.3: exactly one leftmost
// label).
class HostPattern {
 public:
  static Result<HostPattern> parse(std::string_view text);
  explicit HostPattern(DomainName name, bool wildcard = false)
      : name_(std::move(name)), wildcard_(wildcard) {}

  bool is_wildcard() const { return wildcard_; }
  const DomainName& domain() const { return name_; }  // without "*."
  std::string ascii() const { return wildcard_ ? "*." + name_.ascii() : name_.ascii(); }
  std::string unicode() const { return wildcard_ ? "*." + name_.unicode() : name_.unicode(); }
  bool covers(const DomainName& host) const;
  auto operator<=>(const HostPattern&) const = default;

 private:
  DomainName name_;
  bool wildcard_;
};

// A host name for a person, in both forms where they differ: "bücher.example (xn--bcher-kva.example)".
// `ascii` may begin with "*."; whatever is no host name comes back as printable() makes it.
std::string name_for_people(std::string_view ascii);
std::string name_for_people(const HostPattern& name);

}  // namespace certstead
