// The tables of a recipe's steps and of its signing.
#include <algorithm>

#include "base/text.h"
#include "dns/recipe_reader.h"
#include "net/http_message.h"

namespace certstead {
namespace {

constexpr std::size_t kMostSteps = 12;

bool is_name(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  };
  return !text.empty() && text.size() <= 64 && (text.front() < '0' || text.front() > '9') &&
         std::ranges::all_of(text, fits);
}

// "POST https://...", "GET ${server}/...": the method, a URL setting in front, the rest.
RecipeReader request_into(RecipeStep& step) {
  return [&step](const RecipeNode& node) -> Status {
    if (node.kind != RecipeNode::Kind::kText) return invalid("it must be a text such as \"GET https://...\"");
    const std::size_t blank = node.text.find(' ');
    step.method = node.text.substr(0, blank);
    static constexpr std::string_view kMethods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    if (blank == std::string::npos || std::ranges::find(kMethods, step.method) == std::end(kMethods)) {
      return invalid("it must begin with GET, POST, PUT, PATCH or DELETE, a blank, and the URL");
    }
    std::string url = node.text.substr(blank + 1);
    const std::size_t brace = url.find('}');
    if (url.starts_with("${") && brace != std::string::npos && is_name(url.substr(2, brace - 2))) {
      step.base = url.substr(2, brace - 2);
      url = url.substr(brace + 1);
    } else if (!url.starts_with("https://")) {
      return invalid("the URL must begin with https:// or with a setting that is a URL, ${server}/...");
    }
    TRY(step.url, RecipeText::parse(url));
    return Done{};
  };
}

RecipeReader body_into(RecipeStep& step, RecipeStep::Body kind, RecipeReader reader) {
  return [&step, kind, reader = std::move(reader)](const RecipeNode& node) -> Status {
    if (step.body != RecipeStep::Body::kNone)
      return invalid("a step has one body only: json, form, xml or text");
    step.body = kind;
    return reader(node);
  };
}

// Splits at <each NAME> and </each>.
RecipeReader xml_into(std::vector<RecipeXmlPart>& out) {
  return [&out](const RecipeNode& node) -> Status {
    if (node.kind != RecipeNode::Kind::kText) return invalid("it must be a text in quotes");
    constexpr std::string_view kOpen = "<each ", kClose = "</each>";
    std::string_view rest = node.text;
    while (!rest.empty()) {
      const std::size_t open = rest.find(kOpen);
      RecipeXmlPart before;
      TRY(before.text, RecipeText::parse(rest.substr(0, open)));
      out.push_back(std::move(before));
      if (open == std::string_view::npos) break;
      rest = rest.substr(open + kOpen.size());
      const std::size_t end = rest.find('>'), close = rest.find(kClose);
      if (end == std::string_view::npos || close == std::string_view::npos || close < end)
        return invalid("<each NAME> needs its </each>");
      RecipeXmlPart part;
      part.each = rest.substr(0, end);
      if (!is_name(part.each)) return invalid("<each NAME> needs the name of a variable");
      TRY(part.text, RecipeText::parse(rest.substr(end + 1, close - end - 1)));
      out.push_back(std::move(part));
      rest = rest.substr(close + kClose.size());
    }
    return Done{};
  };
}

RecipeReader answer_into(RecipeStep::Answer& out) {
  return [&out](const RecipeNode& node) -> Status {
    const std::string& name = node.text;
    if (name != "json" && name != "xml" && name != "text")
      return invalid("there are \"json\", \"xml\" and \"text\"");
    out = name == "xml"    ? RecipeStep::Answer::kXml
          : name == "text" ? RecipeStep::Answer::kText
                           : RecipeStep::Answer::kJson;
    return Done{};
  };
}

RecipeReader variables_into(RecipeTexts& out) {
  return [&out](const RecipeNode& node) -> Status {
    CHECK_OK(templates_into(out)(node));
    for (const auto& [name, text] : out) {
      if (!is_name(name)) return invalid("'" + printable(name, 60) + "' is no name for a variable");
    }
    return Done{};
  };
}

RecipeReader optional_sign_into(std::optional<RecipeSign>& out) {
  return [&out](const RecipeNode& node) -> Status { return sign_into(out.emplace())(node); };
}

RecipeReaders step_readers(RecipeStep& step) {
  using Body = RecipeStep::Body;
  return {{"request", request_into(step)},
          {"headers", templates_into(step.headers)},
          {"json", body_into(step, Body::kJson, json_into(step.json))},
          {"form", body_into(step, Body::kForm, templates_into(step.form))},
          {"xml", body_into(step, Body::kXml, xml_into(step.xml))},
          {"text", body_into(step, Body::kText, template_into(step.text))},
          {"answer", answer_into(step.answer)},
          {"when", template_into(step.when)},
          {"ok", template_into(step.ok)},
          {"denied", template_into(step.denied)},
          {"limited", template_into(step.limited)},
          {"conflict", template_into(step.conflict)},
          {"error", template_into(step.error)},
          {"more", template_into(step.more)},
          {"missing", template_into(step.missing)},
          {"each", text_into(step.each)},
          {"find", text_into(step.find)},
          {"where", template_into(step.where)},
          {"take", variables_into(step.take)},
          {"collect", variables_into(step.collect)},
          {"sign", optional_sign_into(step.sign)}};
}

Status check_step(const RecipeNode& node, const RecipeStep& step) {
  if (step.method.empty()) return wrong_in_recipe(node, step.phase, "the step has no 'request'");
  if (step.method == "GET" && step.body != RecipeStep::Body::kNone)
    return wrong_in_recipe(node, step.phase, "a GET has no body");
  for (const auto& [name, header] : step.headers) {
    if (!is_token(name))
      return wrong_in_recipe(node, "headers", "'" + printable(name, 60) + "' is no header name");
  }
  if (step.find.empty() && ((step.where && step.each.empty()) || step.missing || !step.collect.empty())) {
    return wrong_in_recipe(node, step.phase, "'where', 'collect' and 'missing' need a 'find'");
  }
  if (!step.each.empty() && (!is_name(step.each) || !step.find.empty() || step.more)) {
    return wrong_in_recipe(node, "each",
                           "it must be the name of a variable, in a step without 'find' and 'more'");
  }
  if (!step.find.empty() && step.find != "answer" && !step.find.starts_with("answer.")) {
    return wrong_in_recipe(node, "find", "it must be a path such as \"answer.records\"");
  }
  return Done{};
}

}  // namespace

