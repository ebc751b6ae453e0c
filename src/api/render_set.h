// Credential sets as JSON.
#pragma once

#include "api/render.h"

namespace certstead {

// The set alone: what was asked for, and how it stands.
boost::json::object render(const CredentialSet& set);
// With its active versions, the count of archived ones, health, unfinished orders, and deployments.
boost::json::object render(const SetView& view);
// One line about a set.
boost::json::object render(const SetStatusLine& line);
// {"set": ..., "job": id or null, "created": ..., "summary": ...}
boost::json::object render(const RequestOutcome& outcome);
// A strong validator of the set's revision: "\"7\"".
std::string etag(std::int64_t revision);

}  // namespace certstead
