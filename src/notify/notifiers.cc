#include "notify/notifiers.h"

#include <algorithm>

#include "base/id.h"
#include "base/text.h"
#include "net/smtp_egress.h"
#include "notify/mail_message.h"
#include "notify/notice_text.h"
#include "notify/webhook.h"

namespace certstead {
namespace {

// What may stand behind the @ of a message id.
std::string id_host(const std::string& host) {
  std::string out;
  for (const char c : host) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    if (plain) out += c;
  }
  return out.empty() ? "localhost" : out;
}

}  // namespace

Status Notifiers::send(const NotifyTarget& target, const SecretBytes& secret, const Message& message,
                       Deadline deadline) {
  if (target.kind == "mail") return send_as_mail(target, secret, message, deadline);
  if (target.kind == "webhook") return send_as_webhook(target, secret, message, deadline);
  return invalid("\"" + printable(target.kind, 20) + "\" is no way to tell people", "target-kind");
}

Status Notifiers::send_as_mail(const NotifyTarget& target, const SecretBytes& secret, const Message& message,
                               Deadline deadline) {
  TRY(std::string bytes, mail_bytes({target.from, target.to, subject_line(message), body_text(message),
                                     make_id() + "@" + id_host(host_), message.at}));
  const SmtpTls tls = target.tls == "none"  ? SmtpTls::kNone
                      : target.tls == "tls" ? SmtpTls::kFromStart
                                            : SmtpTls::kStartTls;
  return send_mail({target.server, tls, target.trusted_pem, target.user, target.from, target.to, bytes},
                   secret, deadline);
}

Status Notifiers::send_as_webhook(const NotifyTarget& target, const SecretBytes& secret,
                                  const Message& message, Deadline deadline) {
  HttpClientOptions options;
  options.trusted_roots_pem = target.trusted_pem;
  std::vector<std::string> networks;
  for (const std::string_view block : split(target.allowed_networks, ',')) {
    if (!trim(block).empty()) networks.emplace_back(trim(block));
  }
  TRY(options.egress, EgressPolicy::with_allowed(networks));
  TRY(const auto http, make_http_client(std::move(options)));
  return call_webhook(*http, webhook_request(target.url, secret, message.at, body_json(message)), deadline);
}

}  // namespace certstead
