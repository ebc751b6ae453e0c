// Session tickets open wherever the same credential set is served, and nowhere else.
#include <gtest/gtest.h>

#include <set>

#include "crypto/random.h"
#include "tlscache/test_fleet.h"
#include "tlscache/ticket_keys.h"

namespace certstead {
namespace {

constexpr const char* kName = "www.example.test";

// The secrets of one set, by generation, as a manager hands them out.
struct Secrets {
  SecretBytes at(std::int64_t generation) const {
    while (static_cast<std::int64_t>(made.size()) <= generation) made.push_back(random_secret(32));
    return made[static_cast<std::size_t>(generation)].clone();
  }
  TicketRecord record(const ViewKey& key, const std::string& set, std::int64_t generation) const {
    TicketRecord out{generation, {}};
    for (std::int64_t g = generation - 1; g <= generation + 1; ++g) {
      out.sealed.push_back(must(key.seal(set, g, at(g))));
    }
    return out;
  }
  mutable std::vector<SecretBytes> made;
};

// A member with a view, a cache and a context of its own.
struct Site {
  explicit Site(const std::string& set = "www", const ServePolicy& policy = {.tickets = 1}) : set_id(set) {
    fleet.put_both(set, 1, {kName, "other.example.test", "*.wild.example.test"}, {"192.0.2.1"});
    context = fleet.serve(policy);
  }
  void hand_out(const Secrets& secrets, std::int64_t generation) {
    ViewBatch batch = must(fleet.writer->begin());
    must_succeed(batch.put_ticket(set_id, secrets.record(fleet.key, set_id, generation)));
    must_succeed(batch.commit());
  }
  TestFleet fleet;
  std::string set_id;
  ContextHandle context;
};

class Tickets : public testing::TestWithParam<int> {
 protected:
  Shaken shake(const Site& site, const std::string& name = kName, SSL_SESSION* resume = nullptr) const {
    Shaken shaken =
        shake_hands(client_.get(), site.context.get(),
                    {.server_name = name, .version = GetParam(), .resume = resume, .check_name = false});
    EXPECT_TRUE(shaken.ok) << shaken.verify_error;
    return shaken;
  }
  bool resumes(const Site& from, const Site& to, const std::string& at = kName) const {
    const Shaken first = shake(from);
    EXPECT_FALSE(first.resumed);
    return shake(to, at, first.session.get()).resumed;
  }

