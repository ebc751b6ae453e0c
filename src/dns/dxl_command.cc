#include "dns/dxl_command.h"

#include <algorithm>

#include "base/program.h"
#include "base/text.h"
#include "dns/argv.h"
#include "dns/dxl_run.h"
#include "dns/dxl_script.h"
#include "json/json.h"

namespace certstead {
namespace {

constexpr Duration kLongest = std::chrono::minutes{2};

bool is_variable_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && std::ranges::all_of(name, fits) && !(name[0] >= '0' && name[0] <= '9');
}

// Those that decide which code runs, and the fixed ones.
bool is_refused_variable(std::string_view name) {
  constexpr std::string_view kRefused[] = {"PATH",          "HOME",     "LANG",      "IFS",
                                           "ENV",           "BASH_ENV", "SHELLOPTS", "PYTHONPATH",
                                           "PYTHONSTARTUP", "PERL5LIB", "PERL5OPT",  "NODE_OPTIONS"};
  return name.starts_with("LD_") || std::ranges::find(kRefused, name) != std::end(kRefused);
}

class CommandProvider final : public DnsProvider {
 public:
  CommandProvider(DxlDefinition definition, DxlFields fields, DnsTrace trace, const Clock& clock)
      : definition_(std::move(definition)),
        fields_(std::move(fields)),
        trace_(std::move(trace)),
        clock_(clock) {}

  Result<std::string> add(const TxtRecord& record, Deadline deadline) override {
    Scratch scratch;
    CHECK_OK(fields_.fill(record, scratch));
    const DxlFormulas formulas(definition_, clock_, scratch, deadline);
    CHECK_OK(run("Add", definition_.command_add, formulas, scratch, deadline));
    std::string said;
    TRY(const bool added, formulas.is_added(said));
    if (!added)
      return unavailable("Add: the command ended well, but StatusFormula gives " +
                             printable(scratch.redactor().clean(said), 60) + " where 200 means success",
                         "program-failed");
    return scratch.keep(fields_.changed_names(scratch));
  }

  Status remove(const TxtRecord& record, std::string_view kept, Deadline deadline) override {
    if (!definition_.command_del) return Done{};
    Scratch scratch;
    CHECK_OK(scratch.restore(kept));
    CHECK_OK(fields_.fill(record, scratch));
    const DxlFormulas formulas(definition_, clock_, scratch, deadline);
    return run("Del", definition_.command_del, formulas, scratch, deadline);
  }

 private:
  Status run(const std::string& step, const std::optional<formula::Formula>& formula,
             const DxlFormulas& formulas, Scratch& scratch, Deadline deadline) {
    TRY(std::vector<std::string> words, words_of("Command" + step + "Formula", formula, formulas, scratch));
    if (words.empty()) return note(step, "passed over: its formula gives no command", scratch), Done{};
    TRY(const Variables environment, environment_of(formulas));
    TRY(const DxlScript script, DxlScript::prepare(definition_.config.attachments, words));
    note(step, "$ " + join(words, " "), scratch);
    Result<ProgramRun> ran =
        run_program(words, {.variables = environment, .limit = deadline.earlier(kLongest).left()});
    if (!ran) return std::move(ran).error().within(step);
    const std::string said = scratch.redactor().clean(ran->errors);
    note(step, ran->ended + (said.empty() ? "" : ": " + said), scratch);
    if (!ran->ok)
      return unavailable(step + ": " + printable(words[0], 200) + " ended with " + ran->ended +
                             (said.empty() ? "" : ": \"" + said + "\""),
                         "program-failed");
    CHECK_OK(scratch.set("ret_" + step + "Status", formula::Value(200.0)));
    const Result<boost::json::value> json = parse_json(ran->output);
    return json ? scratch.put_answer("retJSON_" + step, *json) : Status(Done{});
  }

  Result<std::vector<std::string>> words_of(const std::string& item,
                                            const std::optional<formula::Formula>& formula,
                                            const DxlFormulas& formulas, const Scratch& scratch) const {
    TRY(const formula::Value value, formulas.evaluate(item, formula));
    std::vector<std::string> words = value.as_texts();
    if (words.size() == 1) {
      Result<std::vector<std::string>> split = split_words(words[0]);
      if (!split) return std::move(split).error().within(item);
      words = std::move(*split);
    }
    for (const std::string& word : words) {
      if (scratch.redactor().finds_in(word))
        return denied(
            item +
                " puts a secret among the words of its command, where every user of the host can read it; "
                "hand it over by CommandEnvFormula",
            "command-secret");
      if (word.find('\0') != std::string::npos)
        return invalid(item + ": a command can't hold a NUL", "command-words");
    }
    return words;
  }

  Result<Variables> environment_of(const DxlFormulas& formulas) const {
    const std::string item = "CommandEnvFormula";
    TRY(const formula::Value value, formulas.evaluate(item, definition_.command_env));
    Variables out;
    for (const std::string& line : value.as_texts()) {
      if (trim(line).empty()) continue;
      const std::size_t equals = line.find('=');
      const std::string name(trim(std::string_view(line).substr(0, equals)));
      if (equals == std::string::npos || !is_variable_name(name) || line.find('\0') != std::string::npos)
        return invalid(item + ": a variable must be of the form \"NAME=value\"", "command-environment");
      if (is_refused_variable(name)) return denied(item + " must not set " + name, "command-environment");
      out.emplace_back(name, line.substr(equals + 1));
    }
    return out;
  }

  void note(const std::string& step, const std::string& text, const Scratch& scratch) const {
    if (trace_) trace_({step, printable(scratch.redactor().clean(text), 2000)});
  }

  const DxlDefinition definition_;
  const DxlFields fields_;
  const DnsTrace trace_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<DnsProvider> open_dxl_command(DxlDefinition definition, DxlFields fields, DnsTrace trace,
                                              const Clock& clock) {
  return std::make_unique<CommandProvider>(std::move(definition), std::move(fields), std::move(trace), clock);
}

}  // namespace certstead
