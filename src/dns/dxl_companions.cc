#include "dns/dxl_companions.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dxl/accounts.h"

namespace certstead {
namespace {

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

std::string account_line(const DxlProviderAccount& account, const DxlProviderConfig& config,
                         const std::set<std::string>& names) {
  std::string command = "certstead dns add " +
                        word(account.account_name.empty() ? "main" : account.account_name) + " --provider " +
                        word(config.name);
  for (const std::string& domain : account.domains) command += " -d " + word(domain);
  std::set<std::string> secrets(account.unreadable.begin(), account.unreadable.end());
  for (const auto& [name, text] : account.settings) {
    if (is_secret_dxl_name(name))
      secrets.insert(name);
    else
      command += " --set " + word(name + "=" + text);
  }
  for (const std::string& name : secrets)
    if (names.contains(lower_ascii(name))) command += " --secret " + word(name) + "=@FILE";
  return "- a provider account" + std::string(account.enabled ? "" : ", not enabled") + ": " + command + "\n";
}

std::string acme_line(const DxlAcmeAccount& account) {
  return "- the ACME account " + printable(account.name, 60) +
         " (its key stays in Domino): certstead issuer add " + word(account.name) + " --directory " +
         word(account.directory_url) + ", then certstead account add " + word(account.name) +
         (account.email.empty() ? "" : " --email " + word(account.email)) +
         (account.eab_kid.empty() ? "" : " --eab-kid " + word(account.eab_kid) + " --eab-hmac-file FILE") +
         "\n";
}

std::string line_of(const DxlDocument& document, const DxlProviderConfig& config,
                    const std::set<std::string>& names) {
  if (const auto account = DxlProviderAccount::from(document))
    return equals_ignoring_case(account->config_name, config.name) ? account_line(*account, config, names)
                                                                   : "";
  if (const auto account = DxlAcmeAccount::from(document)) return acme_line(*account);
  if (const auto challenge = DxlAcmeChallenge::from(document))
    return "- a challenge at " + printable(challenge->path, 200) + ", which is of no use here\n";
  return "";
}

}  // namespace

bool is_secret_dxl_name(std::string_view name) {
  const std::string lower = lower_ascii(name);
  return std::ranges::any_of(std::array{"password", "auth", "key", "token", "secret"},
                             [&](const char* part) { return lower.find(part) != std::string::npos; });
}

std::string companions_for_people(const std::vector<DxlDocument>& documents, const DxlProviderConfig& config,
                                  const std::set<std::string>& names) {
  constexpr std::size_t kMostShown = 50;
  std::string out;
  std::size_t shown = 0;
  for (const DxlDocument& document : documents) {
    const std::string line = line_of(document, config, names);
    if (line.empty() || ++shown > kMostShown) continue;
    out += line;
  }
  if (out.empty()) return "";
  if (shown > kMostShown) out += "- and " + std::to_string(shown - kMostShown) + " more\n";
  return "\n\nAlso in the file:\n" + out;
}

}  // namespace certstead
