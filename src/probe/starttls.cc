#include "probe/starttls.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::size_t kLongestLine = 2048;
constexpr std::size_t kMost = 16384;

struct Row {
  StartTls protocol;
  std::string_view name;
  std::uint16_t port;
};
constexpr std::array<Row, 7> kRows = {{{StartTls::kNone, "", 443},
                                       {StartTls::kSmtp, "smtp", 25},
                                       {StartTls::kImap, "imap", 143},
                                       {StartTls::kPop3, "pop3", 110},
                                       {StartTls::kLdap, "ldap", 389},
                                       {StartTls::kFtp, "ftp", 21},
                                       {StartTls::kPostgres, "postgres", 5432}}};

const Row& row_of(StartTls protocol) { return kRows[static_cast<std::size_t>(protocol)]; }

// ExtendedRequest [APPLICATION 23] with the name 1.3.6.1.4.1.1466.20037, message 1.
constexpr std::string_view kLdapRequest(
    "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
    "1.3.6.1.4.1.1466.20037",
    31);
// Length 8 and the number 80877103.
constexpr std::string_view kPostgresRequest("\x00\x00\x00\x08\x04\xd2\x16\x2f", 8);

}  // namespace

// One reply that is awaited, and what is said after it.
struct StartTlsTalk::Turn {
  std::string_view expect;  // how the last line of the reply begins
  std::string_view more;    // how lines before it begin; any of them may be absent
  std::string_view demand;  // a word that the reply must have in one of its lines
  std::string_view say;     // "": the talk is over
};

const std::vector<StartTlsTalk::Turn>& StartTlsTalk::turns_of(StartTls protocol) {
  static const std::vector<Turn> smtp = {{"220", "220-", "", "EHLO probe.invalid\r\n"},
                                         {"250", "250-", "STARTTLS", "STARTTLS\r\n"},
                                         {"220", "220-", "", ""}};
  static const std::vector<Turn> imap = {{"* OK", "", "", "a STARTTLS\r\n"}, {"a OK", "* ", "", ""}};
  static const std::vector<Turn> pop3 = {{"+OK", "", "", "STLS\r\n"}, {"+OK", "", "", ""}};
  // In a reply of several lines those between the first and the last may be anything (RFC 959 section 4.2).
  static const std::vector<Turn> ftp = {{"220 ", "*", "", "AUTH TLS\r\n"}, {"234", "234-", "", ""}};
  static const std::vector<Turn> none;
  switch (protocol) {
    case StartTls::kSmtp:
      return smtp;
    case StartTls::kImap:
      return imap;
    case StartTls::kPop3:
      return pop3;
    case StartTls::kFtp:
      return ftp;
    case StartTls::kNone:
    case StartTls::kLdap:
    case StartTls::kPostgres:
      break;
  }
  return none;
}

std::string_view starttls_name(StartTls protocol) { return row_of(protocol).name; }

std::uint16_t default_port(StartTls protocol) { return row_of(protocol).port; }

Result<StartTls> parse_starttls(std::string_view text) {
  for (const Row& row : kRows) {
    if (row.protocol != StartTls::kNone && row.name == text) return row.protocol;
  }
  return invalid("\"" + printable(text, 40) +
                     "\" is no protocol with STARTTLS; choose from smtp, imap, pop3, ldap, ftp, postgres",
                 "starttls-unknown");
}

StartTlsTalk::StartTlsTalk(StartTls protocol) : protocol_(protocol), done_(protocol == StartTls::kNone) {
  if (protocol == StartTls::kLdap) to_send_ = kLdapRequest;
  if (protocol == StartTls::kPostgres) to_send_ = kPostgresRequest;
}

std::string StartTlsTalk::take_to_send() { return std::exchange(to_send_, {}); }

Error StartTlsTalk::refused(std::string_view why) const {
  return unavailable("no TLS after " + std::string(starttls_name(protocol_)) + ": " + std::string(why),
                     "probe-starttls");
}

Status StartTlsTalk::feed(BytesView received) {
  if (done_) return refused("the server sent something in clear after it had agreed to begin TLS");
  total_ += received.size();
  if (total_ > kMost) return refused("the server says more than 16 KiB before TLS");
  received_ += to_text(received);
  if (protocol_ == StartTls::kLdap) return feed_ldap();
  if (protocol_ == StartTls::kPostgres) return feed_postgres();
  return feed_lines();
}

