#include "crypto/pem.h"

#include "base/encoding.h"
#include "base/text.h"

namespace certstead {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kDashes = "-----";

}  // namespace

std::optional<PemBlock> next_pem_block(std::string_view& text) {
  while (true) {
    const std::size_t begin = text.find(kBegin);
    if (begin == std::string_view::npos) return {};
    text.remove_prefix(begin + kBegin.size());
    const std::string_view line = text.substr(0, text.find('\n'));
    const std::size_t end_of_label = line.find(kDashes);
    if (end_of_label == std::string_view::npos) continue;
    PemBlock block{.label = line.substr(0, end_of_label), .body = {}};
    text.remove_prefix(end_of_label + kDashes.size());
    // The nearest boundary line ends the block, whatever it says: a lost end line must not swallow the next
    // block.
    const std::size_t end = text.find(kDashes);
    block.body = text.substr(0, end);
    if (end == std::string_view::npos) {
      text = {};
      return block;
    }
    const std::string end_line = "-----END " + std::string(block.label) + "-----";
    block.complete = text.substr(end).starts_with(end_line);
    text.remove_prefix(block.complete ? end + end_line.size() : end);
    return block;
  }
}

Result<SecretBytes> decode_pem(const PemBlock& block) {
  const std::string name = "the PEM block \"" + printable(block.label, 40) + "\"";
  if (!block.complete) return invalid(name + " has no end line; copy the file whole");
  if (block.has_headers())
    return invalid(name + " has headers (an old form of encryption?); convert it first");
  Bytes text;
  text.reserve(block.body.size());
  for (const char c : block.body) {
    if (c != '\n' && c != '\r' && c != ' ' && c != '\t') text.push_back(static_cast<std::uint8_t>(c));
  }
  Result<Bytes> der = base64_decode(view_text(text));
  wipe(text);
  if (!der) return invalid(name + " is no proper base64; copy the file again");
  return SecretBytes(std::move(*der));
}

std::string encode_pem(std::string_view label, BytesView der) {
  const std::string body = base64_encode(der);
  std::string text = "-----BEGIN " + std::string(label) + "-----\n";
  text.reserve(body.size() + body.size() / 64 + 2 * label.size() + 64);
  for (std::size_t i = 0; i < body.size(); i += 64) {
    text.append(body, i, 64);
    text += '\n';
  }
  return text + "-----END " + std::string(label) + "-----\n";
}

}  // namespace certstead
