#include "log/tee_log.h"

namespace certstead {

void TeeLog::event(Level level, std::string_view event, const std::vector<Field>& fields) {
  for (LogSink* sink : sinks_) sink->event(level, event, fields);
}

}  // namespace certstead