RecipeReader steps_into(std::vector<RecipeStep>& out, std::string_view phase) {
  return [&out, phase](const RecipeNode& node) -> Status {
    std::vector<const RecipeNode*> tables;
    if (node.kind == RecipeNode::Kind::kTable) tables.push_back(&node);
    for (const RecipeNode& item : node.items) tables.push_back(&item);
    if (tables.empty() || tables.size() > kMostSteps) return invalid("it must have 1 to 12 steps");
    for (const RecipeNode* const table : tables) {
      RecipeStep step;
      step.phase = phase;
      step.line = table->line;
      CHECK_OK(read_recipe_table(*table, step_readers(step)));
      CHECK_OK(check_step(*table, step));
      out.push_back(std::move(step));
    }
    return Done{};
  };
}

RecipeReader sign_into(RecipeSign& out) {
  return [&out](const RecipeNode& node) -> Status {
    using Kind = RecipeSign::Kind;
    static const std::map<std::string_view, std::pair<Kind, std::vector<std::string_view>>> kKinds = {
        {"none", {Kind::kNone, {}}},
        {"aws-sigv4", {Kind::kAwsV4, {"access_key_id", "secret_key", "region", "service", "session_token"}}},
        {"oauth2",
         {Kind::kOauth2, {"token_url", "client_id", "client_secret", "scope", "resource", "audience"}}},
        {"jwt-rs256", {Kind::kJwtRs256, {"token_url", "key", "key_id"}}},
        {"hmac", {Kind::kHmac, {"key", "message"}}}};
    const RecipeNode* const kind = node.find("kind");
    const auto known = kKinds.find(kind == nullptr ? "" : std::string_view(kind->text));
    if (known == kKinds.end())
      return invalid("its 'kind' must be aws-sigv4, oauth2, jwt-rs256, hmac or none");
    out.kind = known->second.first;
    std::string ignored, digest = "hmac-sha256", encoding = "hex";
    RecipeReaders readers = {{"kind", text_into(ignored)}};
    for (const std::string_view name : known->second.second)
      readers.emplace(name, template_into(out.texts[std::string(name)]));
    if (out.kind == Kind::kHmac) {
      readers.emplace("digest", text_into(digest));
      readers.emplace("encoding", text_into(encoding));
    }
    if (out.kind == Kind::kJwtRs256) readers.emplace("claims", json_into(out.claims));
    CHECK_OK(read_recipe_table(node, readers));
    TRY(out.digest, parse_digest(digest));
    if (encoding != "hex" && encoding != "base64") return invalid("'encoding' is \"hex\" or \"base64\"");
    out.base64 = encoding == "base64";
    return Done{};
  };
}

}  // namespace certstead
