// The CAs of this store.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

#include "base/log_sink.h"
#include "ca/loaded_ca.h"
#include "ca/profiles.h"
#include "ca/request_rules.h"
#include "model/ca_signer.h"
#include "model/settings.h"

namespace certstead {

// What it works with; all of it outlives the CA.
struct MicroCaPorts {
  CaRecords& records;
  TrustedRoots& roots;
  Settings& settings;
  Sealer& sealer;
  const Clock& clock;
  LogSink& log;
};

// See CaKeeper. The only writer of CA records: opened CAs are kept.
class MicroCa final : public CaKeeper {
 public:
  explicit MicroCa(MicroCaPorts ports) : ports_(ports) {}

  Result<bool> ensure_default(std::string_view actor) override;
  Result<SignedLeaf> sign(const SignRequest& request) override;
  Status revoke(std::string_view ca, std::string_view serial, int reason, std::string_view actor) override;
  Status tend() override;
  Result<CaView> create(const CaInput& input, std::string_view actor) override;
  Result<CaView> complete(std::string_view name, const std::vector<Bytes>& certificates,
                          std::string_view actor) override;
  Result<std::vector<CaView>> list() override;
  Result<CaView> show(std::string_view name) override;
  Result<Bytes> crl(std::string_view name) override;
  Result<std::vector<IssuedRecord>> issued(std::string_view name, std::string_view after,
                                           std::size_t limit) override;

 private:
  using Loaded = std::shared_ptr<const LoadedCa>;
  Result<Loaded> loaded(std::string_view name);
  void forget(std::string_view name);
  Result<CaView> view_of(CaRecord record);
  // A record for what is to be signed, with a fresh serial number and dates of the profile.
  Result<IssuedRecord> reserve(const LoadedCa& ca, const AcceptedRequest& accepted,
                               const LeafProfile& profile, const SignRequest& request);
  Result<SignedLeaf> finish(const LoadedCa& ca, const IssuedRecord& record);
  // Goes on with what an earlier run recorded for the same request.
  Result<SignedLeaf> resume(const LoadedCa& ca, const IssuedRecord& record, const AcceptedRequest& accepted,
                            const LeafProfile& profile);
  // Signs the CRL anew, whatever its age.
  Result<Bytes> renew_crl(std::string_view name);

  MicroCaPorts ports_;
  std::mutex mutex_;  // guards what follows
  std::map<std::string, Loaded, std::less<>> loaded_;
  Instant tend_at_{};
  std::mutex crl_mutex_;  // one CRL at a time
};

}  // namespace certstead
