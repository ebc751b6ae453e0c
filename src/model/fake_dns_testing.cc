#include "model/fake_dns_testing.h"

#include <algorithm>
#include <thread>

namespace certstead {

int FakeDns::looks() const {
  const std::lock_guard hold(mutex_);
  return looks_;
}

void FakeDns::add(const std::string& name, const std::string& value) {
  const std::lock_guard hold(mutex_);
  auto& all = txt_[name];
  if (std::ranges::find(all, value, &Value::text) == all.end()) all.push_back({value, clock_.now()});
}

void FakeDns::remove(const std::string& name, const std::string& value) {
  const std::lock_guard hold(mutex_);
  std::erase_if(txt_[name], [&](const Value& one) { return one.text == value; });
}

std::multiset<std::string> FakeDns::values(const std::string& name) const {
  const std::lock_guard hold(mutex_);
  std::multiset<std::string> out;
  const auto found = txt_.find(name);
  if (found == txt_.end()) return out;
  for (const Value& one : found->second) out.insert(one.text);
  return out;
}

void FakeDns::replace(const std::string& name, std::multiset<std::string> values) {
  const std::lock_guard hold(mutex_);
  txt_[name].clear();
  for (const std::string& value : values) txt_[name].push_back({value, clock_.now()});
}

std::size_t FakeDns::size() const {
  const std::lock_guard hold(mutex_);
  std::size_t total = 0;
  for (const auto& [name, values] : txt_) total += values.size();
  return total;
}

bool FakeDns::shows(const std::string& name, const std::string& value) const {
  const auto leads = cnames.find(name);
  const std::string& at = leads == cnames.end() ? name : leads->second;
  const std::lock_guard hold(mutex_);
  const auto found = txt_.find(at);
  if (found == txt_.end()) return false;
  Duration longest{0};
  for (const auto& [server, lag] : servers) longest = std::max(longest, lag);
  return std::ranges::any_of(found->second, [&](const Value& one) {
    return one.text == value && one.since + longest <= clock_.now();
  });
}

Result<DnsPlace> FakeDns::locate(std::string_view name, Deadline) {
  if (failure) return *failure;
  DnsPlace place{std::string(name), "", {}};
  for (auto next = cnames.find(place.name); next != cnames.end(); next = cnames.find(place.name)) {
    place.aliases.push_back(place.name);
    if (place.aliases.size() > 8)
      return invalid("the aliases of " + std::string(name) + " go round", "dns-loop");
    place.name = next->second;
  }
  for (const std::string& zone : zones) {
    if (is_at_or_below(place.name, zone) && zone.size() > place.zone.size()) place.zone = zone;
  }
  if (place.zone.empty()) return not_found("there is no zone for " + place.name, "dns-no-zone");
  return place;
}

Result<DnsPropagation> FakeDns::look(const TxtRecord& record, DnsPropagationMode, Deadline) {
  if (failure) return *failure;
  const std::lock_guard hold(mutex_);
  ++looks_;
  DnsPropagation out;
  out.everywhere = true;
  for (const auto& [server, lag] : servers) {
    const bool shows = std::ranges::any_of(txt_[record.name], [&, lag = lag](const Value& one) {
      return one.text == record.value && one.since + lag <= clock_.now();
    });
    out.servers.push_back({server, shows, ""});
    out.everywhere = out.everywhere && shows;
  }
  return out;
}

Result<std::vector<DnsServerRecords>> FakeDns::read(std::string_view name, std::string_view,
                                                    DnsRecordType type, DnsPropagationMode, Deadline) {
  if (failure) return *failure;
  const std::lock_guard hold(mutex_);
  std::vector<DnsServerRecords> out;
  for (const auto& [server, lag] : servers) {
    DnsServerRecords one{server, {}, ""};
    if (type == DnsRecordType::kTxt) {
      for (const Value& value : txt_[std::string(name)]) one.values.push_back(value.text);
    } else if (type == DnsRecordType::kCname) {
      const auto found = cnames.find(std::string(name));
      if (found != cnames.end()) one.values.push_back(found->second);
    } else {
      one.values = caa[std::string(name)];
    }
    out.push_back(std::move(one));
  }
  return out;
}

class FakeDnsProvider final : public DnsProvider {
 public:
  FakeDnsProvider(const FakeDnsProviders& all, bool right, DnsTrace trace)
      : all_(all), right_(right), trace_(std::move(trace)) {}