  Secrets secrets_;
  // Trusts nobody and checks nothing: each site has a CA of its own.
  ContextHandle client_{SSL_CTX_new(TLS_client_method())};
};

TEST_P(Tickets, OpenAtAnotherMemberThatServesTheSameSet) {
  Site one, two;
  one.hand_out(secrets_, 5);
  two.hand_out(secrets_, 5);
  EXPECT_TRUE(resumes(one, one));
  EXPECT_TRUE(resumes(one, two));
  EXPECT_EQ(two.fleet.cache->stats().resumed, 1U);
}

TEST_P(Tickets, DoNotOpenWhereAnotherSetServesTheName) {
  Site one("www"), two("other");
  one.hand_out(secrets_, 5);
  two.hand_out(secrets_, 5);
  EXPECT_FALSE(resumes(one, two));
  Site three("www");
  const Secrets others;
  three.hand_out(others, 5);
  EXPECT_FALSE(resumes(one, three));
}

TEST_P(Tickets, NeverCrossNamesOfOneSetAtAnotherMember) {
  Site one, two;
  one.hand_out(secrets_, 5);
  two.hand_out(secrets_, 5);
  EXPECT_FALSE(resumes(one, two, "other.example.test"));
  EXPECT_FALSE(resumes(one, two, "a.wild.example.test"));
}

TEST_P(Tickets, OpenBesideAMemberThatIsOneRotationAheadOrBehindAndNoFurther) {
  Site slow, quick;
  slow.hand_out(secrets_, 5);
  quick.hand_out(secrets_, 6);
  EXPECT_TRUE(resumes(slow, quick));
  EXPECT_TRUE(resumes(quick, slow));
  quick.hand_out(secrets_, 7);
  EXPECT_FALSE(resumes(slow, quick));
}

TEST_P(Tickets, OutliveOneRotationAndNotTwo) {
  Site site;
  site.hand_out(secrets_, 5);
  const Shaken first = shake(site), second = shake(site);
  site.hand_out(secrets_, 6);
  EXPECT_TRUE(shake(site, kName, first.session.get()).resumed);
  site.hand_out(secrets_, 7);
  EXPECT_FALSE(shake(site, kName, second.session.get()).resumed);
}

TEST_P(Tickets, WithoutSecretsTheyAreGoodInThisProcessOnly) {
  const Site one, two;
  EXPECT_TRUE(resumes(one, one));
  EXPECT_FALSE(resumes(one, two));
}

TEST_P(Tickets, SecretsThatDoNotOpenAreAsGoodAsNone) {
  Site site;
  TicketRecord record = secrets_.record(site.fleet.key, "www", 5);
  record.sealed[1].back() ^= 1;
  ViewBatch batch = must(site.fleet.writer->begin());
  must_succeed(batch.put_ticket("www", record));
  must_succeed(batch.commit());
  EXPECT_TRUE(resumes(site, site));
}

INSTANTIATE_TEST_SUITE_P(Versions, Tickets, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const testing::TestParamInfo<int>& version) {
                           return version.param == TLS1_2_VERSION ? "Tls12" : "Tls13";
                         });

// How many tickets a client gets after a TLS 1.3 handshake.
int tickets_of(const ServePolicy& policy) {
  const Site site("www", policy);
  const ContextHandle client(SSL_CTX_new(TLS_client_method()));
  static int seen;
  seen = 0;
  SSL_CTX_set_session_cache_mode(client.get(), SSL_SESS_CACHE_CLIENT);
  SSL_CTX_sess_set_new_cb(client.get(), [](SSL*, SSL_SESSION*) {
    ++seen;
    return 0;
  });
  EXPECT_TRUE(shake_hands(client.get(), site.context.get(), {.server_name = kName}).ok);
  return seen;
}

TEST(TicketPolicy, SaysHowManyTicketsAreMade) {
  EXPECT_EQ(tickets_of({.tickets = 0}), 0);
  EXPECT_EQ(tickets_of({.tickets = 1}), 1);
  EXPECT_EQ(tickets_of({.tickets = 2}), 2);
  TestFleet fleet;
  const ContextHandle context = server_context();
  EXPECT_EQ(fleet.cache->attach(context.get(), {.tickets = 3}).error().code, Code::kInvalid);
}

TEST(TicketPolicy, WithoutTicketsTls12SessionsResumeByIdAtTheirName) {
  const Site site("www", {.tickets = 0});
  const ContextHandle client(SSL_CTX_new(TLS_client_method()));
  const ClientWish wanted{.server_name = kName, .version = TLS1_2_VERSION};
  const Shaken first = shake_hands(client.get(), site.context.get(), wanted);
  EXPECT_EQ(SSL_SESSION_has_ticket(first.session.get()), 0);
  ClientWish again = wanted;
  again.resume = first.session.get();
  EXPECT_TRUE(shake_hands(client.get(), site.context.get(), again).resumed);
}

TEST(TicketKey, DiffersByWhateverItIsDerivedFrom) {
  const SecretBytes one = random_secret(32), two = random_secret(32);
  std::set<std::array<std::uint8_t, 16>> names;
  for (const SecretBytes* secret : {&one, &two}) {
    for (const char* set : {"a", "ab"}) {
      for (const char* bound : {"bc", "c"}) names.insert(derive_ticket_key(*secret, set, bound).name);
    }
  }
  EXPECT_EQ(names.size(), 8U);
}

TEST(TicketKeyRings, StayWithTheirCredentialHoweverManyNamesAreServed) {
  const ViewKey key = ViewKey::generate();
  TicketKeys keys;
  LastRing last;
  const auto ring = keys.get("set", "name a", {}, key, &last);
  for (int i = 0; i < 5000; ++i) keys.get("set", "name " + std::to_string(i), {}, key);
  EXPECT_NE(keys.get("set", "name a", {}, key), ring) << "that many are not kept by name";
  EXPECT_EQ(keys.get("set", "name a", {}, key, &last), ring);
}

TEST(TicketKeyRings, OfACredentialAreThoseOfTheNameAndTheSecretsOfNow) {
  const ViewKey key = ViewKey::generate();
  const Secrets secrets;
  TicketKeys keys;
  LastRing last;
  const auto names_of = [](const TicketKeyRing& ring) {
    std::set<std::array<std::uint8_t, 16>> names;
    for (const TicketKey& one : ring.keys) names.insert(one.name);
    return names;
  };
  for (const std::int64_t generation : {5, 5, 6, 7, 6}) {
    for (const char* bound : {"name a", "name b"}) {
      const TicketRecord record = secrets.record(key, "set", generation);
      EXPECT_EQ(names_of(*keys.get("set", bound, record, key, &last)),
                names_of(*TicketKeys().get("set", bound, record, key)));
    }
  }
}

}  // namespace
}  // namespace certstead
