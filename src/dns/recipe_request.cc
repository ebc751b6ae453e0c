#include "dns/recipe_request.h"

#include <boost/json/object.hpp>
#include <cmath>

#include "base/text.h"
#include "formula/escape.h"
#include "json/json.h"

namespace certstead {
namespace {

struct Builder {
  const boost::json::array& values;
  Scratch& scratch;
  Deadline deadline;

  Result<boost::json::value> build(const RecipeJson& json) const {
    using Kind = RecipeJson::Kind;
    switch (json.kind) {
      case Kind::kNumber:
        return boost::json::value(json.number);
      case Kind::kBoolean:
        return boost::json::value(json.boolean);
      case Kind::kValues:
        return boost::json::value(values);
      case Kind::kText:
        return scalar(json.text);
      case Kind::kObject:
        return object(json);
      case Kind::kArray:
        return array(json);
      case Kind::kEach:
        break;
    }
    return internal("\"@each\" outside of a list");
  }

 private:
  static boost::json::value one(const formula::Value& value, std::size_t i) {
    if (!value.is_number()) return boost::json::value(value.as_texts()[i]);
    const double number = value.numbers()[i];
    constexpr double kMostExact = 9e15;
    if (number == std::floor(number) && std::fabs(number) < kMostExact)
      return boost::json::value(static_cast<std::int64_t>(number));
    return boost::json::value(number);
  }

  Result<boost::json::value> scalar(const RecipeText& text) const {
    TRY(const formula::Value value, text.value(scratch, deadline));
    if (value.size() == 1) return one(value, 0);
    return boost::json::value(join(value.as_texts(), " "));
  }

  Result<boost::json::value> object(const RecipeJson& json) const {
    boost::json::object out;
    for (const auto& [name, member] : json.members) {
      TRY(boost::json::value value, build(member));
      out.emplace(name, std::move(value));
    }
    return boost::json::value(std::move(out));
  }

  Result<boost::json::value> array(const RecipeJson& json) const {
    boost::json::array out;
    for (const auto& [ignored, member] : json.members) CHECK_OK(append(member, out));
    return boost::json::value(std::move(out));
  }

  Status append(const RecipeJson& member, boost::json::array& out) const {
    const bool is_each = member.kind == RecipeJson::Kind::kEach;
    if (member.kind == RecipeJson::Kind::kValues) {
      out.insert(out.end(), values.begin(), values.end());
      return Done{};
    }
    if (!is_each && !(member.kind == RecipeJson::Kind::kText && member.text.is_expression())) {
      TRY(boost::json::value value, build(member));
      out.push_back(std::move(value));
      return Done{};
    }
    TRY(const formula::Value list, member.text.value(scratch, deadline));
    for (std::size_t i = 0; !list.is_empty() && i < list.size(); ++i) {
      if (!is_each) {
        out.push_back(one(list, i));
        continue;
      }
      CHECK_OK(scratch.set(
          "each", list.is_number() ? formula::Value(list.numbers()[i]) : formula::Value(list.as_texts()[i])));
      TRY(boost::json::value value, build(member.members.front().second));
      out.push_back(std::move(value));
    }
    return Done{};
  }
};

void add_field(std::string& form, const std::string& name, const std::string& value) {
  form += (form.empty() ? "" : "&") + formula::percent_encoded(name) + "=" + formula::percent_encoded(value);
}

// "name#" is name1, name2, ... for the elements of a list.
Result<std::string> build_form(const RecipeTexts& fields, Scratch& scratch, Deadline deadline) {
  std::string out;
  for (const auto& [name, text] : fields) {
    if (!name.ends_with('#')) {
      TRY(const std::string value, text.render(scratch, TextPlace::kPlain, deadline));
      add_field(out, name, value);
      continue;
    }
    TRY(const formula::Value list, text.value(scratch, deadline));
    const std::vector<std::string> values = list.as_texts();
    for (std::size_t i = 0; i < values.size(); ++i) {
      add_field(out, name.substr(0, name.size() - 1) + std::to_string(i + 1), values[i]);
    }
  }
  return out;
}

Result<std::string> build_xml(const std::vector<RecipeXmlPart>& parts, Scratch& scratch, Deadline deadline) {
  std::string out;
  for (const RecipeXmlPart& part : parts) {
    if (part.each.empty()) {
      TRY(const std::string text, part.text.render(scratch, TextPlace::kXml, deadline));
      out += text;
      continue;
    }
    const formula::Value* const found = scratch.scope().find(part.each);
    const std::vector<std::string> list =
        found == nullptr || found->is_empty() ? std::vector<std::string>() : found->as_texts();
    for (const std::string& element : list) {
      CHECK_OK(scratch.set("each", formula::Value(element)));
      TRY(const std::string text, part.text.render(scratch, TextPlace::kXml, deadline));
      out += text;
    }
  }
  return out;
}

}  // namespace

Result<boost::json::value> build_json(const RecipeJson& json, const boost::json::array& values,
                                      Scratch& scratch, Deadline deadline) {
  return Builder{values, scratch, deadline}.build(json);
}

Result<HttpRequest> build_request(const RecipeStep& step, const boost::json::array& values, Scratch& scratch,
                                  Deadline deadline) {
  HttpRequest request;
  request.method = step.method;
  TRY(const std::string url, step.url.render(scratch, TextPlace::kUrl, deadline));
  request.url = step.base.empty() ? url : scratch.text(step.base) + url;
  std::string type;
  switch (step.body) {
    case RecipeStep::Body::kNone:
      break;
    case RecipeStep::Body::kJson: {
      TRY(const boost::json::value json, build_json(step.json, values, scratch, deadline));
      request.body = to_json_text(json);
      type = "application/json";
      break;
    }
    case RecipeStep::Body::kForm: {
      TRY(request.body, build_form(step.form, scratch, deadline));
      type = "application/x-www-form-urlencoded";
      break;
    }
    case RecipeStep::Body::kXml: {
      TRY(request.body, build_xml(step.xml, scratch, deadline));
      type = "application/xml";
      break;
    }
    case RecipeStep::Body::kText: {
      TRY(request.body, step.text.render(scratch, TextPlace::kHeader, deadline));
      type = "text/plain";
      break;
    }
  }
  if (!type.empty()) request.headers.set("Content-Type", type);
  request.headers.set("Accept", step.answer == RecipeStep::Answer::kJson ? "application/json" : "*/*");
  return request;
}

Status add_headers(const RecipeTexts& headers, HttpRequest& request, Scratch& scratch, Deadline deadline) {
  for (const auto& [name, text] : headers) {
    TRY(const std::string value, text.render(scratch, TextPlace::kHeader, deadline));
    if (!value.empty()) request.headers.set(name, value);
  }
  return Done{};
}

}  // namespace certstead
