#include "notify/mail_message.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "base/text.h"

namespace certstead {
namespace {

constexpr std::size_t kWordBytes = 42;  // of UTF-8 in one encoded word: 56 characters of base64
constexpr std::size_t kLineBytes = 57;  // of the text in one line of base64

Status check_address(std::string_view address) {
  const bool clean = std::ranges::all_of(address, [](char c) { return c > 0x20 && c < 0x7f; });
  if (clean && address.find('@') != std::string_view::npos &&
      address.find_first_of("<>,;\"\\") == std::string_view::npos) {
    return Done{};
  }
  return invalid("\"" + printable(address, 80) + "\" is no mail address", "mail-address");
}

// So much of `text` as fits in `most` bytes without cutting a character.
std::size_t whole_characters(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text.size();
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return end == 0 ? most : end;
}

std::string encoded_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = whole_characters(text, kWordBytes);
    out += (out.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") +
           base64_encode(view_bytes(text.substr(0, size))) + "?=";
    text.remove_prefix(size);
  }
  return out;
}

// RFC 5322 section 3.3, always in UTC.
std::string date_text(Instant at) {
  std::string out = to_http_date(at);  // "Sun, 22 Nov 2026 08:15:46 GMT"
  return out.substr(0, out.size() - 3) + "+0000";
}

}  // namespace

Result<std::string> mail_bytes(const Mail& mail) {
  CHECK_OK(check_address(mail.from));
  CHECK_OK(check_address(mail.message_id));
  std::string out = "From: <" + mail.from + ">\r\n";
  for (std::size_t i = 0; i < mail.to.size(); ++i) {
    CHECK_OK(check_address(mail.to[i]));
    out += (i == 0 ? "To: <" : " <") + mail.to[i] + (i + 1 < mail.to.size() ? ">,\r\n" : ">\r\n");
  }
  out += "Subject: " + encoded_words(mail.subject) + "\r\nDate: " + date_text(mail.date) +
         "\r\nMessage-ID: <" + mail.message_id +
         ">\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
         "Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n";
  for (std::size_t at = 0; at < mail.text.size(); at += kLineBytes) {
    out += base64_encode(view_bytes(std::string_view(mail.text).substr(at, kLineBytes))) + "\r\n";
  }
  return out;
}

}  // namespace certstead
