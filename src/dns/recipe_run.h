// One run of a recipe: the steps that add or remove one record.
#pragma once

#include <boost/json/array.hpp>

#include "dns/exchange.h"
#include "dns/recipe.h"
#include "dns/session.h"

namespace certstead {

// What the runs of one account share.
struct RecipeTools {
  const DnsRecipe& recipe;
  const Exchange& exchange;
  SessionCache& sessions;
  const Clock& clock;
};

// Id of the error of a step whose 'conflict' holds: somebody else changed the record set meanwhile.
inline constexpr std::string_view kRecipeConflict = "dns-conflict";

// Not safe for use by two threads at a time.
class RecipeRun {
 public:
  RecipeRun(const RecipeTools& tools, Scratch& scratch, Deadline deadline)
      : tools_(tools), scratch_(scratch), deadline_(deadline) {}

  // Runs the steps one after another; those whose 'when' does not hold are passed over. Errors: those of
  // DnsProvider, and kUnavailable with the id kRecipeConflict.
  Status run(const std::vector<RecipeStep>& steps);
  // Logs in, unless a session is still good.
  Status log_in();

  // The array at `path` in the last answer, or at "item..." in what was found last; empty if there is none.
  boost::json::array list_at(const std::string& path, bool lone_is_list) const;
  // What "@rrset" stands for from now on.
  void set_values(boost::json::array values) { values_ = std::move(values); }
  bool last_was_xml() const { return last_was_xml_; }

 private:
  Status run_step(const RecipeStep& step);
  Status run_pages(const RecipeStep& step, bool& found);
  Status run_each(const RecipeStep& step);
  // One request of a step; whether there is another page.
  Result<bool> run_page(const RecipeStep& step, bool& found);
  Result<ExchangeCall> make_call(const RecipeStep& step);
  Status sign(const RecipeStep& step, HttpRequest& request);
  Status sign_hmac(const RecipeSign& sign);
  Status sign_aws(const RecipeSign& sign, HttpRequest& request);
  // Sets the variable 'access_token'.
  Status get_token(const RecipeSign& sign);
  Result<SessionCache::Variables> fetch_token(const RecipeSign& sign, Duration& life);
  Result<std::string> assertion(const RecipeSign& sign);
  Status read_answer(const RecipeStep& step, const ExchangeCall& call, const HttpResponse& response);
  Status judge(const RecipeStep& step, const ExchangeCall& call, const HttpResponse& response);
  Status search(const RecipeStep& step, bool& found);
  Status set_item(const boost::json::value& item, const std::string& key);
  Status take(const RecipeTexts& texts, bool append);
  Status set_request(const HttpRequest& request);
  Result<std::string> sign_text(const RecipeSign& sign, std::string_view name);

  const RecipeTools tools_;
  Scratch& scratch_;
  const Deadline deadline_;
  boost::json::array values_;
  boost::json::value answer_, item_;
  bool last_was_xml_ = false;
};

}  // namespace certstead
