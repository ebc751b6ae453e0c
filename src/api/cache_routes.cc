#include "api/render.h"
#include "api/routes.h"
#include "base/text.h"

namespace certstead {
namespace {

struct SignatureAlgorithms {
  bool ecdsa = false;
  bool rsa = false;
};

// "ecdsa", "rsa", "ecdsa,rsa"; "": both.
Result<SignatureAlgorithms> parse_algorithms(const std::string& text) {
  if (text.empty()) return SignatureAlgorithms{true, true};
  SignatureAlgorithms out;
  for (const std::string_view word : split(text, ',')) {
    if (word != "ecdsa" && word != "rsa") {
      return invalid("the parameter 'sigalgs' must be ecdsa, rsa or both with a comma between, not '" +
                     printable(text, 40) + "'");
    }
    (word == "rsa" ? out.rsa : out.ecdsa) = true;
  }
  return out;
}

Result<ViewCatalog*> views_of(const Call& call) {
  if (call.manager.views != nullptr) return call.manager.views;
  return not_found("this manager fills no view; start it with --view NAME=DIRECTORY", "no-view");
}

}  // namespace

Result<HttpReply> list_cache(const Call& call) {
  TRY(const std::int64_t limit, call.query.number("limit", 500, 1, 5000));
  TRY(ViewCatalog * views, views_of(call));
  TRY(const std::vector<ViewEntry> entries, views->list(static_cast<std::size_t>(limit)));
  return json_reply(200, boost::json::object{{"entries", render_all(entries)}});
}

Result<HttpReply> look_up_cache(const Call& call) {
  TRY(const SignatureAlgorithms algorithms, parse_algorithms(call.query.text("sigalgs")));
  const std::string name = call.query.text("name");
  if (name.empty())
    return invalid("the parameter 'name' is missing: which host name does the client ask for?");
  const std::string view = call.query.text("view");
  TRY(ViewCatalog * views, views_of(call));
  TRY(const ViewLookup found,
      views->look_up(view.empty() ? "gateway" : view, name, algorithms.ecdsa, algorithms.rsa));
  return json_reply(200, render(found));
}

}  // namespace certstead
