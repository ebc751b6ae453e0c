#include "log/level.h"

#include "base/text.h"

namespace certstead {

std::string_view level_name(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "error";
}

Result<Level> parse_level(std::string_view text) {
  for (const Level level : {Level::kDebug, Level::kInfo, Level::kWarning, Level::kError})
    if (equals_ignoring_case(text, level_name(level))) return level;
  if (equals_ignoring_case(text, "warn")) return Level::kWarning;
  return invalid("\"" + printable(text, 40) +
                 "\" is not a log level; the levels are debug, info, warning and error");
}

}  // namespace certstead
