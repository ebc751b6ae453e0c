#include "fleet_setup.h"

#include "base/file.h"
#include "base/host_name.h"
#include "vault/member_record.h"
#include "vault/store_key.h"

namespace certstead {
namespace {

constexpr const char* kLocalMember = "local";

Error identity_lost(const std::filesystem::path& directory) {
  return not_found("the store is sealed to an identity that is not in " + directory.string() +
                       "; put back the identity directory that belongs to this store",
                   "identity-lost");
}

Result<FleetCa> open_ca(const std::filesystem::path& directory, bool first, Instant now) {
  auto ca = FleetCa::load(directory);
  if (ca || ca.error().code != Code::kNotFound) return ca;
  if (!first) return identity_lost(directory);
  TRY(FleetCa made, FleetCa::make(now));
  CHECK_OK(made.save(directory));
  return made;
}

Result<Identity> open_identity(const std::filesystem::path& directory, const FleetCa& ca,
                               const IdentityName& name, bool first, Instant now) {
  auto identity = load_identity(directory);
  if (identity || identity.error().code != Code::kNotFound) return identity;
  if (!first) return identity_lost(directory);
  TRY(Identity made, make_identity(ca, name, now));
  CHECK_OK(save_identity(made, directory));
  return made;
}

Status enter(Members& members, const Identity& identity, Instant now) {
  const auto known = members.find_member(identity.id);
  if (known) return Done{};
  if (known.error().code != Code::kNotFound) return known.error();
  return members.put_member(member_record(identity, host_name().value_or("localhost"), now),
                            {"setup", "member.add", identity.id, host_name().value_or("localhost")});
}

}  // namespace

Result<Fleet> open_fleet(const std::filesystem::path& directory, Store& store, const Clock& clock,
                         LogSink& log) {
  const Instant now = clock.now();
  TRY(const StoreIdentity identity, store.settings().identity());
  TRY(const auto keys, store.settings().store_keys());
  const bool first = keys.empty();
  CHECK_OK(make_directories(directory));
  TRY(FleetCa ca, open_ca(directory, first, now));
  TRY(Identity manager,
      open_identity(directory / "manager", ca, {Role::kManager, "manager-" + identity.store_id}, first, now));
  TRY(Identity local, open_identity(directory / "local", ca, {Role::kMember, kLocalMember}, first, now));
  if (first) {
    const std::vector<Recipient> managers = {{manager.id, manager.sealing.certificate.der()}};
    TRY(const auto key, make_store_key(ca, identity.store_id, 1, managers, now));
    CHECK_OK(store.settings().put_store_key(key, {"setup", "store-key.make", "1", ""}));
    log.info(
        "setup.fleet",
        {{"store", identity.store_id},
         {"identity", directory.string()},
         {"note", "keep a copy of the identity directory apart from the data: without it nothing opens"}});
  } else {
    TRY(const auto opened, open_store_key(keys.back(), identity.store_id, manager));
    static_cast<void>(opened);  // proves that identity and store belong together
  }
  CHECK_OK(enter(store.members(), manager, now));
  CHECK_OK(enter(store.members(), local, now));
  return Fleet{std::move(ca), std::move(manager), std::move(local), identity.store_id};
}

}  // namespace certstead
