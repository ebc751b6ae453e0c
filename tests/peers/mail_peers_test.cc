// Mail through Debian's Postfix, with STARTTLS enforced, into a mailbox.
#include <gmock/gmock.h>

#include "notify/notifiers.h"
#include "support/mailbox.h"

namespace certstead {
namespace {

using testing::HasSubstr;

TEST(MailPeers, PostfixTakesOurMailOverStartTls) {
  const auto mailbox = Mailbox::start();
  if (!mailbox && mailbox.error().code == Code::kNotFound) GTEST_SKIP() << mailbox.error().detail;
  ASSERT_TRUE(mailbox) << mailbox.error().detail;
  const Notifier::Message message{"store-1", SystemClock().now(), true, {}};
  Notifiers notifiers("host.example.test");
  const Status sent =
      notifiers.send((*mailbox)->target(), {}, message, Deadline::after(std::chrono::minutes{1}));
  ASSERT_TRUE(sent) << sent.error().detail << "\n" << (*mailbox)->log();
  const std::string mail = (*mailbox)->mail_with("certstore store-1");
  EXPECT_THAT(mail, HasSubstr("From: <certstead@example.test>")) << (*mailbox)->log();
  EXPECT_THAT(mail, HasSubstr("Subject: certstead: test message"));
  EXPECT_THAT(mail, HasSubstr("with ESMTPS"));
}

}  // namespace
}  // namespace certstead
