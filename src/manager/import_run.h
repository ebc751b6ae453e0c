// One import on its way into the store.
#pragma once

#include "manager/imports.h"

namespace certstead {

// What is to be done for one set: decided first for all of them, then carried out.
struct ImportPlan {
  ImportedSet found;
  Activation activation;  // its set; `fresh` is filled when the keys are sealed
  std::int64_t next_version = 1;
  ImportedSetOutcome outcome;
  bool to_do = false;     // something is to be activated
  bool set_only = false;  // the set changes, its credentials don't
};

class ImportRun {
 public:
  ImportRun(const Context& context, BulkActivation& bulk, const ImportOrder& order, const Actor& actor)
      : context_(context), bulk_(bulk), order_(order), actor_(actor), now_(context.clock.now()) {}
  // `reading`'s sets move into the outcome.
  Result<ImportOutcome> run(ImportReading reading);

 private:
  Status prepare();
  ImportPlan plan(ImportedSet found);
  Status plan_existing(ImportPlan& plan, const CredentialSet& existing);
  Status plan_new(ImportPlan& plan);
  void take_over(ImportPlan& plan);
  Status seal(ImportPlan& plan);
  Result<CredentialVersion> seal_one(const ImportPlan& plan, const ImportedCredential& credential);
  void store_set(ImportPlan& plan);
  // Those of a group that are to be activated, by their number among the plans.
  struct SealedGroup {
    std::vector<std::size_t> plans;
    std::vector<Activation> activations;
  };
  SealedGroup seal_group(std::vector<ImportPlan>& plans, std::size_t first, std::size_t last);
  void store_group(std::vector<ImportPlan>& plans, const SealedGroup& group);
  void carry_out(std::vector<ImportPlan>& plans);

  const Context& context_;
  BulkActivation& bulk_;
  const ImportOrder& order_;
  const Actor& actor_;
  const Instant now_;
  std::vector<MemberRecord> members_;
  std::optional<IssuerRecord> issuer_;
  bool issuer_made_ = false;  // now, and not told of yet
  std::optional<Recipient> export_reader_;
  bool over_dns_ = false;  // wildcards can be proved
};

}  // namespace certstead
