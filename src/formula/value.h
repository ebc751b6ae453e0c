// What a formula works with: a list of texts, of numbers or of times; it has at least one element.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace certstead::formula {

class Value {
 public:
  enum class Kind {
    kText,
    kNumber,
    kTime,         // milliseconds since 1970, UTC
    kError,        // travels through operators and functions until @IsError asks or the formula ends
    kNothing,      // @Nothing: @Transform leaves the element out
    kUnavailable,  // @Unavailable, @DeleteField: a FIELD that is given it goes
  };

  Value() : Value(std::string()) {}  // the text ""
  Value(std::string text);
  Value(std::string_view text) : Value(std::string(text)) {}
  Value(const char* text) : Value(std::string(text)) {}
  Value(double number);
  // The list, or "" if there is no element: the language has no empty list.
  static Value texts(std::vector<std::string> texts);
  static Value numbers(std::vector<double> numbers, Kind kind = Kind::kNumber);
  static Value boolean(bool yes) { return {yes ? 1.0 : 0.0}; }
  static Value time(Instant time);
  static Value error(std::string cause);
  static Value nothing() { return marker(Kind::kNothing); }
  static Value unavailable() { return marker(Kind::kUnavailable); }

  Kind kind() const { return kind_; }
  bool is_text() const { return kind_ == Kind::kText; }
  bool is_number() const { return kind_ == Kind::kNumber; }
  bool is_time() const { return kind_ == Kind::kTime; }
  bool is_error() const { return kind_ == Kind::kError; }
  // Text, numbers or times: what a field can hold.
  bool is_data() const { return is_text() || is_number() || is_time(); }
  std::size_t size() const { return is_number() || is_time() ? numbers_.size() : texts_.size(); }
  // True for the one text "".
  bool is_empty() const { return is_text() && texts_.size() == 1 && texts_[0].empty(); }
  // Whether a condition holds: some number is not 0.
  bool is_true() const;

  const std::vector<std::string>& texts() const { return texts_; }  // kText, else not to be looked at
  std::vector<std::string>& texts() { return texts_; }
  const std::vector<double>& numbers() const { return numbers_; }  // kNumber and kTime
  const std::string& cause() const { return texts_[0]; }           // kError

  // Each element as text, as @Text gives it.
  std::vector<std::string> as_texts() const;
  // What it takes in memory, for budgets.
  std::size_t bytes() const;
  bool operator==(const Value&) const = default;

 private:
  static Value marker(Kind kind);

  Kind kind_ = Kind::kText;
  std::vector<std::string> texts_;
  std::vector<double> numbers_;
};

// "text", "a number", "a time", ...: for sentences.
std::string_view kind_name(Value::Kind kind);
// Without blanks around it: "12", "-0.5", "1e+20"; 15 digits at most, as the source system shows them.
std::string number_text(double number);
// "2026-11-28 18:30:00", UTC.
std::string time_text(double milliseconds);

}  // namespace certstead::formula
