#include "manager/notify_desk.h"

#include <algorithm>

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::size_t kLeastSecret = 16;
constexpr Duration kTestTime = std::chrono::seconds{30};

Status check_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  };
  if (!name.empty() && name.size() <= 64 && std::ranges::all_of(name, allowed)) return Done{};
  return invalid("\"" + printable(name, 60) +
                     "\" can't name a notification target: use 1 to 64 lower-case letters, digits, hyphens, "
                     "dots and underscores",
                 "target-name");
}

bool is_address(std::string_view text) {
  const std::size_t at = text.rfind('@');
  const bool plain = std::ranges::all_of(text, [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f;
  });
  return plain && at != std::string_view::npos && at > 0 && at + 1 < text.size() && text.size() <= 254 &&
         text.find_first_of("<>,;\"\\") == std::string_view::npos;
}

Status check_address(std::string_view text) {
  if (is_address(text)) return Done{};
  return invalid("\"" + printable(text, 80) + "\" is no mail address; write NAME@HOST in ASCII",
                 "mail-address");
}

Status check_mail(NotifyTarget& target, const SecretBytes& secret) {
  if (target.to.empty()) return invalid("a mail needs somebody to go to; add --to ADDRESS", "mail-to");
  for (const std::string& address : target.to) CHECK_OK(check_address(address));
  if (target.from.empty()) target.from = target.to.front();
  CHECK_OK(check_address(target.from));
  const std::size_t colon = target.server.rfind(':');
  const auto port =
      parse_number(std::string_view(target.server).substr(colon == std::string::npos ? 0 : colon + 1));
  const bool clean = target.server.find_first_of("/@?# \t\r\n\"\\") == std::string::npos;
  if (colon == std::string::npos || colon == 0 || !port || *port == 0 || *port > 65535 || !clean) {
    return invalid("\"" + printable(target.server, 80) +
                       "\" is no mail server; write HOST:PORT, such as smtp.example.test:587",
                   "mail-server");
  }
  if (target.tls != "starttls" && target.tls != "tls" && target.tls != "none") {
    return invalid(
        "mail is sent with \"starttls\", \"tls\" or \"none\", not \"" + printable(target.tls, 20) + "\"",
        "mail-tls");
  }
  if (!target.user.empty() && target.tls == "none") {
    return invalid("a password must not travel in clear; use STARTTLS or TLS, or leave the user out",
                   "mail-clear-password");
  }
  if (target.user.empty() != secret.empty()) {
    return invalid("a mail server needs user and password together; give both or neither", "mail-password");
  }
  return Done{};
}

Status check_webhook(const NotifyTarget& target, const SecretBytes& secret) {
  const bool clear = target.url.starts_with("http://");
  if (!clear && !target.url.starts_with("https://")) {
    return invalid("a webhook is called at an https:// URL, not \"" + printable(target.url, 100) + "\"",
                   "webhook-url");
  }
  if (secret.size() >= kLeastSecret) return Done{};
  return invalid(
      "a webhook is signed with a secret of at least 16 bytes, which its receiver has as well; give "
      "it with --secret-file",
      "webhook-secret");
}

}  // namespace

Result<NotifyTarget> NotifyDesk::add(NotifyTarget target, const SecretBytes& secret, const Actor& actor) {
  CHECK_OK(check_name(target.name));
  if (target.kind == "mail") {
    CHECK_OK(check_mail(target, secret));
  } else if (target.kind == "webhook") {
    CHECK_OK(check_webhook(target, secret));
  } else {
    return invalid(
        "a notification target is \"mail\" or \"webhook\", not \"" + printable(target.kind, 20) + "\"",
        "target-kind");
  }
  if (!target.trusted_pem.empty()) CHECK_OK(context_.base.inspector.certificates_in_pem(target.trusted_pem));
  if (!secret.empty()) {
    TRY(Sealed sealed, context_.base.sealer.seal({"notify", target.name, "secret", 1}, secret, {}));
    target.secret = std::move(sealed.secret);
    target.grants = std::move(sealed.grants);
  }
  target.created = context_.base.clock.now();
  const std::string where = target.kind == "mail" ? target.server : target.url;
  CHECK_OK(context_.base.store.notifications.add_target(
      target, {actor.name, "notify.add", target.name, printable(where, 200)}));
  return target;
}

Result<std::vector<NotifyTargetView>> NotifyDesk::list() {
  Notifications& store = context_.base.store.notifications;
  TRY(auto targets, store.list_targets());
  std::vector<NotifyTargetView> out;
  for (NotifyTarget& target : targets) {
    TRY(const std::int64_t waiting, store.outbox_size(target.name));
    out.push_back({std::move(target), waiting});
  }
  return out;
}

Status NotifyDesk::remove(std::string_view name, const Actor& actor) {
  return context_.base.store.notifications.remove_target(
      name, {actor.name, "notify.remove", std::string(name), ""});
}

Status NotifyDesk::test(std::string_view name, const Actor& actor) {
  TRY(const auto targets, context_.base.store.notifications.list_targets());
  const auto target = std::ranges::find(targets, name, &NotifyTarget::name);
  if (target == targets.end()) {
    return not_found("there is no notification target called \"" + printable(name, 60) +
                     "\"; `certstead notify list` shows them");
  }
  SecretBytes secret;
  if (!target->secret.empty()) {
    TRY(secret, context_.base.sealer.open(target->secret, target->grants));
  }
  TRY(const StoreIdentity identity, context_.base.store.settings.identity());
  CHECK_OK(context_.base.store.audit.add_audit({actor.name, "notify.test", target->name, ""}));
  return context_.notifier.send(*target, secret, {identity.store_id, context_.base.clock.now(), true, {}},
                                Deadline::after(kTestTime));
}

}  // namespace certstead
