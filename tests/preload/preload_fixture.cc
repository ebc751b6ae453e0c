#include "preload/preload_fixture.h"

#include <sys/stat.h>
#include <csignal>

#include <atomic>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "base/file.h"
#include "crypto/issue.h"
#include "crypto/random.h"

namespace certstead {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kSwaps = 1000;
constexpr std::size_t kLoops = 2;

// Versions are told apart by the second at which they begin: there are two and a half million before today.
Instant a_month_ago() {
  return std::chrono::time_point_cast<Duration>(
      std::chrono::floor<seconds>(std::chrono::system_clock::now() - std::chrono::hours(24 * 30)));
}

struct Round {
  int version;
  const char* algorithms;
  int key;
};
constexpr Round kRounds[] = {{TLS1_3_VERSION, kEcdsaClient, EVP_PKEY_EC},
                             {TLS1_2_VERSION, kRsaClient, EVP_PKEY_RSA},
                             {TLS1_2_VERSION, kEcdsaClient, EVP_PKEY_EC},
                             {TLS1_3_VERSION, kRsaClient, EVP_PKEY_RSA}};

// What one client saw, one handshake after the other.
struct Tally {
  int handshakes = 0, failed = 0, wrong_key = 0, older = 0;
  std::set<std::string> leaves;
  std::string first_failure;
};

void shake_until(const std::atomic<bool>& stop, const TlsClient& client, const Target& target, Tally& tally) {
  std::int64_t newest = 0;
  while (!stop) {
    const Round& round = kRounds[tally.handshakes++ % std::size(kRounds)];
    const Served served =
        client.ask(target, {.name = kName, .version = round.version, .algorithms = round.algorithms});
    if (!served.ok) {
      if (tally.failed++ == 0) tally.first_failure = served.why;
      continue;
    }
    if (served.key != round.key) ++tally.wrong_key;
    if (served.begins < newest) ++tally.older;
    newest = std::max(newest, served.begins);
    tally.leaves.insert(served.fingerprint);
  }
}

// Clients that shake hands until it goes.
class Load {
 public:
  Load(const TlsClient& client, const Target& target) : tallies_(kLoops) {
    for (Tally& tally : tallies_) {
      threads_.emplace_back([&, target] { shake_until(stop_, client, target, tally); });
    }
  }
  ~Load() { stop(); }
  const std::vector<Tally>& stop() {
    stop_ = true;
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
    return tallies_;
  }

 private:
  std::atomic<bool> stop_{false};
  std::vector<Tally> tallies_;
  std::vector<std::thread> threads_;
};

void expect_flawless(const std::vector<Tally>& tallies, std::size_t least_leaves) {
  std::set<std::string> leaves;
  int handshakes = 0;
  for (const Tally& tally : tallies) {
    EXPECT_EQ(tally.failed, 0) << tally.first_failure;
    EXPECT_EQ(tally.wrong_key, 0);
    EXPECT_EQ(tally.older, 0) << "an older version was served after a newer one";
    leaves.insert(tally.leaves.begin(), tally.leaves.end());
    handshakes += tally.handshakes;
  }
  EXPECT_GE(leaves.size(), least_leaves) << "the swaps were not seen";
  std::cout << handshakes << " handshakes, " << leaves.size() << " different leaves\n";
}

std::string leaf_fingerprint(const NewCredential& credential) {
  return must(Certificate::from_der(credential.record.leaf)).fingerprint();
}

}  // namespace

Preload::Preload() : base_(to_unix_ms(a_month_ago()) / 1000), ca_(a_month_ago()) {
  ::signal(SIGPIPE, SIG_IGN);  // a server may close before our close_notify
  own_ = make_own("own", "own.preload.test");
  named_ = make_own("named", kName);
}

std::string Preload::make_own(const std::string& file, const std::string& host) {
  const PrivateKey key = must(PrivateKey::generate(KeyType::kP256));
  const Certificate leaf = must(issue_certificate({.common_name = host,
                                                   .dns_names = {host},
                                                   .public_key = key.public_key(),
                                                   .not_before = a_month_ago(),
                                                   .not_after = a_month_ago() + std::chrono::hours(24 * 60)},
                                                  key, {}));
  const std::string key_pem(view_text(key.to_pkcs8_pem().reveal()));
  write_text(path(file + ".pem"), leaf.to_pem() + key_pem, 0600);
  write_text(path(file + ".key"), key_pem, 0600);
  return leaf.fingerprint();
}

