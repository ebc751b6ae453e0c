#include "resolver/rfc2136_provider.h"

#include <algorithm>
#include <thread>

#include "base/text.h"
#include "crypto/random.h"
#include "resolver/host_lookup.h"
#include "resolver/rfc2136_update.h"
#include "resolver/tsig_key_file.h"
#include "resolver/zone_servers.h"

namespace certstead {
namespace {

using std::chrono::milliseconds;

constexpr int kTries = 5;  // of what may go better next time
constexpr milliseconds kFirstPause{100};
constexpr std::uint32_t kLongestTtl = 86400;

std::string setting(const DnsAccount& account, const std::string& name) {
  const auto found = account.settings.find(name);
  return found == account.settings.end() ? "" : found->second;
}

const SecretBytes* secret_of(const DnsSecrets& secrets, std::string_view name) {
  const auto found = secrets.find(name);
  return found == secrets.end() || found->second.empty() ? nullptr : &found->second;
}

Result<std::optional<TsigKey>> key_of(const DnsAccount& account, const DnsSecrets& secrets) {
  const std::string name = setting(account, "tsig_key"), algorithm = setting(account, "tsig_algorithm");
  const SecretBytes* const secret = secret_of(secrets, "tsig_secret");
  const SecretBytes* const file = secret_of(secrets, "tsig");
  if (file != nullptr) {
    if (!name.empty() || secret != nullptr || !algorithm.empty())
      return invalid("tsig holds a whole key: leave tsig_key, tsig_algorithm and tsig_secret away");
    TRY(TsigKey key, parse_tsig_key_file(*file));
    return std::optional(std::move(key));
  }
  if (name.empty() && secret == nullptr) return std::optional<TsigKey>();
  if (name.empty()) return invalid("tsig_secret is given, but not the name of the key: set tsig_key");
  if (secret == nullptr) return invalid("tsig_key is given, but not its secret: set tsig_secret");
  TRY(TsigKey key, make_tsig_key(name, algorithm, *secret));
  return std::optional(std::move(key));
}

Result<std::uint32_t> ttl_of(const DnsAccount& account) {
  const std::string text = setting(account, "ttl");
  const auto number = parse_number(text.empty() ? "120" : text);
  if (!number || *number > kLongestTtl)
    return invalid("ttl is not a number of seconds up to " + std::to_string(kLongestTtl) + ": \"" +
                   printable(text, 40) + "\"");
  return static_cast<std::uint32_t>(*number);
}

bool may_go_better(const Error& error) {
  return error.id == "dns-update-servfail" || error.id == "dns-no-answer" || error.id == "dns-malformed";
}

// Longer each time, and never the same for two that failed together.
void pause_before(int next_try, Deadline deadline) {
  const auto longest = kFirstPause * (1 << next_try);
  const auto pause = longest / 2 + longest * random_bytes(1)[0] / 512;
  std::this_thread::sleep_for(std::min<milliseconds>(pause, deadline.left()));
}

}  // namespace

DnsProviderFacts rfc2136_facts() {
  DnsProviderFacts facts;
  facts.code = "rfc2136";
  facts.title = "DNS updates signed by TSIG (RFC 2136): BIND, Knot, PowerDNS and others";
  facts.kind = "built-in";
  facts.verified = "server";
  facts.rights = "A TSIG key that may change TXT records at the names _acme-challenge, and nothing else.";
  facts.documentation = "https://www.rfc-editor.org/rfc/rfc2136";
  facts.settings = {
      {"nameserver", "RFC2136_NAMESERVER", "The zone's primary server: HOST or HOST:PORT.", false, true},
      {"tsig_key", "RFC2136_TSIG_KEY", "The name of the TSIG key.", false, false},
      {"tsig_algorithm", "RFC2136_TSIG_ALGORITHM",
       "hmac-sha256 (if left away), hmac-sha384, hmac-sha512, or hmac-sha1 for old servers.", false, false},
      {"tsig_secret", "RFC2136_TSIG_SECRET", "The secret of the TSIG key, in base64.", true, false},
      {"tsig", "RFC2136_TSIG", "Instead of the three: the whole key as tsig-keygen writes it.", true, false},
      {"ttl", "RFC2136_TTL", "Seconds for which resolvers may keep the record; 120 if left away.", false,
       false}};
  return facts;
}

Result<std::unique_ptr<DnsProvider>> open_rfc2136(const DnsAccount& account, const DnsSecrets& secrets,
                                                  const Rfc2136Parts& parts, DnsTrace trace) {
  const std::string server = setting(account, "nameserver");
  if (server.empty()) return invalid("nameserver is missing: the zone's primary server, HOST or HOST:PORT");
  auto place = parse_host_and_port(server);
  if (!place) return std::move(place).error().within("nameserver");
  Rfc2136Provider::Settings settings;
  settings.server = std::move(*place);
  TRY(settings.key, key_of(account, secrets));
  TRY(settings.ttl, ttl_of(account));
  return std::make_unique<Rfc2136Provider>(std::move(settings), parts, std::move(trace));
}

Rfc2136Provider::Rfc2136Provider(Settings settings, const Rfc2136Parts& parts, DnsTrace trace)
    : settings_(std::move(settings)), clock_(*parts.clock), client_(parts.egress), trace_(std::move(trace)) {}

Result<std::string> Rfc2136Provider::add(const TxtRecord& record, Deadline deadline) {
  CHECK_OK(change(record, true, deadline));
  return std::string();
}

Status Rfc2136Provider::remove(const TxtRecord& record, std::string_view, Deadline deadline) {
  return change(record, false, deadline);
}

Status Rfc2136Provider::change(const TxtRecord& record, bool add, Deadline deadline) {
  const auto tell = [&](const std::string& outcome) {
    if (trace_)
      trace_({add ? "add" : "remove", record.name + " TXT \"" + printable(record.value) + "\": " + outcome});
  };
  TRY(const DnsName zone, zone_of(record, deadline));
  const TxtRecord placed{record.name, zone.text(), record.value};
  for (int i = 0;; ++i) {
    // An id of its own each time: a late reply to the one before is not taken for this one's.
    TRY(const DnsMessage update, txt_update(placed, zone, settings_.ttl, add));
    const Status done = send(placed, update, deadline);
    tell(done ? "done" : done.error().detail);
    if (done || !may_go_better(done.error()) || i + 1 == kTries || deadline.passed()) return done;
    pause_before(i, deadline);
  }
}

Status Rfc2136Provider::send(const TxtRecord& record, const DnsMessage& update, Deadline deadline) {
  TRY(const std::vector<DnsServer> all, find_host(settings_.server, deadline));
  Status last = unavailable(settings_.server.host + " has no address", "dns-no-answer");
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto share = deadline.left() / static_cast<int>(all.size() - i);
    last = send_to(all[i], record, update, deadline.earlier(share));
    // Another address of this server is tried only where this one is silent.
    if (last || last.error().code != Code::kUnavailable || !last.error().id.starts_with("dns-no-")) break;
  }
  return last;
}

