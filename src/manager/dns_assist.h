// What a person has to set in the DNS so that names are proved, and whether it is set.
#pragma once

#include "manager/context.h"
#include "manager/dns_records.h"

namespace certstead {

// One record to set, in the form of a zone file.
struct DnsAdvice {
  enum class State { kSet, kMissing, kDiffers, kUnknown };
  std::string type, name, value;  // "CNAME", "_acme-challenge.www.example.com", "www.example.com.acme.net."
  std::string why;                // one sentence
  State state = State::kUnknown;
  std::string detail;                     // what is found instead, or why it is not known
  std::vector<DnsServerRecords> servers;  // what each authoritative server holds
};
std::string_view advice_state_name(DnsAdvice::State state);  // "set", "missing", "differs", "unknown"

struct DnsAssistReport {
  std::string name, issuer, challenge;
  std::string dns_account;  // "" if none answers for the name
  std::vector<DnsAdvice> advice;
  std::vector<std::string> notes;
};

struct DnsAssistInput {
  std::string name;         // a host name, or "*." before one
  std::string issuer;       // "": the default one
  std::string account;      // at the CA; "": "default"
  std::string dns_account;  // where the name is to lead; "": the one that fits
};

class DnsAssist {
 public:
  DnsAssist(const Context& context, DnsRecords& records) : context_(context), names_(records.names()) {}

  // The CNAME where the name has to be led into a zone of a DNS account, the CAA record that lets this
  // account of this CA issue and nobody else (RFC 8657), the standing TXT record for dns-persist-01. Each is
  // looked for on all authoritative servers. Errors: kInvalid for a name, kNotFound for what is named.
  Result<DnsAssistReport> assist(const DnsAssistInput& input);

 private:
  struct Case;
  Result<Case> open(const DnsAssistInput& input);
  void advise_cname(const Case& about, DnsAssistReport& report);
  void advise_caa(const Case& about, DnsAssistReport& report);
  void advise_standing(const Case& about, DnsAssistReport& report);
  // The zone in which records of this very name stand, whatever the name is an alias of.
  std::string zone_of(std::string_view name);
  void read(DnsAdvice& advice, const std::string& name, DnsRecordType type);

  const Context context_;
  DnsNames& names_;
};

}  // namespace certstead
