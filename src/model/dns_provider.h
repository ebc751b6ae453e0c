// Ports: who can change the TXT records of a zone, and what the DNS itself says of them (dns-01, RFC 8555
// section 8.4).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "model/dns_account.h"

namespace certstead {

struct TxtRecord {
  // "_acme-challenge.www.example.com": lower case, no trailing dot, after CNAME and DNAME were followed.
  std::string name;
  std::string zone;   // apex of the zone in which it stands; "" where nobody could say
  std::string value;  // printable ASCII, at most 255 characters
};

// One account at one provider, opened for use. Calls for different records may run at the same time; safe
// from any thread.
class DnsProvider {
 public:
  virtual ~DnsProvider() = default;
  // Puts `record` beside whatever values stand at its name; done also if this value stands there already.
  // Returns what `remove` needs to know of it, also after a restart: a text of at most 64 KiB without
  // secrets,
  // "" for nothing. Errors: kDenied (credentials, rights), kInvalid (this record can't be written here),
  // kLimited with retry_after, kUnavailable; each names the step, the URL or server without secrets, the
  // status, and what the provider said. Blocks until `deadline` at most.
  virtual Result<std::string> add(const TxtRecord& record, Deadline deadline) = 0;
  // Takes exactly this value away; others at the name stay. Done also if it is not there any more. `kept` is
  // what `add` returned; "" if `add` was cut off before it could: whatever can be done without it is done.
  virtual Status remove(const TxtRecord& record, std::string_view kept, Deadline deadline) = 0;
};

// One line of a trace: an exchange with a provider. Secrets are redacted before it is made.
struct DnsTraceLine {
  std::string step;  // "add", "lookup", ...
  std::string text;
};
using DnsTrace = std::function<void(const DnsTraceLine&)>;

// Secret settings by name, opened.
using DnsSecrets = std::map<std::string, SecretBytes, std::less<>>;

// One setting that a provider's accounts have.
struct DnsSettingFacts {
  std::string name;         // "api_token", "cfg_AuthToken"
  std::string environment;  // lego's name for it: "CF_DNS_API_TOKEN"; "" if there is none
  std::string about;        // one sentence
  bool secret = false;
  bool required = false;
};

struct DnsProviderFacts {
  std::string code;           // "cloudflare": lego's code where lego has one
  std::string title;          // "Cloudflare"
  std::string kind;           // "recipe", "dxl", "built-in"
  std::string verified;       // "server", "documented", "unverified"
  std::string rights;         // the least rights that the credentials need, one sentence
  std::string documentation;  // URL
  std::string help;           // longer text of the definition, "" for none
  std::vector<DnsSettingFacts> settings;
};

struct DnsCompanions;  // model/dns_companions.h

// Port: makes providers. Recipes that are built in are known by code; definitions are the administrator's
// own.
class DnsProviders {
 public:
  virtual ~DnsProviders() = default;
  virtual std::vector<DnsProviderFacts> built_in() const = 0;
  // What `definition` (a recipe in TOML, a provider configuration in DXL) is. kInvalid with line and cause.
  virtual Result<DnsProviderFacts> describe(const DnsDefinition& definition) const = 0;
  // What else is in the text of `definition`, which may even be all that is there: nothing but that text
  // where its kind holds nothing else. Accounts there may be at the providers of `known` definitions too.
  // kInvalid as `describe`.
  virtual Result<DnsCompanions> companions(const DnsDefinition& definition,
                                           std::span<const DnsDefinition> known) const = 0;
  // Opens `account`. `definition` is null for a provider that is built in. `trace` may be empty. kNotFound:
  // there is no such provider; kInvalid: a setting is missing or wrong, naming it; kDenied with id
  // "command-not-approved" if it would run a command that nobody has approved. No I/O.
  virtual Result<std::unique_ptr<DnsProvider>> open(const DnsAccount& account, const DnsSecrets& secrets,
                                                    const DnsDefinition* definition,
                                                    DnsTrace trace) const = 0;
};

// Where a TXT record that is asked for at one name has to be written.
struct DnsPlace {
  std::string name;                  // after CNAME and DNAME
  std::string zone;                  // its apex
  std::vector<std::string> aliases;  // those passed on the way, the first one included; none without an alias
};

// What one authoritative server said.
struct DnsServerView {
  std::string server;   // "ns1.example.net 192.0.2.53"
  bool shows = false;   // the value stands there
  std::string problem;  // why it is not known, "" if the server answered
};

struct DnsPropagation {
  bool everywhere = false;  // every server that counts shows the value
  std::vector<DnsServerView> servers;
};

// What one authoritative server holds at a name, and nothing that an alias leads to.
struct DnsServerRecords {
  std::string server;  // "ns1.example.net 192.0.2.53"
  // TXT: the text, strings joined. CAA: `0 issue "ca.example"`. CNAME: the target, lower case, no trailing
  // dot.
  std::vector<std::string> values;
  std::string problem;  // why they are not known, "" if the server answered (there may be none)
};
enum class DnsRecordType { kTxt, kCaa, kCname };

// Port: the DNS as it is asked, never as a provider tells it.
class DnsNames {
 public:
  virtual ~DnsNames() = default;
  // Follows CNAME and DNAME from `name` (8 at most; none that only a wildcard makes) and finds the zone by
  // its SOA. kInvalid for a loop; kNotFound if there is no such zone; kUnavailable if nobody answers.
  virtual Result<DnsPlace> locate(std::string_view name, Deadline deadline) = 0;
  // Asks, by `mode`, all authoritative servers of record.zone or the resolver, once, for record.value at
  // record.name. kAuthoritative never asks a cache. kUnavailable if it is not even known whom to ask.
  virtual Result<DnsPropagation> look(const TxtRecord& record, DnsPropagationMode mode,
                                      Deadline deadline) = 0;
  // Asks, by `mode`, all authoritative servers of `zone` or the resolver (kDelay too), once, for the records
  // of `type` at `name`. kUnavailable if it is not even known whom to ask.
  virtual Result<std::vector<DnsServerRecords>> read(std::string_view name, std::string_view zone,
                                                     DnsRecordType type, DnsPropagationMode mode,
                                                     Deadline deadline) = 0;
};

}  // namespace certstead
