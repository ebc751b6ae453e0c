// The one place where an Error becomes an HTTP answer.
#pragma once

#include "base/result.h"
#include "net/http_server.h"

namespace certstead {

// Ids of errors that have a status of their own, whatever their code.
inline constexpr std::string_view kMethodNotAllowed = "method-not-allowed";
inline constexpr std::string_view kBodyTooLarge = "body-too-large";
inline constexpr std::string_view kUnsupportedMediaType = "unsupported-media-type";
inline constexpr std::string_view kPreconditionFailed = "precondition-failed";

int http_status(const Error& error);
// An application/problem+json of RFC 9457, with the members type ("urn:certstead:error:ID"), title, status,
// detail, code, and where known id and retry_after (seconds; also as the header Retry-After). The detail of
// kInternal is left out: it speaks of our insides.
HttpReply to_reply(const Error& error);

}  // namespace certstead