std::filesystem::path Preload::make_view(const std::string& name, std::optional<gid_t> group) {
  const std::filesystem::path view = path("views") / name;
  const ViewKey key = must(ViewKey::load_or_create(view, group));
  ViewWriterOptions options;
  options.group = group;
  const auto writer = must(ViewWriter::open(view, options));
  ViewBatch batch = must(writer->begin());
  for (const char* host : {kName, kWildcard}) {
    std::vector<NewCredential> both;
    for (const KeyType type : {KeyType::kP256, KeyType::kRsa2048}) {
      both.push_back(ca_.make(key, host, type, 1, {host}));
      leaves_.emplace(std::string(host) + (is_rsa(type) ? "/rsa" : "/ec"), leaf_fingerprint(both.back()));
    }
    must_succeed(batch.replace_set(host, both));
    TicketRecord tickets;
    for (const std::int64_t generation : {0, 1, 2}) {
      tickets.sealed.push_back(must(key.seal(host, generation, random_secret(32))));
    }
    tickets.generation = 1;
    must_succeed(batch.put_ticket(host, tickets));
  }
  must_succeed(batch.commit());
  return view;
}

std::vector<std::string> Preload::environment(const std::filesystem::path& view) const {
  return {"LD_PRELOAD=" TLSCACHE_PRELOAD, "TLSCACHE_VIEW=" + view.string(),
          "TLSCACHE_LOG=" + path("preload.log").string()};
}

std::string Preload::environment_for_import(const std::filesystem::path& view) const {
  std::string out;
  for (const std::string& variable : environment(view)) out += " " + variable;
  return out.substr(1);
}

TlsClient Preload::client() const { return TlsClient({ca_.root()}); }
std::string Preload::log() const { return read_text(path("preload.log")); }
std::string Preload::output() const { return read_text(path("output")); }

void Preload::expect_served(const Target& target) {
  const TlsClient trusting = client(), any;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const auto& [asked, name] : {std::pair{kName, kName}, {kUnder, kWildcard}}) {
      const Served ec = trusting.ask(target, {.name = asked, .version = version, .algorithms = kEcdsaClient});
      EXPECT_TRUE(ec.ok) << asked << ": " << ec.why;
      EXPECT_EQ(ec.fingerprint, leaves_[std::string(name) + "/ec"]) << asked;
      const Served rsa = trusting.ask(target, {.name = asked, .version = version, .algorithms = kRsaClient});
      EXPECT_TRUE(rsa.ok) << asked << ": " << rsa.why;
      EXPECT_EQ(rsa.fingerprint, leaves_[std::string(name) + "/rsa"]) << asked;
    }
  }
  const Served own = any.ask(target, {.name = kUnknown});
  EXPECT_TRUE(own.ok) << own.why;
  EXPECT_EQ(own.fingerprint, own_);
}

void Preload::expect_sessions_resume_at_their_name_only(const Target& target, const std::string& request,
                                                        bool own_resume) {
  const TlsClient any;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const std::string first : {kName, kUnder, kUnknown}) {
      for (const std::string second : {kName, kUnder, kUnknown}) {
        const std::string what = first + " at " + second + (version == TLS1_2_VERSION ? ", 1.2" : ", 1.3");
        const Served made = any.ask(target, {.name = first, .version = version, .request = request});
        ASSERT_NE(made.session, nullptr) << what << ": " << made.why;
        const Served again = any.ask(
            target, {.name = second, .version = version, .request = request, .resume = made.session.get()});
        EXPECT_TRUE(again.ok) << what << ": " << again.why;
        EXPECT_EQ(again.resumed, first == second && (own_resume || first != kUnknown)) << what;
        if (!again.resumed || version == TLS1_2_VERSION || first == kUnknown) continue;
        // A ticket of TLS 1.3 is used once; the next one came with it.
        ASSERT_NE(again.session, nullptr) << what;
        const Served third = any.ask(
            target, {.name = second, .version = version, .request = request, .resume = again.session.get()});
        EXPECT_TRUE(third.resumed) << what << ", once more: " << third.why;
      }
    }
  }
}

Process Preload::swapper(const std::filesystem::path& view, int first, int last, int pause_ms) {
  std::filesystem::remove(path("swaps"));
  std::filesystem::remove(path("root.pem"));
  Process writer = must(Process::start(
      {.command = {SWAP_VIEW, view, path("root.pem"), std::to_string(base_), std::to_string(first),
                   std::to_string(last), std::to_string(pause_ms), kName, kName},
       .environment = {},
       .output = path("swaps")}));
  EXPECT_TRUE(eventually([&] { return std::filesystem::exists(path("root.pem")); }))
      << read_text(path("swaps"));
  return writer;
}

bool Preload::swapped(int last, Process& writer, Duration longest) const {
  const std::string line = "swapped " + std::to_string(last);
  return eventually(
      [&] { return read_text(path("swaps")).find(line) != std::string::npos || !writer.running(); }, longest);
}

