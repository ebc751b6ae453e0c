// Sessions over a fleet: a manager that fills two views, and a gateway for each, as processes of their own.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <thread>

#include "replica/view_reader.h"
#include "support/fleet_processes.h"
#include "support/tls_client.h"

namespace certstead {
namespace {

using std::chrono::seconds;

constexpr const char* kShared = "shared.lab.test";  // both views have it
constexpr const char* kAlias = "alias.lab.test";    // another name of the same certificate
constexpr const char* kAlone = "alone.lab.test";    // in the first view only
constexpr const char* kTwice = "twice.lab.test";    // of another set in each view
constexpr int kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

bool eventually(const std::function<bool()>& condition) {
  for (const Deadline deadline = Deadline::after(seconds{60}); !deadline.passed();) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return condition();
}

const std::vector<std::string> kViews = {
    "--view-set", "gateway=shared",   "--view-set", "gateway=alone", "--view-set", "gateway=twice-first",
    "--view",     "second={}/second", "--view-set", "second=shared", "--view-set", "second=twice-second"};

class FleetSessions : public testing::Test {
 protected:
  FleetSessions() {
    request({kShared, kAlias, "--name", "shared"});
    second_ = {fleet_.add_gateway("second")};
    first_ = {fleet_.https_port()};
  }
  void request(std::vector<std::string> words) const {
    words.insert(words.begin(), "request");
    words.insert(words.end(), {"--issuer", "microca", "--key", "p256"});
    const CommandResult result = fleet_.cli(words);
    ASSERT_EQ(result.exit, 0) << result.out << result.err;
  }

  Served ask(const Target& target, const std::string& name, int version, SSL_SESSION* resume = nullptr,
             bool tickets = true) const {
    return client_.ask(target, {.name = name,
                                .version = version,
                                .request = "GET / HTTP/1.0\r\n\r\n",
                                .resume = resume,
                                .tickets = tickets});
  }
  // A session that `from` made for `name` is resumed by `to` at `other`.
  bool resumes(const Target& from, const std::string& name, const Target& to, const std::string& other,
               int version, bool tickets = true) const {
    const Served made = ask(from, name, version, nullptr, tickets);
    EXPECT_TRUE(made.session != nullptr) << name << ": " << made.why;
    if (made.session == nullptr) return false;
    return ask(to, other, version, made.session.get(), tickets).resumed;
  }
  // Of the ticket secrets for that name in the view; 0 before there are any.
  std::int64_t generation(const std::string& view, const std::string& name = kShared) const {
    const auto reader = ViewReader::open(fleet_.directory() / view).value();
    const auto found = reader->find(DomainName::parse(name).value()).value().credentials;
    if (found.empty()) return 0;
    const auto record = reader->ticket(reader->set_of(found.front().id).value()).value();
    return record ? record->generation : 0;
  }
  // The first secrets come with the manager's next round.
  void wait_for_tickets(const std::string& view, const std::string& name) const {
    ASSERT_TRUE(eventually([&] { return generation(view, name) > 0; })) << fleet_.log_of("manager");
  }
  void wait_for_tickets() const {
    wait_for_tickets("view", kShared);
    wait_for_tickets("second", kShared);
  }
  // Twelve hours pass for the secrets: what the store says of when they are due is put back.
  void rotate() {
    const std::int64_t before = generation("view");
    fleet_.stop_manager();
    sqlite3* store = nullptr;
    ASSERT_EQ(sqlite3_open((fleet_.data() + "/certstead.db").c_str(), &store), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(store, "UPDATE ticket_secrets SET rotate_at = 0", nullptr, nullptr, nullptr),
              SQLITE_OK)
        << sqlite3_errmsg(store);
    sqlite3_close(store);
    fleet_.start_manager();
    ASSERT_TRUE(eventually([&] { return generation("view") > before && generation("second") > before; }))
        << fleet_.log_of("manager");
  }

