// The first start of a manager: fleet CA, identities, store key. Later starts: reading them and checking that
// they fit.
#pragma once

#include <filesystem>

#include "base/clock.h"
#include "base/log_sink.h"
#include "store/store.h"
#include "vault/fleet_ca.h"
#include "vault/identity.h"

namespace certstead {

struct Fleet {
  FleetCa ca;
  Identity manager;
  Identity local_member;
  std::string store_id;
};

// Identity files lie in `directory` (manager/, local/, fleet-ca.*), never beside the store. On a store
// without a store key everything that is absent is made; on one that has a key an absent identity is
// kNotFound, since nothing in that store could be opened: it has to be brought back from where it was kept.
Result<Fleet> open_fleet(const std::filesystem::path& directory, Store& store, const Clock& clock,
                         LogSink& log);

}  // namespace certstead
