// How single things look to people.
#pragma once

#include "cli/json_view.h"
#include "cli/table.h"

namespace certstead {

// "bücher.example (xn--bcher-kva.example)" of {"ascii", "unicode"}; one form if both are the same.
std::string show_name(const boost::json::value& name);
// Several with commas.
std::string show_names(const std::vector<boost::json::value>& names);
// "2027-02-20"
std::string show_date(const std::optional<Instant>& at);
// "2027-02-20 08:15 UTC"
std::string show_moment(const std::optional<Instant>& at);
// "2027-02-20 (89 days)", "2026-01-01 (over)"
std::string show_date_and_span(const std::optional<Instant>& at, Instant now);
// "2027-02-20 08:15 UTC, in 89 days"; "..., 2 h ago"
std::string show_moment_and_span(const std::optional<Instant>& at, Instant now);
// "08:15:46"
std::string show_time_of_day(Instant at);
// The colour of green, yellow and red.
Colour colour_of_health(std::string_view health);
// "yes" or "no"
std::string show_flag(bool flag);

}  // namespace certstead
