#include "manager/dns_pool.h"

#include "manager/dns_secrets.h"

namespace certstead {
namespace {

constexpr std::size_t kMostLines = 200;

}  // namespace

Result<std::optional<DnsDefinition>> DnsPool::definition_of(const DnsAccount& account) {
  auto found = accounts_.find_dns_definition(account.provider);
  if (found) return std::optional<DnsDefinition>(std::move(*found));
  if (found.error().code != Code::kNotFound) return found.error();
  return std::optional<DnsDefinition>();
}

Result<std::shared_ptr<DnsProvider>> DnsPool::open(const DnsAccount& account) {
  TRY(const auto definition, definition_of(account));
  const std::int64_t definition_revision = definition ? definition->revision : 0;
  const std::lock_guard hold(mutex_);
  Kept& kept = kept_[account.id];
  if (kept.provider && kept.revision == account.revision && kept.definition_revision == definition_revision)
    return kept.provider;
  TRY(const DnsSecrets secrets, open_dns_secrets(sealer_, account));
  TRY(auto provider,
      providers_.open(account, secrets, definition ? &*definition : nullptr,
                      [this, name = account.name](const DnsTraceLine& line) { note(name, line); }));
  kept = {account.revision, definition_revision, std::move(provider)};
  return kept.provider;
}

Result<std::unique_ptr<DnsProvider>> DnsPool::open_apart(const DnsAccount& account, const DnsSecrets& secrets,
                                                         DnsTrace trace) {
  TRY(const auto definition, definition_of(account));
  return providers_.open(account, secrets, definition ? &*definition : nullptr, std::move(trace));
}

void DnsPool::set_trace(const std::string& account, bool on) {
  const std::lock_guard hold(mutex_);
  if (on) {
    traces_.try_emplace(account);
  } else {
    traces_.erase(account);
  }
}

bool DnsPool::traced(std::string_view account) const {
  const std::lock_guard hold(mutex_);
  return traces_.find(account) != traces_.end();
}

std::vector<DnsTraced> DnsPool::trace(std::string_view account) const {
  const std::lock_guard hold(mutex_);
  const auto found = traces_.find(account);
  if (found == traces_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

void DnsPool::note(const std::string& account, const DnsTraceLine& line) {
  {
    const std::lock_guard hold(mutex_);
    const auto found = traces_.find(account);
    if (found == traces_.end()) return;
    found->second.push_back({clock_.now(), line});
    if (found->second.size() > kMostLines) found->second.pop_front();
  }
  log_.info("dns.trace", {{"account", account}, {"step", line.step}, {"text", line.text}});
}

}  // namespace certstead
