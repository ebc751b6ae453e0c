// One run of a provider configuration for one record: evaluates its formulas and sends its requests.
#pragma once

#include "dns/dxl_definition.h"
#include "dns/exchange.h"
#include "dns/scratch.h"

namespace certstead {

// Evaluates formulas of one document; errors name document, item, line and cause, without secrets.
class DxlFormulas {
 public:
  DxlFormulas(const DxlDefinition& definition, const Clock& clock, Scratch& scratch, Deadline deadline)
      : definition_(definition), clock_(clock), scratch_(scratch), deadline_(deadline) {}

  // The value; "" for an item that is empty.
  Result<formula::Value> evaluate(const std::string& item,
                                  const std::optional<formula::Formula>& formula) const;
  // The value as one text: a list is put together without anything between.
  Result<std::string> text(const std::string& item, const std::optional<formula::Formula>& formula) const;
  // Whether StatusFormula gives 200, or ret_AddStatus is 2xx where there is none; what it gave in `said`.
  Result<bool> is_added(std::string& said) const;

 private:
  const DxlDefinition& definition_;
  const Clock& clock_;
  Scratch& scratch_;
  const Deadline deadline_;
};

// Not safe for use by two threads at a time.
class DxlRun {
 public:
  DxlRun(const DxlDefinition& definition, const Exchange& exchange, const Clock& clock, Scratch& scratch,
         Deadline deadline)
      : definition_(definition),
        exchange_(exchange),
        scratch_(scratch),
        deadline_(deadline),
        formulas_(definition, clock, scratch, deadline) {}

  // Lookup, QryAdd, Add, StatusFormula.
  Status add();
  // QryDel, Del. If nothing is known of the adding (`knows_nothing`), or it brought tokens, which are not
  // kept, the questions before it are asked again for what they store.
  Status remove(bool knows_nothing);

 private:
  // Indices of DxlProviderConfig::kSteps.
  enum Step : std::size_t { kLookup, kQryAdd, kAdd, kQryDel, kDel };

  // Sends the request of a step and stores its answer; nothing for a step that is passed over.
  Result<std::optional<HttpResponse>> send(Step step, bool questions_only = false);
  Status ask(Step step, bool questions_only = false);
  Result<std::optional<ExchangeCall>> make_call(Step step);
  Status set_headers(Step step, HttpRequest& request);
  Status read_answer(Step step, const HttpResponse& response);
  void hide_tokens(const HttpResponse& response);
  Status judge_addition(const HttpResponse& response);
  void note(Step step, std::string_view text) const { exchange_.note(name(step), text, scratch_.redactor()); }
  static std::string name(Step step) { return std::string(DxlProviderConfig::kSteps[step]); }

  const DxlDefinition& definition_;
  const Exchange& exchange_;
  Scratch& scratch_;
  const Deadline deadline_;
  const DxlFormulas formulas_;
  ExchangeCall call_;  // the last one
};

}  // namespace certstead
