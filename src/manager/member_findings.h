// What is wrong with members: those that lag behind the feed.
#pragma once

#include "model/health.h"
#include "model/store_ports.h"

namespace certstead {

// One that has not had everything for so long: yellow, then red.
inline constexpr Duration kMemberLags = std::chrono::minutes{10};
inline constexpr Duration kMemberIsLost = std::chrono::hours{1};

// "member-lags", subject "member ID". `since`: when this manager started; before it nobody was late.
Result<std::vector<Finding>> member_findings(const StorePorts& store, Instant now, Instant since);

}  // namespace certstead
