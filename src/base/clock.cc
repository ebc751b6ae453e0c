#include "base/clock.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>

namespace certstead {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

struct Civil {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

bool digits(std::string_view text, std::size_t at, std::size_t count, int& out) {
  if (at + count > text.size()) return false;
  out = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    out = out * 10 + (text[i] - '0');
  }
  return true;
}

Result<Instant> to_instant(const Civil& c) {
  using namespace std::chrono;
  const year_month_day date{year{c.year}, month{static_cast<unsigned>(c.month)},
                            day{static_cast<unsigned>(c.day)}};
  if (!date.ok() || c.year < 1970 || c.year > 9999 || c.hour > 23 || c.minute > 59 || c.second > 60) {
    return invalid("the date is outside the calendar or before 1970");
  }
  return Instant{sys_days{date} + hours{c.hour} + minutes{c.minute} + seconds{std::min(c.second, 59)}};
}

Civil to_civil(Instant t) {
  using namespace std::chrono;
  const auto whole = floor<seconds>(t);
  const auto midnight = floor<days>(whole);
  const year_month_day date{midnight};
  const hh_mm_ss time{whole - midnight};
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(time.hours().count()),
          static_cast<int>(time.minutes().count()),
          static_cast<int>(time.seconds().count())};
}

std::string print(const char* format, auto... values) {
  std::array<char, 64> buffer;
  const int n = std::snprintf(buffer.data(), buffer.size(), format, values...);
  return {buffer.data(), static_cast<std::size_t>(std::clamp(n, 0, 63))};
}

}  // namespace

std::string to_rfc3339(Instant t) {
  const Civil c = to_civil(t);
  return print("%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

Result<Instant> parse_rfc3339(std::string_view text) {
  const Error bad = invalid("not a date of the form 2026-11-22T08:15:46Z");
  Civil c;
  if (text.size() < 20 || text.size() > 64) return bad;
  if (!digits(text, 0, 4, c.year) || text[4] != '-' || !digits(text, 5, 2, c.month) || text[7] != '-' ||
      !digits(text, 8, 2, c.day) || (text[10] != 'T' && text[10] != 't') || !digits(text, 11, 2, c.hour) ||
      text[13] != ':' || !digits(text, 14, 2, c.minute) || text[16] != ':' ||
      !digits(text, 17, 2, c.second)) {
    return bad;
  }
  std::size_t at = 19;
  int milliseconds = 0;
  if (text[at] == '.') {
    int scale = 100;
    const std::size_t first = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10) {
      milliseconds += (text[at] - '0') * scale;
    }
    if (at == first) return bad;
  }
  TRY(Instant instant, to_instant(c));
  instant += Duration{milliseconds};
  const std::string_view zone = text.substr(at);
  if (zone == "Z" || zone == "z") return instant;
  int hours = 0;
  int minutes = 0;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':' ||
      !digits(zone, 1, 2, hours) || !digits(zone, 4, 2, minutes) || hours > 23 || minutes > 59) {
    return bad;
  }
  const auto offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
  return zone[0] == '+' ? instant - offset : instant + offset;
}

std::string to_http_date(Instant t) {
  const Civil c = to_civil(t);
  const auto weekday = std::chrono::weekday{std::chrono::floor<std::chrono::days>(t)};
  return print("%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[weekday.c_encoding()].data(), c.day,
               kMonths[static_cast<std::size_t>(c.month - 1)].data(), c.year, c.hour, c.minute, c.second);
}

Result<Instant> parse_http_date(std::string_view text) {
  const Error bad = invalid("not a date of the form Sun, 22 Nov 2026 08:15:46 GMT");
  Civil c;
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") return bad;
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  if (month == kMonths.end() || !digits(text, 5, 2, c.day) || !digits(text, 12, 4, c.year) ||
      !digits(text, 17, 2, c.hour) || !digits(text, 20, 2, c.minute) || !digits(text, 23, 2, c.second)) {
    return bad;
  }
  c.month = static_cast<int>(month - kMonths.begin()) + 1;
  return to_instant(c);
}

std::string describe(Duration span) {
  const long long s = std::max<long long>(0, std::chrono::floor<std::chrono::seconds>(span).count());
  if (s >= 2 * 86400) return print("%lld days", s / 86400);
  if (s >= 2 * 3600) return print("%lld h", s / 3600);
  if (s >= 2 * 60) return print("%lld min", s / 60);
  return print("%lld s", s);
}

Instant SystemClock::now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Duration SystemClock::elapsed() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

Duration Deadline::left() const {
  const auto now = std::chrono::steady_clock::now();
  if (now >= at_) return Duration{0};
  const auto span = at_ - now;
  if (span > std::chrono::hours{24}) return std::chrono::hours{24};
  return std::chrono::ceil<std::chrono::milliseconds>(span);
}

Deadline Deadline::earlier(Duration span) const {
  const auto other = std::chrono::steady_clock::now() + span;
  return Deadline{std::min(at_, other)};
}

}  // namespace certstead
