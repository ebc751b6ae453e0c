// The parts of HTTP messages that client and server share.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace certstead {

struct HttpHeader {
  std::string name;
  std::string value;
};

// Header fields in the order of the message; names compare without case (RFC 9110 section 5.1).
class HttpHeaders {
 public:
  HttpHeaders() = default;
  HttpHeaders(std::initializer_list<HttpHeader> fields) : fields_(fields) {}

  // Appends a field; others of that name stay.
  void add(std::string_view name, std::string_view value);
  // Leaves exactly one field of that name.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);

  bool has(std::string_view name) const { return find(name) != nullptr; }
  // The first value of that name, or null; valid until the headers change.
  const std::string* find(std::string_view name) const;
  // The first value of that name, or "".
  std::string_view get(std::string_view name) const;
  // All values of that name in order.
  std::vector<std::string_view> all(std::string_view name) const;
  std::size_t count(std::string_view name) const { return all(name).size(); }

  // For rules that work on plain lists of fields.
  std::vector<HttpHeader>& fields() { return fields_; }
  std::size_t size() const { return fields_.size(); }
  bool empty() const { return fields_.empty(); }
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

 private:
  std::vector<HttpHeader> fields_;
};

// A token of RFC 9110 section 5.6.2: a header name, a method.
bool is_token(std::string_view text);
// Bytes that may stand in a header value: no control characters but the tab.
bool is_field_value(std::string_view text);
// Whether `name` is a token and `value` free of control characters (RFC 9110 sections 5.1 and 5.5), so that
// neither can start another header line.
bool is_sendable_header(std::string_view name, std::string_view value);

// "Not Found" for 404; "" for a number without a name.
std::string_view http_reason(int status);

}  // namespace certstead
