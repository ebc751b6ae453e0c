// How credential sets look to people.
#pragma once

#include "cli/session.h"

namespace certstead {

// One line for each set.
Table table_of_sets(const std::vector<boost::json::value>& sets, Instant now);
// One line for each set of GET /status.
Table status_table(const std::vector<boost::json::value>& lines, Instant now);
// One line for each active certificate of a set: what a request ends with.
Table table_of_certificates(const boost::json::value& set);
// Everything that is known of a set.
std::string details_of_set(const boost::json::value& set, Instant now, bool colours);
// Health, reasons, expiry, renewal, how the operation goes, what is deployed and served.
std::string status_of_set(const boost::json::value& set, Instant now, bool colours);

}  // namespace certstead
