#include "resolver/dns_client.h"

#include "crypto/random.h"
#include "resolver/dns_socket.h"

namespace certstead {
namespace {

using std::chrono::milliseconds;

constexpr int kUdpTries = 4;
constexpr milliseconds kFirstPatience{800};  // of a try; doubled each time

std::uint16_t id_of(BytesView message) { return static_cast<std::uint16_t>(message[0] << 8 | message[1]); }

Error malformed(const DnsServer& server, std::string_view why) {
  return unavailable(
      server.text() + " answers with bytes that are no DNS message of ours: " + std::string(why),
      "dns-malformed");
}

DnsMessage make_query(const DnsQuestion& question, bool recursion, bool edns) {
  const Bytes chance = random_bytes(2 + 8);
  DnsMessage query;
  query.id = id_of(chance);
  query.recursion_desired = recursion;
  query.questions.push_back(question);
  // Against forged answers: draft-vixie-dnsext-dns0x20.
  query.questions.front().name = question.name.recased(BytesView(chance).subspan(2));
  if (edns) query.edns = DnsEdns{};
  return query;
}

enum class Match { kOurs, kOtherCase, kNoQuestion, kForeign };

Match match(const DnsMessage& query, const DnsMessage& reply) {
  if (!reply.reply || reply.id != query.id || reply.opcode != query.opcode) return Match::kForeign;
  const bool failed = reply.rcode == DnsRcode::kFormErr || reply.rcode == DnsRcode::kNotImp;
  if (reply.questions.empty() && failed) return Match::kNoQuestion;
  if (reply.questions != query.questions) return Match::kForeign;
  const bool same = reply.questions.front().name.same_bytes(query.questions.front().name);
  return same ? Match::kOurs : Match::kOtherCase;
}

// Whether a server that knows no EDNS said so (RFC 6891 section 7).
bool rejects_edns(const DnsMessage& query, const DnsMessage& reply) {
  return query.edns && !reply.edns && (reply.rcode == DnsRcode::kFormErr || reply.rcode == DnsRcode::kNotImp);
}

Result<DnsMessage> ask_tcp(const DnsServer& server, const DnsMessage& query, Deadline deadline) {
  TRY(const Bytes bytes, encode_dns(query));
  TRY(DnsSocket socket, DnsSocket::open(server, true, deadline));
  CHECK_OK(socket.send(bytes, deadline));
  TRY(const Bytes answer, socket.receive(deadline));
  auto reply = decode_dns(answer);
  if (!reply) return malformed(server, reply.error().detail);
  if (match(query, *reply) == Match::kForeign) return malformed(server, "it answers another question");
  return std::move(*reply);
}

// Waits for the one reply that is ours; foreign ones are passed over.
Result<DnsMessage> ask_udp(const DnsServer& server, const DnsMessage& query, Deadline deadline) {
  TRY(const Bytes bytes, encode_dns(query));
  TRY(DnsSocket socket, DnsSocket::open(server, false, deadline));
  CHECK_OK(socket.send(bytes, deadline));
  std::optional<Error> seen;
  for (;;) {
    auto answer = socket.receive(deadline);
    if (!answer) return seen ? *seen : answer.error();
    auto reply = decode_dns(*answer);
    if (!reply) {
      seen = malformed(server, reply.error().detail);
    } else if (match(query, *reply) != Match::kForeign) {
      return std::move(*reply);
    }
  }
}

Result<DnsMessage> ask_once(const DnsServer& server, const DnsQuestion& question, bool recursion, bool edns,
                            Deadline patience, Deadline deadline) {
  const DnsMessage query = make_query(question, recursion, edns);
  TRY(DnsMessage reply, ask_udp(server, query, patience));
  if (rejects_edns(query, reply)) return ask_once(server, question, recursion, false, deadline, deadline);
  // An answer in other letters may be a forged one, or that of a server that does not keep them: over TCP
  // nobody else answers.
  if (reply.truncated || match(query, reply) != Match::kOurs) return ask_tcp(server, query, deadline);
  return reply;
}

Status check_egress(const EgressPolicy& egress, const DnsServer& server) {
  if (egress.allows(server.address)) return Done{};
  return denied("the DNS server " + server.text() +
                    " has an address that is not public; allow its network if it is yours",
                "dns-egress");
}

}  // namespace

Result<DnsMessage> DnsClient::ask(const DnsServer& server, const DnsQuestion& question, bool recursion,
                                  Deadline deadline) const {
  CHECK_OK(check_egress(egress_, server));
  Result<DnsMessage> reply = unavailable("no answer from " + server.text(), "dns-no-answer");
  for (int i = 0; i < kUdpTries && !deadline.passed(); ++i) {
    const Deadline patience = i + 1 == kUdpTries ? deadline : deadline.earlier(kFirstPatience * (1 << i));
    reply = ask_once(server, question, recursion, true, patience, deadline);
    if (reply || !patience.passed()) break;
  }
  return reply;
}

Result<Bytes> DnsClient::exchange(const DnsServer& server, BytesView message, Deadline deadline) const {
  CHECK_OK(check_egress(egress_, server));
  auto socket = DnsSocket::open(server, true, deadline.earlier(deadline.left() / 2));
  if (!socket && !deadline.passed()) socket = DnsSocket::open(server, false, deadline);
  if (!socket) return socket.error();
  CHECK_OK(socket->send(message, deadline));
  for (;;) {
    TRY(Bytes answer, socket->receive(deadline));
    if (answer.size() > 12 && id_of(answer) == id_of(message)) return answer;
  }
}

}  // namespace certstead
