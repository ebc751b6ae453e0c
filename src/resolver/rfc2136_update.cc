#include "resolver/rfc2136_update.h"

#include <algorithm>

#include "crypto/random.h"

namespace certstead {

Result<DnsMessage> txt_update(const TxtRecord& record, const DnsName& zone, std::uint32_t ttl, bool add) {
  TRY(const DnsName name, DnsName::parse(record.name));
  if (!name.is_within(zone)) return invalid(name.text() + " does not stand in the zone " + zone.text());
  const bool is_text = std::ranges::all_of(record.value, [](char c) { return c >= 0x20 && c < 0x7f; });
  if (record.value.empty() || record.value.size() > 255 || !is_text)
    return invalid("the TXT value for " + name.text() + " is not of 1 to 255 printable characters");
  DnsMessage update;
  const Bytes chance = random_bytes(2);
  update.id = static_cast<std::uint16_t>(chance[0] << 8 | chance[1]);
  update.opcode = DnsOpcode::kUpdate;
  update.questions.push_back({zone, DnsType::kSoa, DnsClass::kIn});
  update.authority.push_back(
      {name, DnsType::kTxt, add ? DnsClass::kIn : DnsClass::kNone, add ? ttl : 0U, make_txt(record.value)});
  return update;
}

namespace {

Error refused(const TxtRecord& record, const std::string& zone, const UpdateTalk& talk) {
  std::string way_out = "give a TSIG key that it accepts, or have it allow this host";
  const std::string policy = "its policy has to grant the key " + talk.key + " the TXT records at this name";
  if (!talk.key.empty() && talk.signed_reply) way_out = policy + ", and it has to be a primary of " + zone;
  // PowerDNS says no more than this to a key that it does not take.
  if (!talk.key.empty() && !talk.signed_reply)
    way_out =
        "it does not say why. Either " + policy +
        ", or the name, the secret or the algorithm of the key is not what it has, or the clocks differ";
  return denied(talk.server + " refuses to change " + record.name + " (REFUSED): " + way_out,
                "dns-update-refused");
}

}  // namespace

Status update_outcome(DnsRcode rcode, const TxtRecord& record, const UpdateTalk& talk) {
  const std::string& who = talk.server;
  const std::string zone = record.zone.empty() ? "the zone of " + record.name : "the zone " + record.zone;
  switch (rcode) {
    case DnsRcode::kNoError:
      return Done{};
    case DnsRcode::kRefused:
      return refused(record, zone, talk);
    case DnsRcode::kNotAuth:
      return invalid(who + " is not the primary of " + zone +
                         " (NOTAUTH): name the server where the zone is kept as nameserver",
                     "dns-update-notauth");
    case DnsRcode::kNotZone:
      return invalid(
          who + " does not have " + record.name + " in " + zone + " (NOTZONE): is a part of it delegated?",
          "dns-update-notzone");
    case DnsRcode::kNotImp:
      return invalid(who + " takes no DNS updates (NOTIMP): enable them there, or use another provider",
                     "dns-update-notimp");
    case DnsRcode::kServFail:
      return unavailable(who + " failed at changing " + record.name +
                             " (SERVFAIL): its log says why; can it write the zone's files?",
                         "dns-update-servfail");
    default:
      break;
  }
  return invalid(who + " answers " + rcode_name(rcode) + " to the change of " + record.name,
                 "dns-update-failed");
}

}  // namespace certstead
