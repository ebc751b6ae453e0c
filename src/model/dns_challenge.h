// Proving a name over DNS: dns-01 (RFC 8555 section 8.4), dns-account-01 (draft-ietf-acme-dns-account-label),
// dns-persist-01 (draft-ietf-acme-dns-persist). Pure.
#pragma once

#include "model/dns_provider.h"
#include "model/order.h"

namespace certstead {

inline constexpr std::string_view kHttp01 = "http-01";
inline constexpr std::string_view kDns01 = "dns-01";
inline constexpr std::string_view kDnsAccount01 = "dns-account-01";
inline constexpr std::string_view kDnsPersist01 = "dns-persist-01";

// True for the three of them.
bool is_dns_challenge(std::string_view type);
// "_acme-challenge.example.com": where dns-01 looks for `name`; a wildcard is looked for at the name below
// its star.
std::string dns01_name(const HostPattern& name);
// "_validation-persist.example.com"
std::string persist_name(const HostPattern& name);

// Where the names that a CA may look at lead; an error where that could not be found out.
struct DnsPlaces {
  Result<DnsPlace> plain;  // dns01_name
  // The same behind the label of our account at the CA, where dns-account-01 looks; nothing while there is no
  // such account, or no DNS account that proves names so.
  std::optional<Result<DnsPlace>> labelled = std::nullopt;
};

// Whether a DNS account that is in use proves names by dns-account-01. Pure.
bool any_proves_by_account_label(const std::vector<DnsAccount>& accounts);

// How `name` is proved. `accounts`: all of them. DNS is chosen where an enabled account answers for the place
// at which its kind of challenge is looked for, else http-01; that of the plain name comes first. Errors:
// kInvalid ("wildcard-no-dns-account") for a wildcard for which no account answers, naming the way out; the
// error of a place if an account answers for the name and it has to be known.
Result<ChallengePlan> plan_challenge(const HostPattern& name, const std::vector<DnsAccount>& accounts,
                                     const DnsPlaces& places);
// The plan for an authorization of the order; http-01 if there is none (orders of earlier releases).
ChallengePlan plan_of(const Order& order, std::string_view identifier, bool wildcard);

// The parts of a standing record of dns-persist-01: "ca.example; accounturi=https://...; policy=wildcard".
struct PersistRecord {
  std::string issuer, account_uri;
  bool wildcard = false;         // "policy=wildcard"
  std::optional<Instant> until;  // "persistUntil=", seconds since 1970
};
std::string persist_text(const PersistRecord& record);
// Unknown parameters count for nothing. kInvalid for what is no such record.
Result<PersistRecord> parse_persist(std::string_view text);
// What is wrong with `text` as the standing record for `challenge` at `now`; "" if nothing is.
std::string persist_problem(std::string_view text, const ChosenChallenge& challenge, Instant now);

}  // namespace certstead
