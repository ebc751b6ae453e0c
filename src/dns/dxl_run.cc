#include "dns/dxl_run.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/text.h"
#include "dns/answer.h"
#include "json/json.h"

namespace certstead {
namespace {

constexpr JsonLimits kAnswerLimits{.max_bytes = std::size_t{4} << 20, .max_depth = 32};

bool is_success(int status) { return status >= 200 && status < 300; }
bool is_gone(int status) { return status == 404 || status == 410; }

// A field that says that the answers held tokens.
constexpr std::string_view kAskAgain = "param_brought_tokens";

// The texts in an answer that are credentials by their names.
void find_tokens(const boost::json::value& value, bool named, std::vector<std::string>& out) {
  constexpr std::size_t kShortest = 8;  // shorter ones would be found everywhere
  if (const auto* const object = value.if_object()) {
    for (const auto& member : *object) {
      const std::string name = lower_ascii(member.key());
      const bool is_token =
          std::ranges::any_of(std::array{"token", "secret", "password", "session", "apikey", "api_key"},
                              [&](const char* word) { return name.find(word) != std::string::npos; });
      find_tokens(member.value(), named || is_token, out);
    }
  } else if (const auto* const list = value.if_array()) {
    for (const boost::json::value& one : *list) find_tokens(one, named, out);
  } else if (const auto* const text = value.if_string();
             text != nullptr && named && text->size() >= kShortest) {
    out.emplace_back(text->data(), text->size());
  }
}

// A definition decides what it says, not where one message ends.
bool is_framing_header(std::string_view name) {
  return std::ranges::any_of(
      std::array{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Expect"},
      [&](const char* one) { return equals_ignoring_case(one, name); });
}

// Some providers call it a failure if the record is there already.
bool says_it_is_there(const HttpResponse& response) {
  if (response.status != 400 && response.status != 409 && response.status != 422) return false;
  const std::string message = lower_ascii(provider_message(response.body));
  return message.find("already exist") != std::string::npos || message.find("identical") != std::string::npos;
}

}  // namespace

Result<formula::Value> DxlFormulas::evaluate(const std::string& item,
                                             const std::optional<formula::Formula>& formula) const {
  if (!formula) return formula::Value();
  formula::Budget budget;
  budget.deadline = deadline_.earlier(std::chrono::seconds{5});
  budget.clock = &clock_;
  Result<formula::Value> value = formula::evaluate(*formula, scratch_.scope(), budget);
  if (value) return value;
  Error error = std::move(value).error();
  // What a formula computes with stands in some of its errors.
  error.detail = scratch_.redactor().clean(error.detail);
  return error.within("the document '" + printable(definition_.config.name, 60) + "', " + item);
}

Result<std::string> DxlFormulas::text(const std::string& item,
                                      const std::optional<formula::Formula>& formula) const {
  TRY(const formula::Value value, evaluate(item, formula));
  return join(value.as_texts(), "");
}

Result<bool> DxlFormulas::is_added(std::string& said) const {
  if (!definition_.status) {
    said = scratch_.text("ret_AddStatus");
    return said.size() == 3 && said[0] == '2';
  }
  TRY(said, text("StatusFormula", definition_.status));
  return trim(said) == "200";
}

Status DxlRun::add() {
  CHECK_OK(ask(kLookup));
  CHECK_OK(ask(kQryAdd));
  TRY(const std::optional<HttpResponse> response, send(kAdd));
  if (!response)
    return invalid("the document '" + printable(definition_.config.name, 60) +
                       "' has nothing to add with: ReqAddUrlFormula gives no URL",
                   "dxl-no-url");
  return judge_addition(*response);
}

Status DxlRun::judge_addition(const HttpResponse& response) {
  std::string said;
  const Result<bool> added = formulas_.is_added(said);
  if (!added) return added.error();
  if (*added) return Done{};
  if (says_it_is_there(response)) {
    note(kAdd, "the provider says that the record is there already");
    return Done{};
  }
  const std::string message = provider_message(response.body);
  if (!is_success(response.status)) return Exchange::refusal(call_, response, message, scratch_.redactor());
  return Exchange::nonsense(call_, response,
                            "StatusFormula gives " + printable(said, 60) + " where 200 means success" +
                                (message.empty() ? "" : ": \"" + printable(message) + "\""),
                            scratch_.redactor());
}

Status DxlRun::remove(bool knows_nothing) {
  if (knows_nothing || scratch_.scope().find(kAskAgain) != nullptr) {
    CHECK_OK(ask(kLookup));
    CHECK_OK(ask(kQryAdd, true));
  }
  CHECK_OK(ask(kQryDel));
  TRY(const std::optional<HttpResponse> response, send(kDel));
  if (!response || is_success(response->status) || is_gone(response->status)) return Done{};
  return Exchange::refusal(call_, *response, provider_message(response->body), scratch_.redactor());
}

// A question that fails ends the run: what follows would write on the ground of an answer that is missing,
// and take the values of others away. That there is nothing yet is an answer.
Status DxlRun::ask(Step step, bool questions_only) {
  TRY(const std::optional<HttpResponse> response, send(step, questions_only));
  if (response && !is_success(response->status) && !is_gone(response->status))
    return Exchange::refusal(call_, *response, provider_message(response->body), scratch_.redactor());
  const std::optional<formula::Formula>& custom = definition_.steps[step].custom;
  TRY(const formula::Value ignored, formulas_.evaluate(dxl_step_item(step, "CustomFormula"), custom));
  return Done{};
}

Result<std::optional<HttpResponse>> DxlRun::send(Step step, bool questions_only) {
  TRY(std::optional<ExchangeCall> call, make_call(step));
  if (!call) return std::optional<HttpResponse>();
  if (questions_only && call->request.method != "GET") {
    note(step, "passed over: only questions are asked again");
    return std::optional<HttpResponse>();
  }
  call_ = std::move(*call);
  call_.look = [this](const HttpResponse& answer) { hide_tokens(answer); };
  TRY(HttpResponse response, exchange_.send(call_, scratch_.redactor(), deadline_));
  CHECK_OK(
      scratch_.set("ret_" + name(step) + "Status", formula::Value(static_cast<double>(response.status))));
  CHECK_OK(read_answer(step, response));
  return std::optional<HttpResponse>(std::move(response));
}

Result<std::optional<ExchangeCall>> DxlRun::make_call(Step step) {
  const DxlStepFormulas& formulas = definition_.steps[step];
  if (formulas.method.empty()) return std::optional<ExchangeCall>();
  ExchangeCall call;
  call.step = name(step);
  call.request.method = formulas.method;
  TRY(std::string url, formulas_.text(dxl_step_item(step, "UrlFormula"), formulas.url));
  call.request.url = std::string(trim(url));
  if (call.request.url.empty()) {
    note(step, "passed over: its formula gives no URL");
    return std::optional<ExchangeCall>();
  }
  CHECK_OK(set_headers(step, call.request));
  TRY(call.request.body, formulas_.text(dxl_step_item(step, "PostDataFormula"), formulas.body));
  if (call.request.method == "GET") call.request.body.clear();
  return std::optional<ExchangeCall>(std::move(call));
}

Status DxlRun::set_headers(Step step, HttpRequest& request) {
  const std::string item = dxl_step_item(step, "HeaderFormula");
  TRY(const formula::Value lines, formulas_.evaluate(item, definition_.steps[step].headers));
  for (const std::string& line : lines.as_texts()) {
    if (trim(line).empty()) continue;
    const std::size_t colon = line.find(':');
    const std::string_view header = trim(std::string_view(line).substr(0, colon));
    // The line itself may hold a secret.
    if (colon == std::string::npos || !is_token(header))
      return invalid("the document '" + printable(definition_.config.name, 60) + "', " + item +
                         ": a header must be of the form \"Name: value\"",
                     "dxl-header");
    if (is_framing_header(header))
      return invalid("the document '" + printable(definition_.config.name, 60) + "', " + item +
                         ": the header " + std::string(header) + " can't be set",
                     "dxl-header");
    request.headers.add(header, trim(std::string_view(line).substr(colon + 1)));
  }
  return Done{};
}

void DxlRun::hide_tokens(const HttpResponse& response) {
  const Result<boost::json::value> json = parse_json(response.body, kAnswerLimits);
  if (!json) return;
  std::vector<std::string> tokens;
  find_tokens(*json, false, tokens);
  for (const std::string& token : tokens) scratch_.hide(token);
  if (!tokens.empty()) (void)scratch_.set(kAskAgain, formula::Value("1"));
}

// An answer that is no JSON is an error where some formula wants to read it, and the answer says success.
Status DxlRun::read_answer(Step step, const HttpResponse& response) {
  const std::string prefix = "retJSON_" + name(step);
  CHECK_OK(scratch_.put_answer(prefix, nullptr));
  if (trim(response.body).empty()) return Done{};
  const Result<boost::json::value> json = parse_json(response.body, kAnswerLimits);
  if (json) return scratch_.put_answer(prefix, *json);
  if (!is_success(response.status) || !definition_.steps[step].answer_is_read) {
    note(step, "the answer is not read: " + json.error().detail);
    return Done{};
  }
  return Exchange::nonsense(call_, response, "its answer is no JSON: " + json.error().detail,
                            scratch_.redactor());
}

}  // namespace certstead
