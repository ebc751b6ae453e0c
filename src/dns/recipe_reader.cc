#include "dns/recipe_reader.h"

#include <algorithm>

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::string_view kEach = "@each";
constexpr std::string_view kValues = "@rrset";

Result<RecipeText> template_of(const RecipeNode& node) {
  if (node.kind != RecipeNode::Kind::kText) return invalid("it must be a text in quotes");
  return RecipeText::parse(node.text);
}

Result<RecipeJson> json_of(const RecipeNode& node);

// {"@each" = "${list}", ...}: the object once for every element.
Result<RecipeJson> each_of(const RecipeNode& node) {
  RecipeJson out;
  out.kind = RecipeJson::Kind::kEach;
  RecipeNode rest = node;
  std::erase_if(rest.members, [](const auto& member) { return member.first == kEach; });
  TRY(out.text, template_of(*node.find(kEach)));
  TRY(RecipeJson body, json_of(rest));
  out.members.emplace_back("", std::move(body));
  return out;
}

Result<RecipeJson> list_of(const RecipeNode& node) {
  RecipeJson out;
  out.kind = RecipeJson::Kind::kArray;
  for (const RecipeNode& item : node.items) {
    TRY(RecipeJson one, item.find(kEach) != nullptr ? each_of(item) : json_of(item));
    out.members.emplace_back("", std::move(one));
  }
  return out;
}

Result<RecipeJson> object_of(const RecipeNode& node) {
  RecipeJson out;
  for (const auto& [name, member] : node.members) {
    if (name.starts_with('@')) {
      return wrong_in_recipe(member, name, "\"@each\" stands in a table inside a list only");
    }
    TRY(RecipeJson one, json_of(member));
    out.members.emplace_back(name, std::move(one));
  }
  return out;
}

Result<RecipeJson> json_of(const RecipeNode& node) {
  RecipeJson out;
  switch (node.kind) {
    case RecipeNode::Kind::kTable:
      return object_of(node);
    case RecipeNode::Kind::kList:
      return list_of(node);
    case RecipeNode::Kind::kNumber:
      out.kind = RecipeJson::Kind::kNumber;
      out.number = node.number;
      return out;
    case RecipeNode::Kind::kBoolean:
      out.kind = RecipeJson::Kind::kBoolean;
      out.boolean = node.boolean;
      return out;
    case RecipeNode::Kind::kText:
      break;
  }
  out.kind = node.text == kValues ? RecipeJson::Kind::kValues : RecipeJson::Kind::kText;
  TRY(out.text, RecipeText::parse(node.text));
  return out;
}

}  // namespace

Error wrong_in_recipe(const RecipeNode& node, std::string_view key, const std::string& what) {
  const std::string name = key.empty() ? "" : printable(key, 60) + ": ";
  return invalid("line " + std::to_string(node.line) + ": " + name + what, "recipe");
}

Status read_recipe_table(const RecipeNode& table, const RecipeReaders& readers) {
  if (table.kind != RecipeNode::Kind::kTable) return invalid("it must be a table");
  for (const auto& [name, member] : table.members) {
    const auto reader = readers.find(name);
    if (reader == readers.end()) {
      std::vector<std::string> known;
      for (const auto& [key, ignored] : readers) known.emplace_back(key);
      return wrong_in_recipe(member, name, "there is no such key here; there are " + join(known, ", "));
    }
    Status read = reader->second(member);
    if (read) continue;
    if (read.error().id == "recipe") return read;  // has its line already
    return wrong_in_recipe(member, name, read.error().detail);
  }
  return Done{};
}

RecipeReader text_into(std::string& out) {
  return [&out](const RecipeNode& node) -> Status {
    if (node.kind != RecipeNode::Kind::kText) return invalid("it must be a text in quotes");
    out = node.text;
    return Done{};
  };
}

RecipeReader texts_into(std::vector<std::string>& out) {
  return [&out](const RecipeNode& node) -> Status {
    if (node.kind != RecipeNode::Kind::kList)
      return invalid("it must be a list of texts, [\"like\", \"this\"]");
    for (const RecipeNode& item : node.items) {
      if (item.kind != RecipeNode::Kind::kText)
        return invalid("it must be a list of texts, [\"like\", \"this\"]");
      out.push_back(item.text);
    }
    return Done{};
  };
}

RecipeReader flag_into(bool& out) {
  return [&out](const RecipeNode& node) -> Status {
    if (node.kind != RecipeNode::Kind::kBoolean) return invalid("it must be true or false");
    out = node.boolean;
    return Done{};
  };
}

RecipeReader number_into(std::int64_t& out, std::int64_t least, std::int64_t most) {
  return [&out, least, most](const RecipeNode& node) -> Status {
    if (node.kind != RecipeNode::Kind::kNumber || node.number < least || node.number > most) {
      return invalid("it must be a number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    out = node.number;
    return Done{};
  };
}

RecipeReader template_into(RecipeText& out) {
  return [&out](const RecipeNode& node) -> Status {
    TRY(out, template_of(node));
    return Done{};
  };
}

RecipeReader template_into(std::optional<RecipeText>& out) {
  return [&out](const RecipeNode& node) -> Status {
    TRY(out, template_of(node));
    return Done{};
  };
}

RecipeReader templates_into(RecipeTexts& out) {
  return [&out](const RecipeNode& node) -> Status {
    if (node.kind != RecipeNode::Kind::kTable) return invalid("it must be a table of texts");
    for (const auto& [name, member] : node.members) {
      auto text = template_of(member);
      if (!text) return wrong_in_recipe(member, name, text.error().detail);
      out.emplace_back(name, std::move(*text));
    }
    return Done{};
  };
}

RecipeReader json_into(RecipeJson& out) {
  return [&out](const RecipeNode& node) -> Status {
    TRY(out, json_of(node));
    return Done{};
  };
}

}  // namespace certstead
