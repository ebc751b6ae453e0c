#include "cli/show.h"

#include "base/text.h"

namespace certstead {

std::string show_name(const boost::json::value& name) {
  const std::string ascii = json_text(name, "ascii");
  const std::string unicode = json_text(name, "unicode");
  return unicode.empty() || unicode == ascii ? ascii : unicode + " (" + ascii + ")";
}

std::string show_names(const std::vector<boost::json::value>& names) {
  std::vector<std::string> shown;
  for (const boost::json::value& name : names) shown.push_back(show_name(name));
  return join(shown, ", ");
}

std::string show_date(const std::optional<Instant>& at) { return at ? to_rfc3339(*at).substr(0, 10) : "-"; }

std::string show_moment(const std::optional<Instant>& at) {
  if (!at) return "-";
  const std::string text = to_rfc3339(*at);
  return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
}

std::string show_date_and_span(const std::optional<Instant>& at, Instant now) {
  if (!at) return "-";
  return show_date(at) + " (" + (*at > now ? describe(*at - now) : "over") + ")";
}

std::string show_moment_and_span(const std::optional<Instant>& at, Instant now) {
  if (!at) return "-";
  return show_moment(at) + ", " + (*at > now ? "in " + describe(*at - now) : describe(now - *at) + " ago");
}

std::string show_time_of_day(Instant at) { return to_rfc3339(at).substr(11, 8); }

Colour colour_of_health(std::string_view health) {
  if (health == "green") return Colour::kGreen;
  return health == "yellow" ? Colour::kYellow : health == "red" ? Colour::kRed : Colour::kNone;
}

std::string show_flag(bool flag) { return flag ? "yes" : "no"; }

}  // namespace certstead
