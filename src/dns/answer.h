// What an answer of a provider says, beside its status.
#pragma once

#include <boost/json/value.hpp>
#include <string>

#include "net/http_message.h"

namespace certstead {

// The provider's own words about a failure, found where providers put them ("message", "error.message",
// "errors.0.message", "detail", ...), else the beginning of a short text that is no HTML; "" if there is
// nothing. Not made printable.
std::string provider_message(const boost::json::value& answer);
std::string provider_message(std::string_view body);

}  // namespace certstead
