// How code reports what happens, without knowing where it goes. The module `log` has the real sinks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace certstead {

enum class Level { kDebug, kInfo, kWarning, kError };

// One name with its value. Secrets have no conversion to a value, so they can't be logged.
struct Field {
  Field(std::string_view field_name, std::string_view text) : name(field_name), value(text) {}
  Field(std::string_view field_name, const std::string& text) : name(field_name), value(text) {}
  Field(std::string_view field_name, const char* text) : name(field_name), value(text) {}
  template <class N, class = std::enable_if_t<std::is_integral_v<N>>>
  Field(std::string_view field_name, N number)
      : name(field_name), value(std::to_string(number)), is_number(true) {}

  std::string name;
  std::string value;
  bool is_number = false;
};

// Implementations are safe from any thread, never throw, and escape what they print.
class LogSink {
 public:
  virtual ~LogSink() = default;
  // `event` is a stable dotted name, e.g. "order.finalized".
  virtual void event(Level level, std::string_view event, const std::vector<Field>& fields) = 0;

  void debug(std::string_view name, const std::vector<Field>& fields = {}) {
    event(Level::kDebug, name, fields);
  }
  void info(std::string_view name, const std::vector<Field>& fields = {}) {
    event(Level::kInfo, name, fields);
  }
  void warning(std::string_view name, const std::vector<Field>& fields = {}) {
    event(Level::kWarning, name, fields);
  }
  void error(std::string_view name, const std::vector<Field>& fields = {}) {
    event(Level::kError, name, fields);
  }
};

// Takes events and drops them.
class NullLog final : public LogSink {
 public:
  void event(Level, std::string_view, const std::vector<Field>&) override {}
};

}  // namespace certstead
