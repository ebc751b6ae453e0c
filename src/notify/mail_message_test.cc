#include "notify/mail_message.h"

#include <gmock/gmock.h>

#include "base/encoding.h"
#include "base/text.h"
#include "notify/notice_text.h"

namespace certstead {
namespace {

using testing::HasSubstr;
using testing::Not;

Mail plain_mail() {
  return {"certstead@example.test", {"admin@example.test"},          "A subject", "A text.\n",
          "1@example.test",         from_unix_seconds(1'800'000'000)};
}

// The header lines with folded ones joined, and the text behind the empty line.
struct ReadMail {
  std::vector<std::string> headers;
  std::string text;
};
ReadMail read(const std::string& bytes) {
  ReadMail out;
  const std::size_t end = bytes.find("\r\n\r\n");
  std::string head = bytes.substr(0, end);
  for (const std::string_view line : split(head, '\n')) {
    const std::string clean(trim(line));
    if (line.starts_with(' ') && !out.headers.empty()) {
      out.headers.back() += " " + clean;
    } else {
      out.headers.push_back(clean);
    }
  }
  for (const std::string_view line : split(std::string_view(bytes).substr(end + 4), '\n')) {
    out.text += to_text(base64_decode(trim(line)).value());
  }
  return out;
}

TEST(MailMessage, KeepsTheTextAndTheSubjectInAnyLanguage) {
  Mail mail = plain_mail();
  mail.text = std::string(1000, 'x') + "\n.\n\xc3\xbc\n";
  mail.subject = "b\xc3\xbc" + std::string(100, 'e') + "cher";
  const std::string bytes = mail_bytes(mail).value();
  EXPECT_EQ(read(bytes).text, mail.text);
  for (const std::string_view line : split(bytes, '\n')) EXPECT_LE(line.size(), 78U) << line;
  EXPECT_THAT(bytes, HasSubstr("Subject: =?UTF-8?B?"));
  EXPECT_THAT(read(bytes).headers, testing::Contains("Date: Fri, 15 Jan 2027 08:00:00 +0000"));
}

TEST(MailMessage, ASubjectCannotStartAHeader) {
  Mail mail = plain_mail();
  mail.subject = "x\r\nBcc: evil@example.test\r\n\r\nbody";
  mail.text = "y\r\n.\r\nQUIT\r\n";
  const std::string bytes = mail_bytes(mail).value();
  EXPECT_THAT(bytes, Not(HasSubstr("evil")));
  EXPECT_THAT(bytes, Not(HasSubstr("QUIT")));
  EXPECT_EQ(read(bytes).headers.size(), 9U);
}

TEST(MailMessage, AnAddressWithALineEndIsRefused) {
  for (const char* bad :
       {"a@b.test\r\nBcc: c@d.test", "a@b.test>", "a b@c.test", "nobody", "a@b.test,c@d.test"}) {
    Mail mail = plain_mail();
    mail.to = {bad};
    EXPECT_EQ(mail_bytes(mail).error().id, "mail-address") << bad;
    mail = plain_mail();
    mail.from = bad;
    EXPECT_EQ(mail_bytes(mail).error().id, "mail-address") << bad;
  }
}

TEST(NoticeText, SaysTheWorstInTheSubject) {
  Notifier::Message message{"store-1", from_unix_seconds(1'800'000'000), false, {}};
  EXPECT_EQ(subject_line(message), "certstead: all goes well");
  message.notices.push_back({"www", "expires-soon", "new", Health::kRed, "it expires in 2 h", message.at});
  EXPECT_EQ(subject_line(message), "certstead: RED www: it expires in 2 h");
  message.notices.push_back({"b", "weak", "over", Health::kGreen, "over: weak", message.at});
  EXPECT_EQ(subject_line(message), "certstead: 2 notices, RED");
  EXPECT_THAT(body_text(message), HasSubstr("OVER  b\n    over: weak\n"));
  EXPECT_THAT(body_json(message), HasSubstr(R"("type":"notices","store":"store-1")"));
  EXPECT_THAT(body_json(message), HasSubstr(R"("event":"over","severity":"green")"));
}

}  // namespace
}  // namespace certstead
