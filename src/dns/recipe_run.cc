#include "dns/recipe_run.h"

#include <algorithm>
#include <boost/json/object.hpp>

#include "base/text.h"
#include "crypto/random.h"
#include "dns/answer.h"
#include "dns/recipe_request.h"
#include "dns/xml_answer.h"
#include "json/json.h"

namespace certstead {
namespace {

constexpr int kMostPages = 200;  // of a list, and requests of an 'each'
constexpr std::size_t kMostCollected = 5000;

// The elements among which 'find' looks: of an array, of an object by key, or a lone XML element.
std::vector<std::pair<std::string, const boost::json::value*>> elements(const boost::json::value* at,
                                                                        bool xml) {
  std::vector<std::pair<std::string, const boost::json::value*>> out;
  if (at == nullptr) return out;
  if (const auto* const list = at->if_array()) {
    for (const boost::json::value& one : *list) out.emplace_back("", &one);
  } else if (const auto* const object = at->if_object(); object != nullptr && !xml) {
    for (const auto& member : *object) out.emplace_back(member.key(), &member.value());
  } else if (xml && !(at->is_string() && at->get_string().empty())) {
    out.emplace_back("", at);
  }
  return out;
}

std::string below_answer(const std::string& path) {
  return path == "answer" ? "" : path.substr(std::string_view("answer.").size());
}

}  // namespace

Status RecipeRun::run(const std::vector<RecipeStep>& steps) {
  for (const RecipeStep& step : steps) {
    const Status done = run_step(step);
    if (done) continue;
    Error error = done.error();
    error.detail = scratch_.redactor().clean(error.detail);
    // Those of an exchange have their step already; those of a formula have not.
    const bool has_step = error.detail.starts_with(step.phase + ": ") || error.detail.starts_with("token: ");
    return has_step ? error : error.within(step.phase);
  }
  return Done{};
}

Status RecipeRun::run_step(const RecipeStep& step) {
  if (step.when) {
    TRY(const bool wanted, step.when->holds(scratch_, deadline_));
    if (!wanted) return Done{};
  }
  for (const auto& [name, text] : step.collect) scratch_.scope().erase(name);
  bool found = false;
  CHECK_OK(step.each.empty() ? run_pages(step, found) : run_each(step));
  if (step.missing && !found) {
    TRY(const std::string text, step.missing->render(scratch_, TextPlace::kPlain, deadline_));
    return invalid(step.phase + ": " + printable(text), "dns-missing");
  }
  for (const auto& [name, text] : step.take) {
    TRY(formula::Value value, text.value(scratch_, deadline_));
    if (step.phase == "login") {
      for (const std::string& secret : value.as_texts()) scratch_.hide(secret);
    }
    CHECK_OK(scratch_.set(name, std::move(value)));
  }
  return Done{};
}

Status RecipeRun::run_pages(const RecipeStep& step, bool& found) {
  for (int page = 1;; ++page) {
    CHECK_OK(scratch_.set("page", formula::Value(static_cast<double>(page))));
    TRY(const bool more, run_page(step, found));
    if (!more) return Done{};
    if (page == kMostPages) {
      return unavailable(
          step.phase + ": the provider's list has more than " + std::to_string(kMostPages) + " pages",
          "dns-provider-answer");
    }
  }
}

// Afterwards `answer` and `each` are those for which 'where' holds, or empty.
Status RecipeRun::run_each(const RecipeStep& step) {
  const formula::Value* const found = scratch_.scope().find(step.each);
  const std::vector<std::string> list =
      found == nullptr || found->is_empty() ? std::vector<std::string>() : found->as_texts();
  if (list.size() > static_cast<std::size_t>(kMostPages))
    return unavailable(step.phase + ": there are more than 200 records to look at", "dns-provider-answer");
  for (const std::string& element : list) {
    CHECK_OK(scratch_.set("each", formula::Value(element)));
    bool ignored = false;
    TRY([[maybe_unused]] const bool more, run_page(step, ignored));
    if (!step.where) continue;
    TRY(const bool matches, step.where->holds(scratch_, deadline_));
    if (matches) return Done{};
  }
  if (step.where) {
    scratch_.scope().erase("each");
    CHECK_OK(scratch_.put_answer("answer", nullptr));
  }
  return Done{};
}

Result<bool> RecipeRun::run_page(const RecipeStep& step, bool& found) {
  TRY(const ExchangeCall call, make_call(step));
  TRY(const HttpResponse response, tools_.exchange.send(call, scratch_.redactor(), deadline_));
  CHECK_OK(read_answer(step, call, response));
  CHECK_OK(judge(step, call, response));
  if (!step.find.empty()) CHECK_OK(search(step, found));
  const bool searches_on = step.find.empty() || !found || !step.collect.empty();
  if (!step.more || !searches_on) return false;
  return step.more->holds(scratch_, deadline_);
}

Status RecipeRun::read_answer(const RecipeStep& step, const ExchangeCall& call,
                              const HttpResponse& response) {
  answer_ = nullptr;
  last_was_xml_ = step.answer == RecipeStep::Answer::kXml;
  CHECK_OK(scratch_.set("status", formula::Value(static_cast<double>(response.status))));
  CHECK_OK(scratch_.set("body", formula::Value(std::string_view(response.body).substr(0, 4096))));
  for (const HttpHeader& header : response.headers) {
    std::string name = "header." + lower_ascii(header.name);
    std::ranges::replace(name, '-', '_');  // a formula would subtract
    CHECK_OK(scratch_.set(name, formula::Value(header.value)));
  }
  const std::string_view text = trim(response.body);
  const bool is_fine = response.status < 300;
  // A captive portal, a proxy's apology: XML at best by chance.
  const bool is_page = lower_ascii(text.substr(0, 14)).starts_with("<!doctype html") ||
                       lower_ascii(text.substr(0, 5)).starts_with("<html");
  if (is_page && is_fine) {
    return Exchange::nonsense(call, response, "with a page of HTML instead of what was asked for",
                              scratch_.redactor());
  }
  if (!text.empty() && step.answer != RecipeStep::Answer::kText) {
    JsonLimits limits;
    limits.max_bytes = response.body.size() + 1;
    auto read = last_was_xml_ ? parse_xml_answer(text) : parse_json(text, limits);
    if (!read && is_fine) {
      return Exchange::nonsense(
          call, response,
          std::string("not with ") + (last_was_xml_ ? "XML: " : "JSON: ") + read.error().detail,
          scratch_.redactor());
    }
    if (read) answer_ = std::move(*read);
  }
  return scratch_.put_answer("answer", answer_, step.find);
}

Status RecipeRun::judge(const RecipeStep& step, const ExchangeCall& call, const HttpResponse& response) {
  const auto holds = [&](const std::optional<RecipeText>& text) -> Result<bool> {
    if (!text) return false;
    return text->holds(scratch_, deadline_);
  };
  TRY(const bool conflict, holds(step.conflict));
  if (conflict) {
    return unavailable(step.phase + ": the record set was changed by somebody else again and again",
                       std::string(kRecipeConflict));
  }
  TRY(const bool denied_by_answer, holds(step.denied ? step.denied : tools_.recipe.denied));
  TRY(const bool limited_by_answer, holds(step.limited ? step.limited : tools_.recipe.limited));
  bool fine = response.status >= 200 && response.status < 300;
  if (step.ok) {
    TRY(fine, holds(step.ok));
  } else if (fine && tools_.recipe.ok) {
    TRY(fine, holds(tools_.recipe.ok));
  }
  if (fine && !denied_by_answer && !limited_by_answer) return Done{};
  std::string message;
  const std::optional<RecipeText>& error = step.error ? step.error : tools_.recipe.error;
  if (error) {
    TRY(message, error->render(scratch_, TextPlace::kPlain, deadline_));
  }
  if (trim(message).empty()) message = provider_message(response.body);
  Error out = Exchange::refusal(call, response, message, scratch_.redactor());
  if (limited_by_answer) out.code = Code::kLimited;
  if (denied_by_answer) out.code = Code::kDenied;
  return out;
}

Status RecipeRun::set_item(const boost::json::value& item, const std::string& key) {
  CHECK_OK(scratch_.put_answer("item", item));
  if (!key.empty()) CHECK_OK(scratch_.set("item.key", formula::Value(key)));
  return Done{};
}

Status RecipeRun::search(const RecipeStep& step, bool& found) {
  const boost::json::value* const at = find_path(answer_, below_answer(step.find));
  std::string first_key;
  for (const auto& [key, item] : elements(at, last_was_xml_)) {
    CHECK_OK(set_item(*item, key));
    if (step.where) {
      TRY(const bool matches, step.where->holds(scratch_, deadline_));
      if (!matches) continue;
    }
    if (!found) {
      item_ = *item;
      first_key = key;
    }
    found = true;
    if (step.collect.empty()) break;
    CHECK_OK(take(step.collect, true));
  }
  // What 'take' reads: the first that fits, or nothing.
  CHECK_OK(set_item(found ? item_ : boost::json::value(), first_key));
  if (!found) item_ = nullptr;
  return Done{};
}

Status RecipeRun::take(const RecipeTexts& texts, bool append) {
  for (const auto& [name, text] : texts) {
    TRY(formula::Value value, text.value(scratch_, deadline_));
    const formula::Value* const before = scratch_.scope().find(name);
    if (append && before != nullptr) {
      std::vector<std::string> all = before->as_texts();
      for (std::string& one : value.as_texts()) all.push_back(std::move(one));
      if (all.size() > kMostCollected)
        return unavailable("more than 5000 values were collected", "dns-provider-answer");
      value = formula::Value::texts(std::move(all));
    }
    CHECK_OK(scratch_.set(name, std::move(value)));
  }
  return Done{};
}

boost::json::array RecipeRun::list_at(const std::string& path, bool lone_is_list) const {
  const bool in_item = path == "item" || path.starts_with("item.");
  const boost::json::value* at = nullptr;
  if (in_item) {
    at = find_path(item_, path == "item" ? "" : path.substr(std::string_view("item.").size()));
  } else {
    at = find_path(answer_, below_answer(path));
  }
  if (at == nullptr || at->is_null()) return {};
  if (const auto* const list = at->if_array()) return *list;
  if (lone_is_list && !(at->is_string() && at->get_string().empty())) return {*at};
  return {};
}

Status RecipeRun::log_in() {
  if (tools_.recipe.login.empty()) return Done{};
  const std::lock_guard alone(tools_.sessions.login());
  if (const auto session = tools_.sessions.find("login")) {
    for (const auto& [name, value] : *session) CHECK_OK(scratch_.set_secret(name, value));
    return Done{};
  }
  CHECK_OK(run(tools_.recipe.login));
  SessionCache::Variables variables;
  for (const RecipeStep& step : tools_.recipe.login) {
    for (const auto& [name, text] : step.take) variables[name] = scratch_.text(name);
  }
  tools_.sessions.put("login", std::move(variables), tools_.recipe.login_life);
  return Done{};
}

Result<ExchangeCall> RecipeRun::make_call(const RecipeStep& step) {
  ExchangeCall call;
  call.step = step.phase;
  call.secret_answer = step.phase == "login";
  CHECK_OK(scratch_.set("nonce", formula::Value(random_id(18))));
  TRY(call.request, build_request(step, values_, scratch_, deadline_));
  CHECK_OK(set_request(call.request));
  CHECK_OK(sign(step, call.request));
  return call;
}

}  // namespace certstead