Status StartTlsTalk::feed_lines() {
  for (;;) {
    const std::size_t end = received_.find('\n');
    if (std::min(end, received_.size()) > kLongestLine) return refused("a line is longer than 2 KiB");
    if (end == std::string::npos) return Done{};
    const std::string line = received_.substr(0, end);
    received_.erase(0, end + 1);
    CHECK_OK(take_line(trim(line)));
    if (!done_ && to_send_.empty()) continue;
    // It answers before it is asked, or goes on after its consent.
    if (!received_.empty()) return refused("the server sent more than it was asked for, in clear");
    return Done{};
  }
}

Status StartTlsTalk::take_line(std::string_view line) {
  const Turn& turn = turns_of(protocol_)[turn_];
  if (!turn.demand.empty() && line.size() >= 4 + turn.demand.size() &&
      equals_ignoring_case(line.substr(4, turn.demand.size()), turn.demand)) {
    offered_ = true;
  }
  // "220-" is a line of several also where the last one may be a bare "220".
  const bool continued = !turn.more.empty() && turn.more != "*" && line.starts_with(turn.more);
  if (line.starts_with(turn.expect) && !continued) return next_turn();
  const bool refuses = line.size() > 3 && line[3] == ' ' && (line[0] == '4' || line[0] == '5');
  if (continued || (turn.more == "*" && !refuses)) return Done{};
  return refused("the server says \"" + printable(line, 120) + "\"");
}

Status StartTlsTalk::next_turn() {
  const Turn& turn = turns_of(protocol_)[turn_];
  if (!turn.demand.empty() && !offered_) {
    return refused("the server does not offer " + std::string(turn.demand));
  }
  offered_ = false;
  to_send_ = turn.say;
  done_ = to_send_.empty();
  ++turn_;
  return Done{};
}

// LDAPMessage { 1, ExtendedResponse [APPLICATION 24] { resultCode ENUMERATED, ... } }, all lengths short or
// in one to four octets.
Status StartTlsTalk::feed_ldap() {
  std::size_t at = 0;
  // The length of an element that begins at `at` with `tag`, `at` moved to its content; nothing: more bytes
  // are needed.
  const auto element = [&](char tag) -> Result<std::optional<std::size_t>> {
    if (at + 2 > received_.size()) return std::optional<std::size_t>();
    if (received_[at] != tag) return refused("the server's answer is no LDAP response to StartTLS");
    std::size_t length = static_cast<unsigned char>(received_[at + 1]);
    at += 2;
    if (length < 0x80) return std::optional(length);
    std::size_t octets = length & 0x7f;
    if (octets < 1 || octets > 4) return refused("the server's answer is no LDAP response to StartTLS");
    if (at + octets > received_.size()) return std::optional<std::size_t>();
    for (length = 0; octets > 0; --octets) length = length << 8 | static_cast<unsigned char>(received_[at++]);
    return std::optional(length);
  };
  TRY(const std::optional<std::size_t> message, element('\x30'));
  if (!message) return Done{};
  const std::size_t end = at + *message;
  if (*message > kMost) return refused("the server says more than 16 KiB before TLS");
  if (received_.size() < end) return Done{};
  if (received_.size() > end) return refused("the server sent more than it was asked for, in clear");
  TRY(const std::optional<std::size_t> id, element('\x02'));
  at += id.value_or(end);
  if (at > end) return refused("the server's answer is no LDAP response to StartTLS");
  TRY(const std::optional<std::size_t> response, element('\x78'));
  TRY(const std::optional<std::size_t> code, element('\x0a'));
  if (!response || code != std::optional<std::size_t>(1) || at >= end) {
    return refused("the server's answer is no LDAP response to StartTLS");
  }
  const int result = static_cast<unsigned char>(received_[at]);
  if (result != 0) return refused("the LDAP server refuses with result code " + std::to_string(result));
  received_.clear();
  done_ = true;
  return Done{};
}

Status StartTlsTalk::feed_postgres() {
  if (received_.empty()) return Done{};
  if (received_[0] == 'N') return refused("the PostgreSQL server has TLS switched off");
  if (received_[0] != 'S') return refused("the answer is not that of a PostgreSQL server");
  if (received_.size() > 1) return refused("the server sent more than it was asked for, in clear");
  received_.clear();
  done_ = true;
  return Done{};
}

}  // namespace certstead