Status Rfc2136Provider::send_to(const DnsServer& server, const TxtRecord& record, const DnsMessage& update,
                                Deadline deadline) {
  TRY(Bytes bytes, encode_dns(update));
  Bytes mac;
  if (settings_.key) {
    SignedDns sent = sign_dns(bytes, *settings_.key, clock_.now());
    bytes = std::move(sent.bytes);
    mac = std::move(sent.mac);
  }
  TRY(const Bytes answer, client_.exchange(server, bytes, deadline));
  const std::string who = name_of(server);
  const auto reply = decode_dns(answer);
  if (!reply || !reply->reply || reply->opcode != DnsOpcode::kUpdate)
    return unavailable(who + " answers with bytes that are no DNS message of ours", "dns-malformed");
  UpdateTalk talk{who};
  if (settings_.key) talk.key = settings_.key->name.text();
  // A refusal may come without a signature; that all went well may not.
  talk.signed_reply = reply->tsig.has_value();
  if (settings_.key && (talk.signed_reply || reply->rcode == DnsRcode::kNoError))
    CHECK_OK(check_tsig(*reply, answer, *settings_.key, mac, clock_.now(), who));
  return update_outcome(reply->rcode, record, talk);
}

Result<DnsName> Rfc2136Provider::zone_of(const TxtRecord& record, Deadline deadline) const {
  if (!record.zone.empty()) return DnsName::parse(record.zone);
  TRY(const DnsName name, DnsName::parse(record.name));
  TRY(const std::vector<DnsServer> all, find_host(settings_.server, deadline));
  TRY(const DnsMessage reply,
      client_.ask(all.front(), {name, DnsType::kSoa, DnsClass::kIn}, false, deadline));
  if (const auto apex = apex_in(reply, name)) return *apex;
  return invalid(
      name_of(all.front()) + " has no zone for " + name.text() + " (" + rcode_name(reply.rcode) + ")",
      "dns-no-zone");
}

std::string Rfc2136Provider::name_of(const DnsServer& server) const {
  return IpAddress::parse(settings_.server.host) ? server.text()
                                                 : settings_.server.host + " (" + server.text() + ")";
}

}  // namespace certstead
