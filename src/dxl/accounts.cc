#include "dxl/accounts.h"

#include <algorithm>

#include "base/text.h"

namespace certstead {
namespace {

Status has_form(const DxlDocument& document, std::string_view form) {
  if (equals_ignoring_case(document.form, form)) return Done{};
  return invalid("the document has the form '" + printable(document.form, 60) + "', not " +
                 std::string(form));
}

struct AcmeItem {
  std::string_view item;
  std::string DxlAcmeAccount::*member;
};

constexpr AcmeItem kAcmeTexts[] = {
    {"AccountName", &DxlAcmeAccount::name},
    {"AcmeDirectoryURL", &DxlAcmeAccount::directory_url},
    {"AcmeEmailAddress", &DxlAcmeAccount::email},
    {"AcmeWebsite", &DxlAcmeAccount::website},
    {"AcmeTermsOfService", &DxlAcmeAccount::terms_of_service},
    {"AcmeKid", &DxlAcmeAccount::kid},
    {"AcmeEabKid", &DxlAcmeAccount::eab_kid},
    {"AcmeAlternateChainSuffix", &DxlAcmeAccount::alternate_chain_suffix},
    {"ReqKeyAlg", &DxlAcmeAccount::key_algorithm},
    {"ReqKeyCurve", &DxlAcmeAccount::key_curve},
    {"ReqKeySize", &DxlAcmeAccount::key_size},
    {"ReqKeyRollover", &DxlAcmeAccount::key_rollover},
    {"Status", &DxlAcmeAccount::status},
    {"ErrorText", &DxlAcmeAccount::error_text},
};

void read_setting(const DxlDocument& document, const DxlItem& item, DxlProviderAccount& out) {
  if (!equals_ignoring_case(std::string_view(item.name).substr(0, 4), "cfg_")) return;
  if (item.kind == DxlItem::Kind::kUnreadable) {
    out.unreadable.push_back(item.name);
  } else if (const std::string text = document.text(item.name); !text.empty()) {
    out.settings.emplace(item.name, text);
  }
}

}  // namespace

Result<DxlProviderAccount> DxlProviderAccount::from(const DxlDocument& document) {
  CHECK_OK(has_form(document, kForm));
  DxlProviderAccount out;
  out.enabled = document.text("Status") == "1";
  out.account_name = document.text("AccountName");
  out.config_name = document.text("DnsProviderConfigName");
  if (const DxlItem* domains = document.find("RegisteredDomain"); domains != nullptr)
    std::ranges::copy_if(domains->texts, std::back_inserter(out.domains),
                         [](const std::string& domain) { return !domain.empty(); });
  for (const DxlItem& item : document.items) read_setting(document, item, out);
  std::ranges::sort(out.unreadable);
  if (out.domains.empty()) return invalid("the provider account names no RegisteredDomain");
  if (out.config_name.empty()) return invalid("the provider account names no DnsProviderConfigName");
  return out;
}

DxlDocument DxlProviderAccount::to_document() const {
  DxlDocument out;
  out.form = kForm;
  out.add_text("Status", enabled ? "1" : "");
  out.add_text("AccountName", account_name);
  out.add_text("DnsProviderConfigName", config_name);
  out.items.push_back({"RegisteredDomain", DxlItem::Kind::kText, domains, {}, false});
  for (const auto& [name, text] : settings) out.add_text(name, text);
  for (const std::string& name : unreadable)
    out.items.push_back({name, DxlItem::Kind::kUnreadable, {}, {}, true});
  return out;
}

Result<DxlAcmeAccount> DxlAcmeAccount::from(const DxlDocument& document) {
  CHECK_OK(has_form(document, kForm));
  DxlAcmeAccount out;
  for (const AcmeItem& text : kAcmeTexts) out.*text.member = document.text(text.item);
  out.agrees_to_terms = document.text("AcmeAgreeToServiceTerms") == "1";
  out.has_eab_key = !document.text("AcmeEabHmac").empty();
  if (out.name.empty()) return invalid("the ACME account has no AccountName");
  if (out.directory_url.empty()) return invalid("the ACME account has no AcmeDirectoryURL");
  return out;
}

DxlDocument DxlAcmeAccount::to_document() const {
  DxlDocument out;
  out.form = kForm;
  for (const AcmeItem& text : kAcmeTexts) out.add_text(std::string(text.item), this->*text.member);
  out.add_text("AcmeAgreeToServiceTerms", agrees_to_terms ? "1" : "");
  out.items.push_back({"AcmeEabHmac", DxlItem::Kind::kUnreadable, {}, {}, true});
  return out;
}

Result<DxlAcmeChallenge> DxlAcmeChallenge::from(const DxlDocument& document) {
  CHECK_OK(has_form(document, kForm));
  DxlAcmeChallenge out{document.text("ChallengeName"), document.text("ChallengeContent")};
  if (!out.path.starts_with("/.well-known/acme-challenge/"))
    return invalid("the challenge's name '" + printable(out.path, 80) +
                   "' does not begin with /.well-known/acme-challenge/");
  return out;
}

DxlDocument DxlAcmeChallenge::to_document() const {
  DxlDocument out;
  out.form = kForm;
  out.add_text("ChallengeName", path);
  out.add_text("ChallengeContent", content);
  return out;
}

}  // namespace certstead
