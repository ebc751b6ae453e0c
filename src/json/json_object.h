// A view of a JSON object whose readers give typed members or say what is wrong with them.
//
//   TRY(const boost::json::value answer, parse_json(body));
//   TRY(const JsonObject order, JsonObject::of(answer));
//   TRY(const std::string status, order.string("status"));
//   TRY(const std::optional<std::string> expires, order.optional_string("expires"));
//
// Every error is kInvalid and names the path of the member ("identifiers[1].type"), what it must be and what
// it is. Members that nobody asks for are ignored. "Optional" means absent or null.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace certstead {

// Does not own the object: the boost::json::value that it was made of must outlive it and stay unchanged.
class JsonObject {
 public:
  // `path` says in errors where `value` stands; empty for the outermost value.
  static Result<JsonObject> of(const boost::json::value& value, std::string path = {});
  // A view needs a value that stays.
  static Result<JsonObject> of(boost::json::value&& value, std::string path = {}) = delete;

  // True if the member is there, even if it is null.
  bool has(std::string_view name) const { return find(name) != nullptr; }
  // The member as it is, or null.
  const boost::json::value* find(std::string_view name) const;
  // How errors name the member: "status", "identifiers[1].type".
  std::string path_of(std::string_view name) const;
  const boost::json::object& members() const { return *object_; }

  Result<std::string> string(std::string_view name) const;
  Result<std::optional<std::string>> optional_string(std::string_view name) const;

  // A whole number from `least` to `most`, written without fraction or exponent.
  Result<std::int64_t> integer(std::string_view name,
                               std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                               std::int64_t most = std::numeric_limits<std::int64_t>::max()) const;
  Result<std::optional<std::int64_t>> optional_integer(
      std::string_view name, std::int64_t least = std::numeric_limits<std::int64_t>::min(),
      std::int64_t most = std::numeric_limits<std::int64_t>::max()) const;

  Result<bool> boolean(std::string_view name) const;
  Result<std::optional<bool>> optional_boolean(std::string_view name) const;

  Result<std::vector<std::string>> strings(std::string_view name) const;
  Result<std::optional<std::vector<std::string>>> optional_strings(std::string_view name) const;

  Result<JsonObject> object(std::string_view name) const;
  Result<std::optional<JsonObject>> optional_object(std::string_view name) const;

  Result<std::vector<JsonObject>> objects(std::string_view name) const;
  Result<std::optional<std::vector<JsonObject>>> optional_objects(std::string_view name) const;

 private:
  JsonObject(const boost::json::object& object, std::string path)
      : object_(&object), path_(std::move(path)) {}

  const boost::json::object* object_;
  std::string path_;
};

}  // namespace certstead
