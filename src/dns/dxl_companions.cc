#include "dns/dxl_companions.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dns/dxl_definition.h"
#include "dxl/accounts.h"
#include "dxl/dxl.h"

namespace certstead {
namespace {

constexpr std::size_t kMostNotes = 50;
constexpr std::size_t kLongestName = 64;

// One word of a shell, whatever stands in it.
std::string word(const std::string& text) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._:/@=+-").find(c) != std::string_view::npos;
  };
  if (!text.empty() && std::ranges::all_of(text, is_plain)) return text;
  std::string out = "'";
  for (const char c : printable(text, 500)) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// A name that accounts and issuers may have: "O'Hara's" becomes "O-Hara-s".
std::string usable_name(std::string_view text) {
  std::string out;
  for (const char c : trim(text)) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '.' || c == '_';
    if (fits || (!out.empty() && out.back() != '-')) out += fits ? c : '-';
  }
  return out.substr(0, kLongestName);
}

// Puts a setting where the definition's own name for it says that it belongs; what the definition does not
// know is of no use.
void take_setting(const DxlDefinition& definition, const std::string& item, const std::string& text,
                  DnsAccountDraft& out) {
  const auto& known = definition.facts.settings;
  const auto found = std::ranges::find_if(
      known, [&](const DnsSettingFacts& facts) { return equals_ignoring_case(facts.name, item); });
  if (found == known.end()) return;
  if (found->secret)
    out.secrets[found->name] = SecretBytes(view_bytes(text));
  else
    out.settings[found->name] = text;
}

std::string command_of(const DnsAccountDraft& draft, const std::string& provider) {
  std::string out = "certstead dns add " + word(draft.name) + " --provider " + word(provider);
  for (const std::string& domain : draft.domains) out += " -d " + word(domain);
  for (const auto& [name, text] : draft.settings) out += " --set " + word(name + "=" + text);
  std::vector<std::string> secrets = draft.unreadable;
  for (const auto& [name, value] : draft.secrets) secrets.push_back(name);
  std::ranges::sort(secrets);
  for (const std::string& name : secrets) out += " --secret " + word(name) + "=@FILE";
  return out;
}

// A provider that accounts in the file may be at.
struct Provider {
  std::string code;
  DxlDefinition definition;
};

DnsAccountDraft draft_of(const DxlProviderAccount& account, const Provider& provider) {
  const DxlDefinition& definition = provider.definition;
  DnsAccountDraft out;
  out.provider = provider.code;
  out.name = usable_name(account.account_name);
  if (out.name.empty()) out.name = usable_name(account.domains.front());
  out.domains = account.domains;
  out.enabled = account.enabled;
  for (const auto& [item, text] : account.settings) take_setting(definition, item, text, out);
  std::ranges::copy_if(account.unreadable, std::back_inserter(out.unreadable),
                       [&](const std::string& item) { return definition.names.contains(lower_ascii(item)); });
  out.command = command_of(out, provider.code);
  return out;
}

AcmeAccountDraft draft_of(const DxlAcmeAccount& account, const DxlDocument& document) {
  AcmeAccountDraft out;
  out.name = lower_ascii(usable_name(account.name));
  out.directory_url = account.directory_url;
  out.email = account.email;
  out.agrees_to_terms = account.agrees_to_terms;
  out.terms_of_service = account.terms_of_service;
  out.eab_kid = account.eab_kid;
  if (account.has_eab_key) out.eab_hmac = SecretBytes(view_bytes(document.text("AcmeEabHmac")));
  out.command = "certstead issuer add " + word(out.name) + " --directory " + word(out.directory_url) +
                ", then certstead account add " + word(out.name) +
                (out.email.empty() ? "" : " --email " + word(out.email)) +
                (out.eab_kid.empty() ? "" : " --eab-kid " + word(out.eab_kid) + " --eab-hmac-file FILE") +
                " --agree-tos";
  return out;
}

// The one in the file comes before those that were imported earlier, of which it may be a newer version. One
// that can't be read any more is passed over.
Result<std::vector<Provider>> providers_of(const DnsDefinition& definition, bool has_configuration,
                                           std::span<const DnsDefinition> known) {
  std::vector<Provider> out;
  if (has_configuration) {
    TRY(DxlDefinition parsed, parse_dxl_definition(definition.text, definition.name));
    const std::string code = definition.name.empty() ? parsed.config.name : definition.name;
    out.push_back({code, std::move(parsed)});
  }
  for (const DnsDefinition& one : known) {
    if (one.kind != "dxl") continue;
    if (auto parsed = parse_dxl_definition(one.text, one.name)) out.push_back({one.name, std::move(*parsed)});
  }
  return out;
}

void take_provider_account(const DxlProviderAccount& account, const std::vector<Provider>& providers,
                           DnsCompanions& out) {
  const auto found = std::ranges::find_if(providers, [&](const Provider& provider) {
    return equals_ignoring_case(account.config_name, provider.definition.config.name);
  });
  if (found != providers.end()) {
    out.accounts.push_back(draft_of(account, *found));
  } else if (out.notes.size() < kMostNotes) {
    out.notes.push_back("an account at the provider " + printable(account.config_name, 60) +
                        " is in the file: import the configuration of that provider, then this file again");
  }
}

void take_document(const DxlDocument& document, const std::vector<Provider>& providers, DnsCompanions& out) {
  if (const auto account = DxlProviderAccount::from(document)) {
    take_provider_account(*account, providers, out);
  } else if (const auto acme = DxlAcmeAccount::from(document)) {
    out.acme.push_back(draft_of(*acme, document));
  } else if (const auto challenge = DxlAcmeChallenge::from(document);
             challenge && out.notes.size() < kMostNotes) {
    out.notes.push_back("a challenge at " + printable(challenge->path, 200) +
                        " is in the file and of no use here");
  }
}

bool is_configuration(const DxlDocument& document) {
  return equals_ignoring_case(document.form, DxlProviderConfig::kForm);
}

bool is_account(const DxlDocument& document) {
  return equals_ignoring_case(document.form, DxlProviderAccount::kForm) ||
         equals_ignoring_case(document.form, DxlAcmeAccount::kForm);
}

}  // namespace

bool is_secret_dxl_name(std::string_view name) {
  const std::string lower = lower_ascii(name);
  return std::ranges::any_of(std::array{"password", "auth", "key", "token", "secret"},
                             [&](const char* part) { return lower.find(part) != std::string::npos; });
}

Result<DnsCompanions> dxl_companions(const DnsDefinition& definition, std::span<const DnsDefinition> known) {
  TRY(std::vector<DxlDocument> documents, parse_dxl(definition.text));
  DnsCompanions out;
  out.has_definition = std::ranges::any_of(documents, is_configuration);
  TRY(const std::vector<Provider> providers, providers_of(definition, out.has_definition, known));
  for (const DxlDocument& document : documents) take_document(document, providers, out);
  // What is not even an account is refused with the words for a configuration.
  if (!out.has_definition && out.accounts.empty() && out.acme.empty() && out.notes.empty())
    CHECK_OK(parse_dxl_definition(definition.text, definition.name));
  out.text = definition.text;
  if (std::ranges::none_of(documents, is_account)) return out;
  std::erase_if(documents, [](const DxlDocument& one) { return !is_configuration(one); });
  out.text = write_dxl(documents);
  return out;
}

}  // namespace certstead