void Preload::swap_under_load(const Target& target, const std::filesystem::path& view,
                              const std::function<void()>& during) {
  Process writer = swapper(view, 2, kSwaps + 1, 2);
  const TlsClient client({ca_.root(), must(Certificate::from_pem(read_text(path("root.pem"))))});
  Load load(client, target);
  if (during) during();
  ASSERT_TRUE(swapped(kSwaps + 1, writer, std::chrono::minutes{5})) << read_text(path("swaps"));
  const Served last = client.ask(target, {.name = kName});
  EXPECT_EQ(last.begins, base_ + kSwaps + 1) << "the last version is not what is served: " << last.why;
  expect_flawless(load.stop(), 20);
}

void Preload::kill_the_writer(const Target& target, const std::filesystem::path& view) {
  Process writer = swapper(view, 2001, 1'000'000, 0);
  const std::vector<Certificate> first_roots = {ca_.root(),
                                                must(Certificate::from_pem(read_text(path("root.pem"))))};
  {
    const TlsClient client(first_roots);
    ASSERT_TRUE(eventually([&] { return client.ask(target, {.name = kName}).begins > base_ + 2010; }));
    writer.signal(SIGKILL);
    Load load(client, target);
    EXPECT_TRUE(eventually([&] { return !writer.running(); }));
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(client.ask(target, {.name = kName}).ok);
    expect_flawless(load.stop(), 2);
  }
  Process next = swapper(view, 2'000'000, 2'000'005, 0);
  const TlsClient client({must(Certificate::from_pem(read_text(path("root.pem"))))});
  ASSERT_TRUE(swapped(2'000'005, next, std::chrono::minutes{2}));
  EXPECT_TRUE(client.ask(target, {.name = kName}).ok) << "what the next writer wrote is not served";
}

namespace {

// The effective user and group of a process. (Its directory in /proc belongs to root once it has changed
// them.)
std::pair<unsigned, unsigned> identity_of(pid_t pid) {
  const std::string status = read_text("/proc/" + std::to_string(pid) + "/status");
  unsigned user = 0, group = 0;
  const std::size_t users = status.find("\nUid:"), groups = status.find("\nGid:");
  if (users == std::string::npos || groups == std::string::npos) return {0, 0};
  std::sscanf(status.c_str() + users, "\nUid: %*u %u", &user);
  std::sscanf(status.c_str() + groups, "\nGid: %*u %u", &group);
  return {user, group};
}

bool can_read(std::pair<unsigned, unsigned> identity, const std::filesystem::path& file) {
  const std::string line = "setpriv --reuid=" + std::to_string(identity.first) +
                           " --regid=" + std::to_string(identity.second) + " --clear-groups cat " +
                           file.string() + " >/dev/null 2>&1";
  return std::system(line.c_str()) == 0;
}

}  // namespace

void Preload::expect_confined(const std::vector<pid_t>& processes, const std::filesystem::path& own,
                              const std::filesystem::path& other) {
  ASSERT_FALSE(processes.empty());
  // What keeps them out are the files' own modes, not the test's directory.
  ASSERT_EQ(::chmod(dir_.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod(path("views").c_str(), 0755), 0);
  for (const pid_t process : processes) {
    EXPECT_TRUE(eventually([&] { return identity_of(process).first != 0; })) << "it kept root's rights";
    EXPECT_TRUE(has_open(process, own / kViewFile));
    EXPECT_FALSE(has_open(process, other / kViewFile));
  }
  const auto identity = identity_of(processes.front());
  for (const auto& file : {other / "view.key", other / kViewFile, own / "view.key"}) {
    EXPECT_FALSE(can_read(identity, file)) << file;
  }
}

std::vector<pid_t> descendants(pid_t parent) {
  std::vector<pid_t> out;
  const std::string pid = std::to_string(parent);
  std::istringstream children(read_text("/proc/" + pid + "/task/" + pid + "/children"));
  for (pid_t child = 0; children >> child;) {
    out.push_back(child);
    for (const pid_t below : descendants(child)) out.push_back(below);
  }
  return out;
}

bool has_open(pid_t pid, const std::filesystem::path& file) {
  return read_text("/proc/" + std::to_string(pid) + "/maps").find(file.string()) != std::string::npos;
}

void write_text(const std::filesystem::path& path, const std::string& text, mode_t mode) {
  must_succeed(make_directories(path.parent_path(), 0755));
  must_succeed(write_file_atomic(path, view_bytes(text), mode));
}

// By a stream: files of /proc have no size.
std::string read_text(const std::filesystem::path& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

void replace_text(std::string& text, const std::string& from, const std::string& to) {
  std::size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << "the stock configuration has no \"" << from << "\"";
  for (; at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
}

bool eventually(const std::function<bool()>& condition, Duration longest) {
  for (const Deadline deadline = Deadline::after(longest); !deadline.passed();) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds{5});
  }
  return condition();
}

}  // namespace certstead
