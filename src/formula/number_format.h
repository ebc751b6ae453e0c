// The format strings of @Text. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace certstead::formula {

// G general, F fixed, S scientific, C currency; "," thousands, "%" percent, "()" negatives in parentheses,
// and a number of digits: "F2", "C,", "%0". Nothing if `format` is none of that.
std::optional<std::string> format_number(double number, std::string_view format);

// D0 D1 date, D2 month and day, D3 year and month; T0 time, T1 without seconds; S0 date only, S1 time only,
// S2 S3 Sx both; Z2 with " UTC". Always year first and UTC, wherever the program runs. Beyond the source
// system: "ISO" (2026-11-28T18:30:00Z), "BASIC" (20261128T183000Z), "UNIX" (seconds), "HTTP" (RFC 9110).
std::optional<std::string> format_time(double milliseconds, std::string_view format);

}  // namespace certstead::formula
