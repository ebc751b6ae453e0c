// The fields of the scratch document that the formulas of a provider configuration read.
#pragma once

#include "dns/dxl_definition.h"
#include "dns/scratch.h"

namespace certstead {

// The cfg_* items of one account, merged with those of its configuration.
class DxlFields {
 public:
  // Empty values are as absent. A value of the configuration wins over the account's, as in the source
  // system; but an account may point cfg_URL elsewhere. kInvalid for a setting that is no cfg_* item.
  static Result<DxlFields> make(const DxlDefinition& definition, const DnsAccount& account,
                                const DnsSecrets& secrets);
  ~DxlFields();
  DxlFields(DxlFields&&) = default;
  DxlFields& operator=(DxlFields&&) = delete;

  // Puts them into `scratch`, and param_DnsTxtName, param_DnsTxtValue and param_RegisteredDomain with them.
  // kInvalid for a record that can't be written into formulas.
  Status fill(const TxtRecord& record, Scratch& scratch) const;
  // What fill() put in for a record is not worth keeping: all other fields, as names for Scratch::keep.
  std::vector<std::string> changed_names(Scratch& scratch) const;
  // URLs among the account's own settings: their origins.
  const std::vector<std::string>& origins() const { return origins_; }
  // Host names among them.
  const std::vector<std::string>& hosts() const { return hosts_; }

 private:
  struct Field {
    std::string name;
    formula::Value value;
    bool secret = false;
  };
  DxlFields() = default;
  void put(Field field, bool replace);
  void note_place(const std::string& text);
  std::string registered_domain(const TxtRecord& record) const;

  std::vector<Field> fields_;
  std::vector<std::string> domains_, origins_, hosts_;
};

}  // namespace certstead
