// A provider as data: the recipe of docs/guide/dns.md, read and checked.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dns/recipe_text.h"
#include "dns/signing.h"
#include "model/dns_provider.h"

namespace certstead {

using RecipeTexts = std::vector<std::pair<std::string, RecipeText>>;

// JSON with expressions in it.
struct RecipeJson {
  enum class Kind {
    kText,  // an expression alone keeps its type; else a string
    kNumber,
    kBoolean,
    kObject,
    kArray,   // a text that is one expression and yields a list becomes so many elements
    kEach,    // members[0] once for every element of `text`, which is `each` meanwhile
    kValues,  // "@rrset": the values of the record set, as they came, and ours
  };
  Kind kind = Kind::kObject;
  RecipeText text = {};
  std::int64_t number = 0;
  bool boolean = false;
  std::vector<std::pair<std::string, RecipeJson>> members = {};  // names are "" in arrays
};

// A piece of an XML body: text, or what stands between <each NAME> and </each>.
struct RecipeXmlPart {
  std::string each;  // the name of a list; "" for text that stands once
  RecipeText text;
};

struct RecipeSign {
  enum class Kind { kNone, kAwsV4, kOauth2, kJwtRs256, kHmac };
  Kind kind = Kind::kNone;
  std::map<std::string, RecipeText, std::less<>> texts;  // key, message, region, ...
  Digest digest = Digest::kHmacSha256;
  bool base64 = false;
  RecipeJson claims;
};

struct RecipeStep {
  enum class Body { kNone, kJson, kForm, kXml, kText };
  enum class Answer { kJson, kXml, kText };
  std::string phase;  // "login", "lookup", "query", "add", "remove", "finish"
  std::size_t line = 0;
  std::string method;
  std::string base;  // the setting with whose URL the address begins; "" if it is written out
  RecipeText url;
  RecipeTexts headers;
  Body body = Body::kNone;
  RecipeJson json;
  RecipeTexts form;
  std::vector<RecipeXmlPart> xml;
  RecipeText text;
  Answer answer = Answer::kJson;
  std::optional<RecipeText> when, ok, denied, limited, conflict, error, more, missing;
  std::string each;  // a variable: the request is made for every element, as `each`, until 'where' holds
  std::string find;  // path of an array in the answer, "answer.records"
  std::optional<RecipeText> where;
  RecipeTexts take, collect;
  std::optional<RecipeSign> sign;  // in the place of the recipe's own
};

// An API that replaces all values of a name at once.
struct RecipeSetRules {
  std::string items;  // path in the answer of the last query
  RecipeText text;    // what one of `item` says
  RecipeJson entry;   // how ours is written
};

struct RecipeSetting {
  DnsSettingFacts facts;
  std::string fallback;  // "default"
  bool url = false;      // names a server of the administrator's own
  bool json = false;     // a JSON object, whose members are variables
};

struct DnsRecipe {
  DnsProviderFacts facts;
  std::vector<RecipeSetting> settings;
  std::vector<std::string> hosts;
  RecipeTexts headers;
  RecipeSign sign;
  std::optional<RecipeText> ok, denied, limited, error;
  std::vector<RecipeStep> login, lookup, query, add, remove, finish;
  std::optional<RecipeSetRules> set;
  std::string lock = "name";  // or "zone": to what of a provider one change at a time is made
  std::vector<std::string> keep;
  std::int64_t ttl = 120;
  Duration login_life = std::chrono::minutes{5};

  const RecipeSetting* setting(std::string_view name) const;
};

// Reads a recipe. kInvalid with "line N:", the key and the cause, for an unknown key too.
Result<DnsRecipe> parse_recipe(std::string_view text);

}  // namespace certstead
