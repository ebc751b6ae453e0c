// Time: instants, the injected clock, deadlines.
#pragma once

#include <chrono>
#include <string>

#include "base/result.h"

namespace certstead {

// A moment of civil time (UTC), in milliseconds since 1970.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using Duration = std::chrono::milliseconds;

inline std::int64_t to_unix_ms(Instant t) { return t.time_since_epoch().count(); }
inline Instant from_unix_ms(std::int64_t ms) { return Instant{Duration{ms}}; }
inline Instant from_unix_seconds(std::int64_t s) { return Instant{std::chrono::seconds{s}}; }

// "2026-11-22T08:15:46Z"; milliseconds are cut off.
std::string to_rfc3339(Instant t);
// Reads RFC 3339 (with offset or Z, fraction allowed), years 1970 to 9999. Error: kInvalid.
Result<Instant> parse_rfc3339(std::string_view text);
// Reads the three date forms of RFC 9110 section 5.6.7 (IMF-fixdate; the obsolete two are refused). Error:
// kInvalid.
Result<Instant> parse_http_date(std::string_view text);
std::string to_http_date(Instant t);

// "3 days", "5 h", "12 min", "40 s": the two people-sized units that matter, never negative.
std::string describe(Duration span);

// Where the time comes from. Implementations are safe from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  // Civil time; may step in either direction.
  virtual Instant now() const = 0;
  // Time that only goes forward, from an arbitrary origin; for waiting and for measuring.
  virtual Duration elapsed() const = 0;
};

class SystemClock final : public Clock {
 public:
  Instant now() const override;
  Duration elapsed() const override;
};

// The latest moment until which a blocking call may take; measured on the monotonic clock of the system.
class Deadline {
 public:
  static Deadline after(Duration span) { return Deadline{std::chrono::steady_clock::now() + span}; }
  static Deadline never() { return Deadline{std::chrono::steady_clock::time_point::max()}; }
  bool passed() const { return std::chrono::steady_clock::now() >= at_; }
  // Never negative; capped at one day.
  Duration left() const;
  Deadline earlier(Duration span) const;
  std::chrono::steady_clock::time_point at() const { return at_; }

 private:
  explicit Deadline(std::chrono::steady_clock::time_point at) : at_(at) {}
  std::chrono::steady_clock::time_point at_;
};

}  // namespace certstead
