// A view on disk, a program that serves from it by the preload, and clients that say what they got.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "base/temp_dir.h"
#include "peers/process.h"
#include "replica/test_credentials.h"
#include "support/tls_client.h"

namespace certstead {

// The names that every view of these tests has.
constexpr const char* kName = "www.preload.test";
constexpr const char* kWildcard = "*.wild.preload.test";
constexpr const char* kUnder = "any.wild.preload.test";
constexpr const char* kUnknown = "other.preload.test";

class Preload : public testing::Test {
 protected:
  Preload();

  // A view beside others, with both keys for kName and kWildcard. The first one made is what expect_served()
  // expects.
  std::filesystem::path make_view(const std::string& name, std::optional<gid_t> group = {});
  // In it: own.pem with own.key, the program's own certificate, and named.pem, another one, for kName.
  std::filesystem::path path(const std::string& name) const { return dir_.path() / name; }
  // "NAME=value" as the preload takes them, LD_PRELOAD among them.
  std::vector<std::string> environment(const std::filesystem::path& view) const;
  std::string environment_for_import(const std::filesystem::path& view) const;  // joined by blanks

  TlsClient client() const;
  // Every kind of client gets what the view has for it, and the program's own where that has nothing.
  void expect_served(const Target& target);
  // Sessions of TLS 1.2 and 1.3 resume at the name that they were made at and at no other; those at the
  // program's own certificate only if `own_resume`. `request` makes the server answer and close.
  void expect_sessions_resume_at_their_name_only(const Target& target, const std::string& request,
                                                 bool own_resume);
  // A thousand swaps by another process while clients shake hands. `during`, if any, runs in the midst.
  void swap_under_load(const Target& target, const std::filesystem::path& view,
                       const std::function<void()>& during = {});
  // The writer is killed in the midst; what it wrote stays served, and its successor is seen.
  void kill_the_writer(const Target& target, const std::filesystem::path& view);
  // The processes have `own` open and `other` not, and what their users may do opens neither a key nor
  // `other`.
  void expect_confined(const std::vector<pid_t>& processes, const std::filesystem::path& own,
                       const std::filesystem::path& other);
  std::string log() const;
  // Everything that the server wrote.
  std::string output() const;

  TempDir dir_;
  std::int64_t base_;
  TestCa ca_;
  std::string own_, named_;                    // fingerprints
  std::map<std::string, std::string> leaves_;  // fingerprints by "name/key type"

 private:
  // A certificate that is in no view, with its key behind it in FILE.pem and alone in FILE.key. Yields its
  // fingerprint.
  std::string make_own(const std::string& file, const std::string& host);
  Process swapper(const std::filesystem::path& view, int first, int last, int pause_ms);
  bool swapped(int last, Process& writer, Duration longest) const;
};

// A process of this machine that runs `program`, and is a child of `parent` or of one of its children.
std::vector<pid_t> descendants(pid_t parent);
// Whether it has this file open or mapped.
bool has_open(pid_t pid, const std::filesystem::path& file);
void write_text(const std::filesystem::path& path, const std::string& text, mode_t mode = 0644);
std::string read_text(const std::filesystem::path& path);
// Puts `to` in the place of every `from`, of which there has to be one.
void replace_text(std::string& text, const std::string& from, const std::string& to);
bool eventually(const std::function<bool()>& condition, Duration longest = std::chrono::seconds{60});

}  // namespace certstead
