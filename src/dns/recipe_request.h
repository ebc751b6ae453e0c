// Makes the request of a recipe's step out of its templates.
#pragma once

#include <boost/json/array.hpp>

#include "dns/recipe.h"
#include "net/http_client.h"

namespace certstead {

// URL and body, escaped for where their parts stand; no headers but Content-Type and Accept. `values` stands
// in for "@rrset".
Result<HttpRequest> build_request(const RecipeStep& step, const boost::json::array& values, Scratch& scratch,
                                  Deadline deadline);

// JSON with its expressions evaluated.
Result<boost::json::value> build_json(const RecipeJson& json, const boost::json::array& values,
                                      Scratch& scratch, Deadline deadline);

// Adds headers; one that turns out empty is left out.
Status add_headers(const RecipeTexts& headers, HttpRequest& request, Scratch& scratch, Deadline deadline);

}  // namespace certstead
