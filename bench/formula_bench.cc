// How fast formulas are evaluated. Goal: 100,000 evaluations a second and core of the kind of URL that a
// Cloudflare document builds for its Add step.
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "formula/template.h"

namespace {

using namespace certstead;
using namespace certstead::formula;

constexpr std::string_view kAddUrl = R"(cfg_URL + "/" + cfg_DnsZone + "/dns_records")";
constexpr std::string_view kHeaders =
    R"x(@If(cfg_AuthToken = ""; ("X-Auth-Email: " + cfg_InternetAddress) : ("X-Auth-Key: " + cfg_AuthKey);
        "Authorization: Bearer " + cfg_AuthToken) : "Content-Type: application/json")x";
constexpr std::string_view kRecords =
    R"x(current := @ReplaceSubstring(retJSON_QryAdd.records; {"}; ""); all := @Trim(param_DnsTxtValue : current);
        '{"records": [' + @Implode({"\\"} + all + {\\""}; ", ") + ']}')x";

Scope fields() {
  Scope scope;
  (void)scope.set("cfg_URL", "https://api.cloudflare.com/client/v4/zones");
  (void)scope.set("cfg_DnsZone", "023e105f4ecef8ad9ca31a8372d0c353");
  (void)scope.set("cfg_AuthToken", "a-token-of-forty-characters-or-about-so.");
  (void)scope.set("param_DnsTxtValue", "gfj9Xq-Rg85nM-0vLpQIvl_9FmQJh1JgMT_6w1k2Xh0");
  (void)scope.set("retJSON_QryAdd.records", Value::texts({"\"one\"", "\"two\""}));
  return scope;
}

void evaluate_one(benchmark::State& state, std::string_view text) {
  const Result<Formula> formula = Formula::parse(text);
  if (!formula) std::abort();
  Scope scope = fields();
  const Budget budget;
  for (auto step : state) {
    const Result<Value> value = evaluate(*formula, scope, budget);
    if (!value) std::abort();
    benchmark::DoNotOptimize(value);
  }
  state.SetItemsProcessed(state.iterations());
}

void parse_one(benchmark::State& state, std::string_view text) {
  for (auto step : state) benchmark::DoNotOptimize(Formula::parse(text));
  state.SetItemsProcessed(state.iterations());
}

void fill_template(benchmark::State& state) {
  const Result<Template> made =
      Template::parse("https://api.example/zones/${cfg_DnsZone}/records?name=${param_DnsTxtValue}");
  if (!made) std::abort();
  Scope scope = fields();
  const Budget budget;
  for (auto step : state) benchmark::DoNotOptimize(made->fill(scope, budget, Escape::kUrl));
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(evaluate_one, add_url, kAddUrl);
BENCHMARK_CAPTURE(evaluate_one, headers, kHeaders);
BENCHMARK_CAPTURE(evaluate_one, records, kRecords);
BENCHMARK_CAPTURE(parse_one, add_url, kAddUrl);
BENCHMARK(fill_template);

}  // namespace

BENCHMARK_MAIN();
