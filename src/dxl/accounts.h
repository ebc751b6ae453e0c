// The smaller documents: accounts at DNS providers and CAs, and challenges that are published.
#pragma once

#include <map>
#include <optional>

#include "base/result.h"
#include "dxl/document.h"

namespace certstead {

// Form DnsProvider: an account at a provider, for one registered domain or several.
struct DxlProviderAccount {
  static constexpr std::string_view kForm = "DnsProvider";

  bool enabled = true;
  std::vector<std::string> domains;
  std::string account_name;
  std::string config_name;                      // DxlProviderConfig::name
  std::map<std::string, std::string> settings;  // cfg_*, without empty ones
  std::vector<std::string> unreadable;          // cfg_* that are sealed: their values have to be given anew

  static Result<DxlProviderAccount> from(const DxlDocument& document);
  // The sealed ones stay empty: no secret is written.
  DxlDocument to_document() const;
  bool operator==(const DxlProviderAccount&) const = default;
};

// Form AcmeAccount. Its key can't be exported from the source system.
struct DxlAcmeAccount {
  static constexpr std::string_view kForm = "AcmeAccount";

  std::string name, directory_url, email, website, terms_of_service;
  std::string kid, eab_kid;
  bool has_eab_key = false;  // AcmeEabHmac could be read; it is not kept here
  bool agrees_to_terms = false;
  std::string alternate_chain_suffix;
  std::string key_algorithm, key_curve, key_size, key_rollover;
  std::string status, error_text;

  static Result<DxlAcmeAccount> from(const DxlDocument& document);
  DxlDocument to_document() const;
  bool operator==(const DxlAcmeAccount&) const = default;
};

// Form AcmeChallenge: what a web server answers at a path.
struct DxlAcmeChallenge {
  static constexpr std::string_view kForm = "AcmeChallenge";

  std::string path;     // "/.well-known/acme-challenge/TOKEN"
  std::string content;  // the key authorization

  static Result<DxlAcmeChallenge> from(const DxlDocument& document);
  DxlDocument to_document() const;
  bool operator==(const DxlAcmeChallenge&) const = default;
};

}  // namespace certstead
