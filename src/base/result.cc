#include "base/result.h"

namespace certstead {

std::string_view code_name(Code code) {
  switch (code) {
    case Code::kNotFound:
      return "not-found";
    case Code::kConflict:
      return "conflict";
    case Code::kInvalid:
      return "invalid";
    case Code::kDenied:
      return "denied";
    case Code::kLimited:
      return "limited";
    case Code::kUnavailable:
      return "unavailable";
    case Code::kInternal:
      return "internal";
  }
  return "internal";
}

Error Error::within(std::string_view prefix) const {
  Error out = *this;
  out.detail = std::string(prefix) + ": " + detail;
  return out;
}

Error not_found(std::string detail, std::string id) {
  return {Code::kNotFound, std::move(detail), std::move(id)};
}
Error conflict(std::string detail, std::string id) {
  return {Code::kConflict, std::move(detail), std::move(id)};
}
Error invalid(std::string detail, std::string id) {
  return {Code::kInvalid, std::move(detail), std::move(id)};
}
Error denied(std::string detail, std::string id) { return {Code::kDenied, std::move(detail), std::move(id)}; }
Error unavailable(std::string detail, std::string id) {
  return {Code::kUnavailable, std::move(detail), std::move(id)};
}
Error internal(std::string detail, std::string id) {
  return {Code::kInternal, std::move(detail), std::move(id)};
}

}  // namespace certstead
