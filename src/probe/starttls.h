// What a client says before TLS where a protocol begins in clear (STARTTLS and its kin), as pure talk: bytes
// in, bytes out. Whoever has the connection carries them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace certstead {

enum class StartTls { kNone, kSmtp, kImap, kPop3, kLdap, kFtp, kPostgres };

// "smtp", "imap", "pop3", "ldap", "ftp", "postgres"; "" for kNone.
std::string_view starttls_name(StartTls protocol);
// kInvalid lists what there is.
Result<StartTls> parse_starttls(std::string_view text);
// The port at which the protocol listens in clear: 25, 143, 110, 389, 21, 5432; 443 for kNone.
std::uint16_t default_port(StartTls protocol);

// One conversation: RFC 3207 (SMTP), RFC 9051 section 6.2.1 (IMAP), RFC 2595 section 4 (POP3), RFC 4511
// section 4.14 (LDAP), RFC 4217 (FTP), and PostgreSQL's SSLRequest. A line is at most 2 KiB long, all that
// the server says at most 16 KiB.
class StartTlsTalk {
 public:
  explicit StartTlsTalk(StartTls protocol);

  // What has to be sent now; empty if the server has the word. Taking it empties it.
  std::string take_to_send();
  // True when the next byte on the wire is TLS.
  bool done() const { return done_; }
  // Takes what the server sent. kUnavailable with the id "probe-starttls" and a sentence if it refuses, says
  // something else, says too much, or sends anything after its consent: bytes that came in clear must not be
  // taken for what TLS protects (CVE-2011-0411).
  Status feed(BytesView received);

 private:
  struct Turn;
  static const std::vector<Turn>& turns_of(StartTls protocol);
  Status feed_lines();
  Status take_line(std::string_view line);
  Status next_turn();
  Status feed_ldap();
  Status feed_postgres();
  Error refused(std::string_view why) const;

  StartTls protocol_;
  std::size_t turn_ = 0;
  bool offered_ = false;  // the reply so far names what the turn demands
  bool done_ = false;
  std::size_t total_ = 0;
  std::string to_send_, received_;
};

}  // namespace certstead
