#include "dns/dxl_fields.h"

#include <algorithm>

#include "base/text.h"
#include "dns/exchange.h"
#include "dns/url.h"

namespace certstead {
namespace {

bool is_setting_name(std::string_view name) {
  return equals_ignoring_case(name.substr(0, 4), "cfg_") && name.size() > 4;
}

formula::Value value_of(const DxlItem& item) {
  if (item.kind == DxlItem::Kind::kNumber) return formula::Value::numbers(item.numbers);
  return formula::Value::texts(item.texts);
}

// They are put into URLs and JSON by formulas that escape nothing.
Status check_record(const TxtRecord& record) {
  const auto is_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  };
  if (record.name.empty() || !std::ranges::all_of(record.name, is_name))
    return invalid("the name '" + printable(record.name) + "' can't be written by a DXL document",
                   "dxl-record");
  const auto is_value = [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; };
  if (!std::ranges::all_of(record.value, is_value))
    return invalid(
        "the value for '" + printable(record.name) + "' holds a character that a DXL document can't write",
        "dxl-record");
  return Done{};
}

}  // namespace

DxlFields::~DxlFields() {
  for (Field& field : fields_)
    if (field.secret)
      for (std::string& text : field.value.texts())
        wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
}

void DxlFields::put(Field field, bool replace) {
  const auto old = std::ranges::find_if(
      fields_, [&](const Field& one) { return equals_ignoring_case(one.name, field.name); });
  if (old == fields_.end())
    fields_.push_back(std::move(field));
  else if (replace)
    *old = std::move(field);
}

void DxlFields::note_place(const std::string& text) {
  if (const Result<Url> url = parse_url(text))
    origins_.push_back(url->origin());
  else if (const std::string host = lower_ascii(text);
           !host.starts_with("*.") && is_allowed_host_pattern(host))
    hosts_.push_back(host);
}

Result<DxlFields> DxlFields::make(const DxlDefinition& definition, const DnsAccount& account,
                                  const DnsSecrets& secrets) {
  DxlFields out;
  for (const DomainName& domain : account.domains) out.domains_.push_back(domain.ascii());
  for (const auto& [name, item] : definition.config.settings) {
    formula::Value value = value_of(item);
    if (item.kind == DxlItem::Kind::kUnreadable || value.is_empty()) continue;
    out.put({name, std::move(value), item.sealed}, false);
  }
  const auto refuse = [&](const std::string& name) {
    return invalid("the setting '" + printable(name, 60) +
                       "' is no item of a provider account: their names begin with cfg_",
                   "dns-setting");
  };
  for (const auto& [name, text] : account.settings) {
    if (!is_setting_name(name)) return refuse(name);
    if (text.empty()) continue;
    out.note_place(text);
    out.put({name, formula::Value(text), false}, equals_ignoring_case(name, "cfg_URL"));
  }
  for (const auto& [name, secret] : secrets) {
    if (!is_setting_name(name)) return refuse(name);
    if (!secret.empty()) out.put({name, formula::Value(view_text(secret.reveal())), true}, false);
  }
  return out;
}

std::string DxlFields::registered_domain(const TxtRecord& record) const {
  std::string longest;
  for (const std::string& domain : domains_)
    if ((record.name == domain || record.name.ends_with("." + domain)) && domain.size() > longest.size())
      longest = domain;
  return longest.empty() ? record.zone : longest;
}

Status DxlFields::fill(const TxtRecord& record, Scratch& scratch) const {
  CHECK_OK(check_record(record));
  for (const Field& field : fields_) {
    if (field.secret)
      for (const std::string& text : field.value.texts()) scratch.hide(text);
    CHECK_OK(scratch.set(field.name, field.value));
  }
  CHECK_OK(scratch.set("param_DnsTxtName", formula::Value(record.name)));
  CHECK_OK(scratch.set("param_DnsTxtValue", formula::Value(record.value)));
  return scratch.set("param_RegisteredDomain", formula::Value(registered_domain(record)));
}

std::vector<std::string> DxlFields::changed_names(Scratch& scratch) const {
  std::vector<std::string> out;
  scratch.scope().each([&](const std::string& name, const formula::Value& value) {
    const bool same = std::ranges::any_of(fields_, [&](const Field& field) {
      return equals_ignoring_case(field.name, name) && field.value == value;
    });
    const bool given = equals_ignoring_case(name, "param_DnsTxtName") ||
                       equals_ignoring_case(name, "param_DnsTxtValue") ||
                       equals_ignoring_case(name, "param_RegisteredDomain");
    if (!same && !given) out.push_back(name);
  });
  return out;
}

}  // namespace certstead
