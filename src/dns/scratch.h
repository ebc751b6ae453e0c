// The variables of one run at a provider.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "dns/redactor.h"
#include "formula/scope.h"

namespace certstead {

// Settings, parameters, answers and what the steps stored themselves, as fields that formulas read and write;
// knows which of them are secret. Not safe for use by two threads at a time.
class Scratch {
 public:
  Scratch() : scope_(std::size_t{16} << 20) {}

  formula::Scope& scope() { return scope_; }
  const Redactor& redactor() const { return redactor_; }

  // Errors of all that store: kLimited if it does not fit.
  Status set(std::string_view name, formula::Value value) { return scope_.set(name, std::move(value)); }
  // The value will be in no trace, error and kept text.
  Status set_secret(std::string_view name, std::string_view value);
  // Whatever the fields say, this is secret too.
  void hide(std::string_view value) { redactor_.add(value); }

  // Stores `answer` in the place of an earlier one: objects by dotted name, elements of arrays by index from
  // 0, an array of scalars as a list too, true and false as texts; whole numbers beyond 15 digits become
  // texts, null is left out. An array at the path `without` ("prefix.records") is left out.
  Status put_answer(std::string_view prefix, const boost::json::value& answer, std::string_view without = {});

  // The field as text, a list with blanks between; "" if there is none.
  std::string text(std::string_view name) const;

  // The fields of these names ("record_id", "retJSON_Add.*" for all that begin so) as JSON for restore();
  // without those that hold a secret, and at most 48 KiB.
  std::string keep(const std::vector<std::string>& names) const;
  // Puts them back; "" is nothing. kInvalid for a text that keep() did not make.
  Status restore(std::string_view kept);

 private:
  formula::Scope scope_;
  Redactor redactor_;
};

// What stands in `value` at a dotted path ("records.0.id"; "" is the value itself), or null.
const boost::json::value* find_path(const boost::json::value& value, std::string_view path);

// A scalar as a field's value, as Scratch::put_answer stores it; "" for null, arrays and objects.
formula::Value scalar_value(const boost::json::value& value);

}  // namespace certstead
