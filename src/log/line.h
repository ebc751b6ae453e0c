// How an event looks as one line. Pure; safe from any thread.
//
// Both forms cut a value after 4000 bytes, print what is not printable as \xNN or \u{NNNN} (base/text.h), and
// replace what must not be seen: no event makes more than one line, or drives a terminal.
#pragma once

#include "base/clock.h"
#include "base/log_sink.h"

namespace certstead {

// {"time":"2026-11-22T08:15:46.123Z","level":"info","event":"order.finalized","name":"a.test","took_ms":12}
// and a line end. Numbers stay numbers. A field whose name is taken already gets "_" at its end.
std::string json_line(Instant at, Level level, std::string_view event, const std::vector<Field>& fields);

// 2026-11-22T08:15:46.123Z INFO    order.finalized name=a.test took_ms=12
// and a line end. Values with blanks, quotes or equals signs stand in quotes.
std::string text_line(Instant at, Level level, std::string_view event, const std::vector<Field>& fields);

// True if values under this name are never shown: it contains token, secret, password, passphrase, hmac,
// authorization, cookie or private, in any case.
bool is_secret_name(std::string_view name);

}  // namespace certstead
