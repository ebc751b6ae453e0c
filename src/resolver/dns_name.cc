#include "resolver/dns_name.h"

#include <algorithm>

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::size_t kLongestLabel = 63, kLongestName = 255, kHeader = 12;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower_letter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

Error bad_name(std::string_view text, std::string_view why) {
  return invalid("\"" + printable(text, 260) + "\" is not a DNS name: " + std::string(why));
}

// The byte that an escape stands for; `at` is behind the backslash and moves behind the escape.
std::optional<char> escaped(std::string_view text, std::size_t& at) {
  if (at >= text.size()) return std::nullopt;
  if (!is_digit(text[at])) return text[at++];
  if (text.size() - at < 3 || !is_digit(text[at + 1]) || !is_digit(text[at + 2])) return std::nullopt;
  const int value = (text[at] - '0') * 100 + (text[at + 1] - '0') * 10 + (text[at + 2] - '0');
  at += 3;
  return value <= 255 ? std::optional(static_cast<char>(value)) : std::nullopt;
}

// A label as it stands in a text.
void write_label(std::string_view label, std::string& out) {
  for (const char c : label) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte <= 0x20 || byte >= 0x7f) {
      out += '\\';
      out += static_cast<char>('0' + byte / 100);
      out += static_cast<char>('0' + byte / 10 % 10);
      out += static_cast<char>('0' + byte % 10);
    } else {
      if (c == '.' || c == '\\' || c == '"' || c == ';' || c == '(' || c == ')') out += '\\';
      out += lower_letter(c);
    }
  }
}

}  // namespace

Result<DnsName> DnsName::parse(std::string_view text) {
  if (text == ".") return DnsName();
  std::string wire, label;
  const auto end_label = [&] {
    wire += static_cast<char>(label.size());
    wire += label;
    label.clear();
  };
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at++];
    if (c == '.') {
      if (label.empty()) return bad_name(text, "a part between its dots is empty");
      end_label();
      continue;
    }
    const auto byte = c == '\\' ? escaped(text, at) : std::optional(c);
    if (!byte) return bad_name(text, "after a backslash stand three digits up to 255, or one character");
    label += *byte;
    if (label.size() > kLongestLabel) return bad_name(text, "one of its parts has more than 63 characters");
  }
  if (!label.empty()) end_label();
  if (wire.empty()) return bad_name(text, "it is empty");
  wire += '\0';
  if (wire.size() > kLongestName) return bad_name(text, "it has more than 255 bytes");
  return DnsName(std::move(wire));
}

Result<DnsName> DnsName::read(BytesView message, std::size_t& at, std::size_t end, bool compressed) {
  std::string wire;
  std::size_t here = at, lowest = at;
  bool jumped = false;
  for (;;) {
    if (here >= end) return invalid("a name in the DNS message is cut off");
    const std::size_t length = message[here];
    if (length > kLongestLabel) {
      if (length < 0xC0 || !compressed || here + 1 >= end)
        return invalid("a name in the DNS message is malformed");
      const std::size_t target = (length & 0x3F) << 8 | message[here + 1];
      if (!jumped) at = here + 2;
      if (target >= lowest || target < kHeader) return invalid("a name in the DNS message points forwards");
      here = lowest = target;
      end = message.size();
      jumped = true;
      continue;
    }
    if (length > 0 && (wire.size() + length + 2 > kLongestName || here + length >= end))
      return invalid("a name in the DNS message is too long");
    wire.append(view_text(message.subspan(here, length + 1)));
    here += length + 1;
    if (length > 0) continue;
    if (!jumped) at = here;
    return DnsName(std::move(wire));
  }
}

std::string DnsName::text() const {
  if (is_root()) return ".";
  std::string out;
  for (std::size_t at = 0; wire_[at] != '\0';) {
    const auto length = static_cast<std::uint8_t>(wire_[at]);
    if (!out.empty()) out += '.';
    write_label(std::string_view(wire_).substr(at + 1, length), out);
    at += length + 1U;
  }
  return out;
}

DnsName DnsName::lower() const {
  // Lengths are below 'A', so that no length is taken for a letter.
  std::string wire = wire_;
  std::ranges::transform(wire, wire.begin(), lower_letter);
  return DnsName(std::move(wire));
}

DnsName DnsName::parent() const {
  if (is_root()) return *this;
  return DnsName(wire_.substr(static_cast<std::uint8_t>(wire_[0]) + 1U));
}

Result<DnsName> DnsName::wildcard() const {
  std::string wire = "\1*" + wire_;
  if (wire.size() > kLongestName) return invalid("*." + text() + " has more than 255 bytes");
  return DnsName(std::move(wire));
}

bool DnsName::is_within(const DnsName& zone) const {
  DnsName here = *this;
  while (here.wire_.size() > zone.wire_.size()) here = here.parent();
  return here == zone;
}

Result<DnsName> DnsName::moved(const DnsName& from, const DnsName& to) const {
  if (!is_within(from) || *this == from) return invalid(text() + " is not below " + from.text());
  std::string wire = wire_.substr(0, wire_.size() - from.wire_.size()) + to.wire_;
  if (wire.size() > kLongestName)
    return invalid("the DNAME of " + from.text() + " makes a name of more than 255 bytes of " + text());
  return DnsName(std::move(wire));
}

DnsName DnsName::recased(BytesView bits) const {
  std::string wire = wire_;
  std::size_t bit = 0;
  for (char& c : wire) {
    if (!is_letter(c) || bits.empty()) continue;
    const std::size_t at = bit++ % (bits.size() * 8);
    if ((bits[at / 8] >> (at % 8) & 1) != 0) c = static_cast<char>(c ^ 0x20);
  }
  return DnsName(std::move(wire));
}

}  // namespace certstead
