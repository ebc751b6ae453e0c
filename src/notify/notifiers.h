// Both ways in which people are told.
#pragma once

#include "model/notify.h"
#include "net/http_client.h"

namespace certstead {

// See Notifier. Safe from any thread.
class Notifiers final : public Notifier {
 public:
  // `host`: name of this host, for message ids.
  explicit Notifiers(std::string host) : host_(std::move(host)) {}
  Status send(const NotifyTarget& target, const SecretBytes& secret, const Message& message,
              Deadline deadline) override;

 private:
  Status send_as_mail(const NotifyTarget& target, const SecretBytes& secret, const Message& message,
                      Deadline deadline);
  Status send_as_webhook(const NotifyTarget& target, const SecretBytes& secret, const Message& message,
                         Deadline deadline);

  const std::string host_;
};

}  // namespace certstead
