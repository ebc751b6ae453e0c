#include "log/line.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "json/json.h"
#include "log/level.h"

namespace certstead {
namespace {

constexpr std::size_t kLongestName = 100;
constexpr std::size_t kLongestValue = 4000;

std::string time_with_milliseconds(Instant at) {
  std::string text = to_rfc3339(at);
  const auto since_second = at - std::chrono::floor<std::chrono::seconds>(at);
  const std::string digits = std::to_string(1000 + since_second.count());
  text.insert(text.size() - 1, "." + digits.substr(1));
  return text;
}

std::string shown_value(const Field& field) {
  return is_secret_name(field.name) ? "[redacted]" : printable(field.value, kLongestValue);
}

// Fields are open structs, so that a number is believed only if it is one in JSON too.
bool is_json_number(const Field& field) {
  if (!field.is_number || is_secret_name(field.name)) return false;
  std::string_view digits = field.value;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  const bool all_digits = std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  return all_digits && !digits.empty() && (digits.size() == 1 || digits[0] != '0');
}

std::string in_quotes(std::string_view text) {
  return to_json_text(boost::json::string_view(text.data(), text.size()));
}

std::string upper_padded(std::string_view name, std::size_t width) {
  std::string out(name);
  for (char& c : out) c = static_cast<char>(c - 'a' + 'A');
  out.resize(std::max(width, out.size()), ' ');
  return out;
}

std::string text_value(const Field& field) {
  const std::string value = shown_value(field);
  return value.empty() || value.find_first_of(" \"=\\") != std::string::npos ? in_quotes(value) : value;
}

}  // namespace

bool is_secret_name(std::string_view name) {
  static constexpr std::array kMarks = {"token", "secret",        "password", "passphrase",
                                        "hmac",  "authorization", "cookie",   "private"};
  const std::string lower = lower_ascii(name);
  return std::ranges::any_of(kMarks, [&](const char* mark) { return lower.find(mark) != std::string::npos; });
}

std::string json_line(Instant at, Level level, std::string_view event, const std::vector<Field>& fields) {
  std::string out = "{\"time\":" + in_quotes(time_with_milliseconds(at)) +
                    ",\"level\":" + in_quotes(level_name(level)) +
                    ",\"event\":" + in_quotes(printable(event, kLongestName));
  std::set<std::string> taken = {"time", "level", "event"};
  for (const Field& field : fields) {
    std::string name = printable(field.name, kLongestName);
    while (!taken.insert(name).second) name += '_';
    out +=
        "," + in_quotes(name) + ":" + (is_json_number(field) ? field.value : in_quotes(shown_value(field)));
  }
  return out + "}\n";
}

std::string text_line(Instant at, Level level, std::string_view event, const std::vector<Field>& fields) {
  std::string out = time_with_milliseconds(at) + " " + upper_padded(level_name(level), 7) + " " +
                    printable(event, kLongestName);
  for (const Field& field : fields)
    out += " " + printable(field.name, kLongestName) + "=" + text_value(field);
  return out + "\n";
}

}  // namespace certstead
