// What stands beside a provider's definition in the file that it came in: accounts at the provider and at
// CAs.
#pragma once

#include <string>
#include <vector>

#include "model/dns_provider.h"

namespace certstead {

// An account at the provider that the definition describes, or at one that was imported before.
struct DnsAccountDraft {
  std::string name;
  std::vector<std::string> domains;
  std::map<std::string, std::string> settings;  // by the definition's names
  DnsSecrets secrets;                           // those that can be read
  std::vector<std::string> unreadable;          // secrets that it needs and that are sealed for somebody else
  bool enabled = true;
  std::string command;        // what a person types for it; names files in the place of secrets
  std::string provider = "";  // the definition that it belongs to; "" for the one in the file
};

// An account at a CA. Its key is not in the file, so that it is registered anew.
struct AcmeAccountDraft {
  std::string name, directory_url, email;
  bool agrees_to_terms = false;
  std::string terms_of_service;  // the page that was agreed to; "" if the file does not say
  std::string eab_kid;
  SecretBytes eab_hmac;  // empty where it can't be read
  std::string command;   // as above
};

struct DnsCompanions {
  bool has_definition = true;  // otherwise there are accounts alone, or less
  std::string text;            // the definition without them: no secret is left in it
  std::vector<DnsAccountDraft> accounts;
  std::vector<AcmeAccountDraft> acme;
  std::vector<std::string> notes;  // what else is there, a sentence each
};

}  // namespace certstead
