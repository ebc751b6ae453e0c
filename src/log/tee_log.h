// One event to several sinks.
#pragma once

#include "base/log_sink.h"

namespace certstead {

// Safe from any thread. The sinks are not null and must outlive this object; they are told in the given
// order.
class TeeLog final : public LogSink {
 public:
  explicit TeeLog(std::vector<LogSink*> sinks) : sinks_(std::move(sinks)) {}
  void event(Level level, std::string_view event, const std::vector<Field>& fields) override;

 private:
  const std::vector<LogSink*> sinks_;
};

}  // namespace certstead
