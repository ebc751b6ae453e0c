#include "json/json_object.h"

#include "base/text.h"

namespace certstead {
namespace {

namespace bj = boost::json;

std::string_view kind_name(const bj::value& value) {
  switch (value.kind()) {
    case bj::kind::null:
      return "null";
    case bj::kind::bool_:
      return "true or false";
    case bj::kind::int64:
    case bj::kind::uint64:
      return "a whole number";
    case bj::kind::double_:
      return "a number with a fraction or an exponent";
    case bj::kind::string:
      return "a string";
    case bj::kind::array:
      return "an array";
    case bj::kind::object:
      return "an object";
  }
  return "of an unknown kind";
}

Error unexpected(const std::string& path, std::string_view expected, std::string_view found) {
  const std::string what = path.empty() ? "the JSON value" : "the member \"" + path + "\"";
  return invalid(what + " must be " + std::string(expected) + ", but it is " + std::string(found));
}

Result<std::string> read_string(const bj::value& value, const std::string& path) {
  const bj::string* text = value.if_string();
  if (text == nullptr) return unexpected(path, "a string", kind_name(value));
  return std::string(text->data(), text->size());
}

Result<bool> read_boolean(const bj::value& value, const std::string& path) {
  if (!value.is_bool()) return unexpected(path, "true or false", kind_name(value));
  return value.get_bool();
}

struct Range {
  std::int64_t least;
  std::int64_t most;
};

std::string describe_range(const Range& range) {
  if (range.most == std::numeric_limits<std::int64_t>::max()) {
    if (range.least == std::numeric_limits<std::int64_t>::min()) return "a whole number of at most 64 bits";
    return "a whole number of at least " + std::to_string(range.least);
  }
  return "a whole number from " + std::to_string(range.least) + " to " + std::to_string(range.most);
}

Result<std::int64_t> read_integer(const bj::value& value, const std::string& path, const Range& range) {
  if (const std::uint64_t* large = value.if_uint64())
    return unexpected(path, describe_range(range), std::to_string(*large));
  const std::int64_t* number = value.if_int64();
  if (number == nullptr) return unexpected(path, describe_range(range), kind_name(value));
  if (*number < range.least || *number > range.most)
    return unexpected(path, describe_range(range), std::to_string(*number));
  return *number;
}

// Reads every element of an array by `read`; the path of an element is "path[index]".
template <class T, class Read>
Result<std::vector<T>> read_array(const bj::value& value, const std::string& path, std::string_view expected,
                                  const Read& read) {
  const bj::array* array = value.if_array();
  if (array == nullptr) return unexpected(path, expected, kind_name(value));
  std::vector<T> out;
  out.reserve(array->size());
  for (std::size_t i = 0; i < array->size(); ++i) {
    TRY(T element, read((*array)[i], path + "[" + std::to_string(i) + "]"));
    out.push_back(std::move(element));
  }
  return out;
}

Result<std::vector<std::string>> read_strings(const bj::value& value, const std::string& path) {
  return read_array<std::string>(value, path, "an array of strings", read_string);
}

Result<JsonObject> read_object(const bj::value& value, const std::string& path) {
  return JsonObject::of(value, path);
}

Result<std::vector<JsonObject>> read_objects(const bj::value& value, const std::string& path) {
  return read_array<JsonObject>(value, path, "an array of objects", read_object);
}

template <class T, class Read>
Result<T> required(const JsonObject& object, std::string_view name, const Read& read) {
  const bj::value* member = object.find(name);
  if (member == nullptr) return invalid("the member \"" + object.path_of(name) + "\" is missing");
  return read(*member, object.path_of(name));
}

template <class T, class Read>
Result<std::optional<T>> optional(const JsonObject& object, std::string_view name, const Read& read) {
  const bj::value* member = object.find(name);
  if (member == nullptr || member->is_null()) return std::optional<T>();
  TRY(T value, read(*member, object.path_of(name)));
  return std::optional<T>(std::move(value));
}

}  // namespace

Result<JsonObject> JsonObject::of(const boost::json::value& value, std::string path) {
  const bj::object* object = value.if_object();
  if (object == nullptr) return unexpected(path, "an object", kind_name(value));
  return JsonObject(*object, std::move(path));
}

const boost::json::value* JsonObject::find(std::string_view name) const {
  return object_->if_contains({name.data(), name.size()});
}

std::string JsonObject::path_of(std::string_view name) const {
  const std::string safe = printable(name, 60);
  return path_.empty() ? safe : path_ + "." + safe;
}

Result<std::string> JsonObject::string(std::string_view name) const {
  return required<std::string>(*this, name, read_string);
}
Result<std::optional<std::string>> JsonObject::optional_string(std::string_view name) const {
  return optional<std::string>(*this, name, read_string);
}

Result<std::int64_t> JsonObject::integer(std::string_view name, std::int64_t least, std::int64_t most) const {
  return required<std::int64_t>(*this, name, [&](const bj::value& value, const std::string& path) {
    return read_integer(value, path, {least, most});
  });
}
Result<std::optional<std::int64_t>> JsonObject::optional_integer(std::string_view name, std::int64_t least,
                                                                 std::int64_t most) const {
  return optional<std::int64_t>(*this, name, [&](const bj::value& value, const std::string& path) {
    return read_integer(value, path, {least, most});
  });
}

Result<bool> JsonObject::boolean(std::string_view name) const {
  return required<bool>(*this, name, read_boolean);
}
Result<std::optional<bool>> JsonObject::optional_boolean(std::string_view name) const {
  return optional<bool>(*this, name, read_boolean);
}

Result<std::vector<std::string>> JsonObject::strings(std::string_view name) const {
  return required<std::vector<std::string>>(*this, name, read_strings);
}
Result<std::optional<std::vector<std::string>>> JsonObject::optional_strings(std::string_view name) const {
  return optional<std::vector<std::string>>(*this, name, read_strings);
}

Result<JsonObject> JsonObject::object(std::string_view name) const {
  return required<JsonObject>(*this, name, read_object);
}
Result<std::optional<JsonObject>> JsonObject::optional_object(std::string_view name) const {
  return optional<JsonObject>(*this, name, read_object);
}

Result<std::vector<JsonObject>> JsonObject::objects(std::string_view name) const {
  return required<std::vector<JsonObject>>(*this, name, read_objects);
}
Result<std::optional<std::vector<JsonObject>>> JsonObject::optional_objects(std::string_view name) const {
  return optional<std::vector<JsonObject>>(*this, name, read_objects);
}

}  // namespace certstead