  FleetProcesses fleet_{{}, true, kViews};
  const TlsClient client_;
  Target first_, second_;
};

TEST_F(FleetSessions, TicketOfOneMemberResumesOnAnotherThatServesTheSet) {
  wait_for_tickets();
  for (const int version : kVersions) {
    EXPECT_TRUE(resumes(first_, kShared, second_, kShared, version)) << version;
    EXPECT_TRUE(resumes(second_, kShared, first_, kShared, version)) << version;
  }
}

TEST_F(FleetSessions, TicketDoesNotResumeWhereItsSetIsNotServed) {
  request({kAlone, "--name", "alone"});
  request({kTwice, "--name", "twice-second"});
  request({kTwice, "--name", "twice-first"});
  wait_for_tickets("view", kAlone);
  wait_for_tickets("view", kTwice);
  wait_for_tickets("second", kTwice);
  for (const int version : kVersions) {
    EXPECT_TRUE(resumes(first_, kAlone, first_, kAlone, version)) << version;
    const Served alone = ask(first_, kAlone, version);
    ASSERT_NE(alone.session, nullptr) << alone.why;
    EXPECT_FALSE(ask(second_, kAlone, version, alone.session.get()).ok) << "it knows no such name";
    EXPECT_NE(ask(first_, kTwice, version).fingerprint, ask(second_, kTwice, version).fingerprint);
    EXPECT_TRUE(resumes(second_, kTwice, second_, kTwice, version)) << version;
    EXPECT_FALSE(resumes(first_, kTwice, second_, kTwice, version)) << version;
    EXPECT_FALSE(resumes(second_, kTwice, first_, kTwice, version)) << version;
  }
}

TEST_F(FleetSessions, TicketOutlivesOneRotationOfTheFleetAndNotTwo) {
  wait_for_tickets();
  for (const int version : kVersions) {
    const Served made = ask(first_, kShared, version), other = ask(second_, kShared, version);
    ASSERT_TRUE(made.session != nullptr && other.session != nullptr) << made.why << other.why;
    rotate();
    EXPECT_TRUE(ask(first_, kShared, version, made.session.get()).resumed) << version;
    EXPECT_TRUE(ask(first_, kShared, version, other.session.get()).resumed) << version;
    const Served again = ask(first_, kShared, version), old = ask(first_, kShared, version);
    rotate();
    EXPECT_TRUE(ask(second_, kShared, version, again.session.get()).resumed) << version;
    rotate();
    EXPECT_FALSE(ask(second_, kShared, version, old.session.get()).resumed) << version;
    EXPECT_TRUE(resumes(first_, kShared, second_, kShared, version)) << version;
  }
}

TEST_F(FleetSessions, NeverCrossNames) {
  wait_for_tickets();
  for (const Target& to : {first_, second_}) {
    for (const int version : kVersions) {
      EXPECT_TRUE(resumes(first_, kShared, to, kShared, version)) << version;
      EXPECT_FALSE(resumes(first_, kShared, to, kAlias, version)) << version;
      EXPECT_FALSE(resumes(first_, kAlias, to, kShared, version)) << version;
    }
    EXPECT_FALSE(resumes(first_, kShared, to, kAlias, TLS1_2_VERSION, false)) << "by id";
  }
  EXPECT_TRUE(resumes(first_, kShared, first_, kShared, TLS1_2_VERSION, false)) << "by id";
  EXPECT_FALSE(resumes(first_, kShared, second_, kShared, TLS1_2_VERSION, false))
      << "ids stay in their process";
}

// By id in both versions: a gateway that makes no tickets has TLS 1.2 alone to resume.
TEST_F(FleetSessions, WithoutTicketsTls12ResumesByIdAtItsNameAndTls13NotAtAll) {
  fleet_.stop_gateway();
  fleet_.start_gateway({"--tickets", "0"});
  EXPECT_TRUE(resumes(first_, kShared, first_, kShared, TLS1_2_VERSION));
  EXPECT_FALSE(resumes(first_, kShared, first_, kAlias, TLS1_2_VERSION));
  const Served served = ask(first_, kShared, TLS1_3_VERSION);
  EXPECT_TRUE(served.ok) << served.why;
  EXPECT_EQ(served.session, nullptr);
}

}  // namespace
}  // namespace certstead
