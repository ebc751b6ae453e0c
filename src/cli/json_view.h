// Reads answers of the interface for people: what is missing or of another type is empty, and every text is
// made printable here, once.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace certstead {

// The member of an object; null if there is none.
const boost::json::value& json_member(const boost::json::value& object, std::string_view name);
// A text, printable. Up to `max` bytes.
std::string json_text(const boost::json::value& object, std::string_view name, std::size_t max = 2000);
// A PEM text with its lines; "" if anything else than PEM stands there.
std::string json_pem(const boost::json::value& object, std::string_view name);
std::int64_t json_number(const boost::json::value& object, std::string_view name);
bool json_flag(const boost::json::value& object, std::string_view name);
// The elements of an array; none if it is no array.
std::vector<boost::json::value> json_elements(const boost::json::value& object, std::string_view name);
// Texts of an array, printable.
std::vector<std::string> json_texts(const boost::json::value& object, std::string_view name);
std::optional<Instant> json_instant(const boost::json::value& object, std::string_view name);

}  // namespace certstead
