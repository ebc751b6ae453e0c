// A sink for tests: keeps every event as it came, without redaction, so that a test can also prove that a
// secret was not reported.
#pragma once

#include <algorithm>
#include <mutex>

#include "base/log_sink.h"

namespace certstead {

struct CapturedEvent {
  Level level;
  std::string name;
  std::vector<Field> fields;

  // The value of the first field of this name; empty if there is none.
  std::string value(std::string_view field_name) const {
    const auto found = std::ranges::find(fields, field_name, &Field::name);
    return found == fields.end() ? std::string() : found->value;
  }
};

// Safe from any thread.
class CaptureLog final : public LogSink {
 public:
  void event(Level level, std::string_view name, const std::vector<Field>& fields) override {
    const std::lock_guard hold(mutex_);
    events_.push_back({level, std::string(name), fields});
  }

  std::vector<CapturedEvent> events() const {
    const std::lock_guard hold(mutex_);
    return events_;
  }
  // The events of this name, oldest first.
  std::vector<CapturedEvent> events(std::string_view name) const {
    std::vector<CapturedEvent> out = events();
    std::erase_if(out, [&](const CapturedEvent& event) { return event.name != name; });
    return out;
  }
  std::size_t count(std::string_view name) const { return events(name).size(); }
  // True if `text` stands anywhere in a name or a value.
  bool mentions(std::string_view text) const {
    const auto has = [&](const std::string& where) { return where.find(text) != std::string::npos; };
    const std::vector<CapturedEvent> all = events();
    return std::ranges::any_of(all, [&](const CapturedEvent& event) {
      return has(event.name) || std::ranges::any_of(event.fields, [&](const Field& field) {
               return has(field.name) || has(field.value);
             });
    });
  }

 private:
  mutable std::mutex mutex_;
  std::vector<CapturedEvent> events_;
};

}  // namespace certstead
