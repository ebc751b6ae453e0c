#include "resolver/tsig_key_file.h"

#include "base/encoding.h"
#include "base/text.h"

namespace certstead {
namespace {

// Words of the file one after another: names, quoted texts, and { } ; by themselves.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  // The next one, a view into the text; nothing at its end, or in an unfinished text or comment.
  std::string_view next() {
    if (!skip_blanks() || at_ == text_.size()) return {};
    const std::size_t start = at_;
    if (is_mark(text_[at_])) return text_.substr(at_++, 1);
    if (text_[at_] == '"') {
      const std::size_t end = text_.find('"', start + 1);
      if (end == std::string_view::npos) return {};
      at_ = end + 1;
      return text_.substr(start + 1, end - start - 1);
    }
    while (at_ < text_.size() && !is_blank(text_[at_]) && !is_mark(text_[at_])) ++at_;
    return text_.substr(start, at_ - start);
  }

 private:
  static bool is_mark(char c) { return c == '{' || c == '}' || c == ';'; }
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  // Comments are those of C, C++ and the shell. False if one does not end.
  bool skip_blanks() {
    for (;;) {
      while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
      if (starts("/*")) {
        const std::size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return false;
        at_ = end + 2;
      } else if (starts("//") || starts("#")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        return true;
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

Error no_key_file() {
  return invalid(
      "the TSIG key file is not of the form: key \"NAME\" { algorithm hmac-sha256; secret \"BASE64\"; }; "
      "tsig-keygen makes one");
}

}  // namespace

Result<TsigKey> parse_tsig_key_file(const SecretBytes& text) {
  Words words(view_text(text.reveal()));
  if (words.next() != "key") return no_key_file();
  const std::string_view name = words.next();
  if (words.next() != "{") return no_key_file();
  std::string_view algorithm, secret;
  for (std::string_view word = words.next(); word != "}"; word = words.next()) {
    if (word != "algorithm" && word != "secret") return no_key_file();
    (word == "algorithm" ? algorithm : secret) = words.next();
    if (words.next() != ";") return no_key_file();
  }
  if (name.empty() || algorithm.empty() || secret.empty()) return no_key_file();
  if (const std::string_view end = words.next(); !(end.empty() || (end == ";" && words.next().empty())))
    return invalid("the TSIG key file has something behind its first key; it may hold one key alone");
  return make_tsig_key(name, algorithm, SecretBytes(view_bytes(secret)));
}

Result<TsigKey> make_tsig_key(std::string_view name, std::string_view algorithm, const SecretBytes& secret) {
  TsigKey key;
  auto parsed = DnsName::parse(name);
  if (!parsed) return std::move(parsed).error().within("the TSIG key's name");
  key.name = std::move(*parsed);
  TRY(key.digest, parse_tsig_algorithm(algorithm.empty() ? "hmac-sha256" : algorithm));
  auto bytes = base64_decode(trim(view_text(secret.reveal())));
  if (!bytes || bytes->empty())
    return invalid("the secret of the TSIG key " + key.name.text() + " is not base64; copy it whole");
  key.secret = SecretBytes(std::move(*bytes));
  return key;
}

}  // namespace certstead
