// The reading half of Requests: sets as they are shown, one or a page of them.
#include <algorithm>

#include "manager/requests.h"
#include "manager/set_holdings.h"

namespace certstead {
namespace {

Result<SetView> view_of(const Context& context, CredentialSet set) {
  SetView view;
  TRY(view.versions, context.store.versions.versions(set.id));
  SetParts parts;
  for (const CredentialVersion& version : view.versions) {
    if (version.state == VersionState::kActive) parts.active.push_back(version);
  }
  view.archived = view.versions.size() - parts.active.size();
  TRY(parts.checks, context.store.checks.checks_of_set(set.id));
  TRY(parts.deployments, context.store.deployments.deployments_of(set.name));
  parts.set = std::move(set);
  add_holdings(context, parts);
  view.health = health_of(parts, context.clock.now());
  TRY(view.orders, context.store.orders.orders_of_set(parts.set.id));
  view.set = std::move(parts.set);
  view.checks = std::move(parts.checks);
  view.deployments = std::move(parts.deployments);
  view.views = std::move(parts.views);
  return view;
}

SetView view_of(const Context& context, SetParts parts) {
  const Instant now = context.clock.now();
  add_holdings(context, parts);
  SetView view;
  view.health = health_of(parts, now);
  view.set = std::move(parts.set);
  view.versions = std::move(parts.active);
  view.archived = parts.archived;
  view.checks = std::move(parts.checks);
  view.orders = std::move(parts.orders);
  view.deployments = std::move(parts.deployments);
  view.views = std::move(parts.views);
  return view;
}

SetStatusLine line_of(const Context& context, SetParts parts) {
  const Instant now = context.clock.now();
  add_holdings(context, parts);
  SetStatusLine line;
  line.health = health_of(parts, now);
  for (const CredentialVersion& version : parts.active) {
    line.expires = std::min(line.expires.value_or(version.facts.not_after), version.facts.not_after);
    line.issued = std::max(line.issued.value_or(version.activated), version.activated);
  }
  line.next_try = parts.set.operation.next_try ? parts.set.operation.next_try : parts.set.renew_at;
  line.reach = facts_of(parts.deployments, active_certificates(parts.active), parts.views);
  line.set = std::move(parts.set);
  return line;
}

}  // namespace

Result<SetView> Requests::show(std::string_view name) {
  TRY(CredentialSet set, context_.store.sets.find_set_by_name(name));
  return view_of(context_, std::move(set));
}

Result<std::vector<SetView>> Requests::list(std::string_view after, std::size_t limit) {
  TRY(auto page, context_.store.pages.page(after, limit, PageDetail::kFull));
  std::vector<SetView> views;
  for (SetParts& parts : page) views.push_back(view_of(context_, std::move(parts)));
  return views;
}

Result<std::vector<SetStatusLine>> Requests::status(std::string_view after, std::size_t limit) {
  TRY(auto page, context_.store.pages.page(after, limit, PageDetail::kBrief));
  std::vector<SetStatusLine> lines;
  for (SetParts& parts : page) lines.push_back(line_of(context_, std::move(parts)));
  return lines;
}

}  // namespace certstead