  Result<std::string> add(const TxtRecord& record, Deadline) override {
    if (trace_) trace_({"add", "POST https://api.test/" + record.name + " Authorization: ***"});
    if (!right_) return denied("add: https://api.test/ answered 403: the token is not good", "dns-denied");
    if (all_.add_fails) return *all_.add_fails;
    enter();
    change(record, [&](std::multiset<std::string>& values) {
      if (values.count(record.value) == 0) values.insert(record.value);
    });
    leave();
    if (all_.written) all_.written(record);
    return "id of " + record.value;
  }

  Status remove(const TxtRecord& record, std::string_view kept, Deadline) override {
    if (trace_) trace_({"remove", "DELETE https://api.test/" + record.name});
    if (all_.remove_fails) return *all_.remove_fails;
    if (!kept.empty() && kept != "id of " + record.value) return invalid("what was kept is another record's");
    enter();
    change(record, [&](std::multiset<std::string>& values) { values.erase(record.value); });
    leave();
    return Done{};
  }

 private:
  void change(const TxtRecord& record, const std::function<void(std::multiset<std::string>&)>& edit) {
    if (!all_.reads_and_writes) {
      auto values = std::multiset<std::string>{record.value};
      auto after = values;
      edit(after);
      after.empty() ? all_.dns_.remove(record.name, record.value) : all_.dns_.add(record.name, record.value);
      return;
    }
    auto values = all_.dns_.values(record.name);
    std::this_thread::yield();
    edit(values);
    all_.dns_.replace(record.name, std::move(values));
  }
  void enter() {
    const std::lock_guard hold(all_.mutex_);
    all_.most_ = std::max(all_.most_, ++all_.at_once_);
  }
  void leave() {
    const std::lock_guard hold(all_.mutex_);
    --all_.at_once_;
  }

  const FakeDnsProviders& all_;
  const bool right_;
  const DnsTrace trace_;
};

std::vector<DnsProviderFacts> FakeDnsProviders::built_in() const {
  DnsProviderFacts facts;
  facts.code = "fake";
  facts.title = "Fake DNS";
  facts.kind = "recipe";
  facts.verified = "server";
  facts.settings = {{"token", "FAKE_TOKEN", "The token.", true, true},
                    {"endpoint", "FAKE_ENDPOINT", "Where the API is.", false, false}};
  return {facts};
}

Result<DnsProviderFacts> FakeDnsProviders::describe(const DnsDefinition& definition) const {
  if (definition.text.find("fake") == std::string::npos)
    return invalid("line 1: this describes no provider", "recipe-invalid");
  DnsProviderFacts facts = built_in().front();
  facts.code = definition.name;
  facts.kind = definition.kind;
  facts.verified = "unverified";
  return facts;
}

Result<DnsCompanions> FakeDnsProviders::companions(const DnsDefinition& definition,
                                                   std::span<const DnsDefinition>) const {
  if (beside) return beside(definition);
  DnsCompanions none;
  none.text = definition.text;
  return none;
}

Result<std::unique_ptr<DnsProvider>> FakeDnsProviders::open(const DnsAccount& account,
                                                            const DnsSecrets& secrets,
                                                            const DnsDefinition* definition,
                                                            DnsTrace trace) const {
  if (account.provider != "fake" && definition == nullptr)
    return not_found("there is no DNS provider called " + account.provider, "dns-provider-unknown");
  const auto token = secrets.find("token");
  if (token == secrets.end()) return invalid("the setting token is missing", "dns-setting-missing");
  const bool good = view_text(token->second.reveal()) == right;
  return std::unique_ptr<DnsProvider>(std::make_unique<FakeDnsProvider>(*this, good, std::move(trace)));
}

}  // namespace certstead
