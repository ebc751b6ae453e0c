// Use cases of notifications: where people are told.
#pragma once

#include "manager/health_context.h"

namespace certstead {

struct NotifyTargetView {
  NotifyTarget target;
  std::int64_t waiting = 0;  // notices that have not left yet
};

class NotifyDesk {
 public:
  explicit NotifyDesk(HealthContext context) : context_(std::move(context)) {}

  // `secret`: the password of the mail server, or what webhooks are signed with (at least 16 bytes); sealed
  // here. kInvalid names the wrong field; kConflict if the name is taken.
  Result<NotifyTarget> add(NotifyTarget target, const SecretBytes& secret, const Actor& actor);
  Result<std::vector<NotifyTargetView>> list();
  Status remove(std::string_view name, const Actor& actor);
  // Sends a test message now and says how that went.
  Status test(std::string_view name, const Actor& actor);

 private:
  HealthContext context_;
};

}  // namespace certstead
