// The named fields that formulas read and write: the scratch document of the source system. It outlives an
// evaluation, so that what one step stores is there for the next. Not safe for use by two threads at a time.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "formula/value.h"

namespace certstead::formula {

class Scope {
 public:
  // At most so many bytes of names and values together, so that formulas can't fill the memory over time.
  explicit Scope(std::size_t max_bytes = std::size_t{4} << 20) : max_bytes_(max_bytes) {}

  // Names are compared without case. Null if there is no such field.
  const Value* find(std::string_view name) const;
  // `value` must be text, numbers or times. kLimited if it does not fit; the old value stays then.
  Status set(std::string_view name, Value value);
  void erase(std::string_view name);
  // Takes away all fields whose names begin with `prefix`, in whatever case.
  void erase_all(std::string_view prefix);
  // All fields in the order of their lower-case names: name as it was first written, value.
  void each(const std::function<void(const std::string& name, const Value& value)>& visit) const;

 private:
  struct Entry {
    std::string name;
    Value value;
  };
  using Fields = std::map<std::string, Entry, std::less<>>;
  Fields::iterator drop(Fields::iterator field);

  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  Fields fields_;  // by lower-case name
};

}  // namespace certstead::formula
