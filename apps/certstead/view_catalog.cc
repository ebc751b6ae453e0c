#include "view_catalog.h"

#include <algorithm>

#include "base/address.h"
#include "base/encoding.h"
#include "base/text.h"
#include "crypto/certificate.h"
#include "tlscache/lookup_log.h"

namespace certstead {
namespace {

// The groups that every client offers.
constexpr std::uint16_t kSecp256r1 = 23;
constexpr std::uint16_t kSecp384r1 = 24;
constexpr std::uint16_t kX25519 = 29;

class ViewIndex final : public CredentialIndex {
 public:
  explicit ViewIndex(const ViewReader& view) : view_(view) {}
  Result<NameMatch> find(const DomainName& host) const override { return view_.find(host); }
  Result<std::vector<CredentialRef>> find_pattern(const HostPattern& pattern) const override {
    return view_.find_pattern(pattern);
  }
  Result<std::vector<CredentialRef>> find_tag(std::string_view tag) const override {
    return view_.find_tag(tag);
  }

 private:
  const ViewReader& view_;
};

ClientHello hello_for(const ViewQuestion& question) {
  ClientHello hello;
  if (!question.name.empty()) {
    hello.server_name_text = question.name;
    const auto parsed = DomainName::parse(question.name);
    if (parsed) hello.server_name = *parsed;
  }
  hello.tls13 = !question.tls12;
  hello.signature_algorithms = question.signature_algorithms;
  hello.groups = {kX25519, kSecp256r1, kSecp384r1};
  return hello;
}

Result<ServePolicy> policy_of(const ViewQuestion& question) {
  ServePolicy policy;
  policy.protocol = question.protocol;
  policy.tag = question.tag;
  policy.default_name = own_host_name();
  if (!question.default_name.empty()) {
    TRY(policy.default_name, DomainName::parse(question.default_name));
  }
  if (question.serves_default) policy.on_unknown_name = OnUnknownName::kDefault;
  if (question.prefers_rsa) policy.prefer = Preference::kRsa;
  return policy;
}

std::string as_options(const ServePolicy& policy) {
  std::string out = "--on-unknown-name ";
  out += policy.on_unknown_name == OnUnknownName::kDefault ? "default" : "refuse";
  out += policy.prefer == Preference::kRsa ? " --prefer rsa" : " --prefer ecdsa";
  if (policy.default_name) out += " --default-name " + policy.default_name->ascii();
  return out;
}

ViewEntry entry_of(const std::string& view, const CredentialRecord& record) {
  ViewEntry entry;
  entry.view = view;
  entry.set_id = record.set_id;
  entry.version_id = record.id;
  entry.version = record.version;
  entry.key_type = record.key_type;
  entry.names = record.names;
  entry.tags = record.tags;
  entry.not_after = record.not_after;
  const auto leaf = Certificate::from_der(record.leaf);
  if (leaf) {
    entry.serial = leaf->serial();
    entry.subject_key_id = hex_encode(leaf->subject_key_id());
  }
  return entry;
}

}  // namespace

Result<std::vector<ViewEntry>> MemberViewCatalog::list(std::size_t limit) {
  std::vector<ViewEntry> out;
  for (const auto& view : member_.views()) {
    TRY(const auto records, view->reader().list("", limit));
    for (const CredentialRecord& record : records) out.push_back(entry_of(view->name(), record));
  }
  return out;
}

Result<ViewKeeper*> MemberViewCatalog::view_named(std::string_view name) const {
  const auto& views = member_.views();
  const auto view =
      std::find_if(views.begin(), views.end(), [&](const auto& v) { return v->name() == name; });
  if (view != views.end()) return view->get();
  return not_found("this host has no view \"" + printable(name, 40) + "\"", "view-unknown");
}

Result<ViewLookup> MemberViewCatalog::look_up(const ViewQuestion& question) {
  TRY(const ViewKeeper* const view, view_named(question.view));
  const ViewReader& reader = view->reader();
  const ClientHello hello = hello_for(question);
  TRY(const ServePolicy policy, policy_of(question));
  std::string address;
  if (!question.address.empty()) {
    TRY(address, canonical_address(question.address));
  }
  TRY(const Selection selection, select_credential(hello, policy, address, ViewIndex(reader), clock_.now()));
  const std::string& without_name = question.tag.empty() ? address : question.tag;
  const std::string& asked = question.name.empty() ? without_name : question.name;
  ViewLookup found;
  found.why = match_reason_name(selection.reason);
  found.assumed = as_options(policy);
  found.lines = {request_line(policy, asked, hello), result_line(policy, asked, hello, selection)};
  if (selection.outcome != Outcome::kChosen) return found;
  TRY(const StoredCredential stored, reader.load(selection.credential.id));
  found.entry = entry_of(view->name(), stored.record);
  return found;
}

Status MemberViewCatalog::set_lookup_log(std::string_view name, bool on) {
  if (!name.empty()) {
    TRY(ViewKeeper* const view, view_named(name));
    return view->set_lookup_log(on);
  }
  for (const auto& view : member_.views()) CHECK_OK(view->set_lookup_log(on));
  return Done{};
}

Result<std::vector<ViewLogState>> MemberViewCatalog::lookup_logs() {
  std::vector<ViewLogState> out;
  for (const auto& view : member_.views()) {
    TRY(const auto setting, view->reader().policy(kLookupLogSetting));
    out.push_back({view->name(), setting && *setting == "on"});
  }
  return out;
}

}  // namespace certstead
