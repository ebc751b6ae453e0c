// Port: settings, and what the store knows of itself.
#pragma once

#include <optional>

#include "model/audit.h"
#include "model/sealed.h"

namespace certstead {

struct StoreIdentity {
  std::string store_id;    // random, made with the store
  std::int64_t epoch = 1;  // raised by a restore or a copy
  std::int64_t seq = 0;    // head of the feed
};

class Settings {
 public:
  virtual ~Settings() = default;
  virtual Result<std::optional<std::string>> setting(std::string_view name) = 0;
  virtual Status set_setting(std::string_view name, std::string_view value, const AuditNote& note) = 0;
  virtual Result<StoreIdentity> identity() = 0;
  // The managers' store key, version by version: its public certificate, and its private half sealed to each
  // manager.
  struct StoreKey {
    std::int64_t version = 1;
    Bytes certificate;          // DER, under the fleet CA
    std::vector<Grant> grants;  // the private key itself, one envelope per manager
  };
  virtual Status put_store_key(const StoreKey& key, const AuditNote& note) = 0;
  virtual Result<std::vector<StoreKey>> store_keys() = 0;
  // Raises the epoch; members then take a full sync. `proof` is the fleet root's signature over store id and
  // epoch.
  virtual Status raise_epoch(std::int64_t epoch, BytesView proof, const AuditNote& note) = 0;
};

}  // namespace certstead
