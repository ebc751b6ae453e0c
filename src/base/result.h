// Result<T>: a value or an Error. The one way in which functions of this house fail.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace certstead {

// What the caller can do about a failure; few on purpose.
enum class Code {
  kNotFound,     // the thing asked for does not exist
  kConflict,     // it exists already, or has changed meanwhile: read again, decide again
  kInvalid,      // the input is wrong: the same call will fail again
  kDenied,       // not allowed
  kLimited,      // too much: wait for `retry_after`
  kUnavailable,  // something outside does not answer: try again later
  kInternal,     // a defect or a broken invariant of ours
};

// Stable lower-case name of `code`, as it appears in the API ("not-found", "conflict", ...).
std::string_view code_name(Code code);

struct Error {
  Code code = Code::kInternal;
  // One sentence for a person: what is wrong, and the way out. Foreign text inside it went through
  // printable().
  std::string detail;
  // Stable id of this kind of failure for programs, e.g. "name-underscore". May be empty.
  std::string id = {};
  std::optional<std::chrono::seconds> retry_after = {};

  // The same error with `prefix` and ": " put before its sentence.
  Error within(std::string_view prefix) const;
};

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
  Result(Error error) : tl::expected<T, Error>(tl::unexpect, std::move(error)) {}
};

// The value of an action that yields nothing but success.
struct Done {};
using Status = Result<Done>;

Error not_found(std::string detail, std::string id = {});
Error conflict(std::string detail, std::string id = {});
Error invalid(std::string detail, std::string id = {});
Error denied(std::string detail, std::string id = {});
Error unavailable(std::string detail, std::string id = {});
Error internal(std::string detail, std::string id = {});

}  // namespace certstead

#define CERTSTEAD_JOIN_(a, b) a##b
#define CERTSTEAD_JOIN(a, b) CERTSTEAD_JOIN_(a, b)
#define CERTSTEAD_TRY_(tmp, declaration, ...)                  \
  auto tmp = (__VA_ARGS__);                                    \
  if (!tmp) return ::certstead::Error(std::move(tmp).error()); \
  declaration = std::move(*tmp)

// TRY(const Key key, parse_key(text)): declares `key` from the value, or returns the error from this
// function.
#define TRY(declaration, ...) \
  CERTSTEAD_TRY_(CERTSTEAD_JOIN(try_result_, __COUNTER__), declaration, __VA_ARGS__)
// CHECK_OK(store.put(row)): returns the error from this function, if there is one.
#define CHECK_OK(...)                                                                    \
  do {                                                                                   \
    auto check_ok_result = (__VA_ARGS__);                                                \
    if (!check_ok_result) return ::certstead::Error(std::move(check_ok_result).error()); \
  } while (false)
