// A whole manager with its watch; the outside world of both is the test's.
#pragma once

#include <gtest/gtest.h>

#include "manager/manager.h"
#include "pki/pki_chain_inspector.h"
#include "test_manager.h"

namespace certstead {

class FakeRevocation final : public RevocationSource {
 public:
  RevocationAnswer ask(const std::vector<Bytes>&, Instant, Deadline) override {
    ++asked;
    return answer;
  }
  Result<std::vector<Bytes>> fetch_issuers(BytesView, Deadline) override { return issuers; }
  RevocationAnswer answer{RevocationStatus::kGood, "http://ca.test/list", {}, {}, {}, {}};
  std::vector<Bytes> issuers;
  int asked = 0;
};

class FakeProber final : public Prober {
 public:
  Status check(const UrlWatch& watch) override {
    if (watch.starttls == "irc") return invalid("irc is not spoken");
    return Done{};
  }
  Result<ProbeFacts> probe(const UrlWatch&, const std::string&, Instant, Deadline) override {
    ++probed;
    return seen;
  }
  Result<ProbeFacts> seen = unavailable("nobody listens");
  int probed = 0;
};

class FakeNotifier final : public Notifier {
 public:
  Status send(const NotifyTarget& target, const SecretBytes& secret, const Message& message,
              Deadline) override {
    secrets.push_back(to_text(secret.reveal()));
    if (down) return unavailable("the mail server is down");
    if (message.notices.empty()) lines.push_back(target.name + (message.test ? " test" : " heartbeat"));
    for (const Notice& notice : message.notices) {
      lines.push_back(notice.event + " " + notice.id + " " + notice.subject);
    }
    return Done{};
  }
  std::vector<std::string> take() { return std::exchange(lines, {}); }
  bool down = false;
  std::vector<std::string> lines, secrets;
};

struct Scene {
  Scene() { build(); }
  void build() {
    health.emplace(
        HealthContext{*manager.context, chains, revocation, prober, notifier, manager.micro_ca.get()});
    desk.emplace(*health);
    notify.emplace(*health);
    roots.emplace(*health);
    watch.emplace(*health, WatchOptions{});
  }
  void restart() {
    watch.reset(), desk.reset(), notify.reset(), roots.reset(), health.reset();
    manager.restart();
    build();
  }
  void add_mail() {
    NotifyTarget target;
    target.name = target.kind = "mail";
    target.server = "smtp.test:587";
    target.to = {"admin@example.test"};
    target.user = "u";
    ASSERT_TRUE(notify->add(target, SecretBytes(view_bytes("mail-password")), manager.actor));
  }
  void trust(const Certificate& root) {
    ASSERT_TRUE(manager.issuers->add_roots(root.to_pem(), "", false, manager.actor));
  }
  // A round after the pause between two sweeps.
  std::vector<std::string> round(Duration later = std::chrono::minutes(2)) {
    manager.clock.advance(later);
    const auto done = watch->round();
    EXPECT_TRUE(done) << done.error().detail;
    return notifier.take();
  }
  std::vector<std::string> ids(std::string_view name = "") {
    std::vector<std::string> out;
    const HealthView view = desk->view(name).value();
    for (const GroupedFinding& one : view.findings) out.push_back(one.finding.id);
    return out;
  }
  TestManager manager;
  PkiChainInspector chains;
  FakeRevocation revocation;
  FakeProber prober;
  FakeNotifier notifier;
  std::optional<HealthContext> health;
  std::optional<HealthDesk> desk;
  std::optional<NotifyDesk> notify;
  std::optional<RootsDesk> roots;
  std::optional<Watch> watch;
};

}  // namespace certstead
