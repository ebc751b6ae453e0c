#include "json/json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_stack.hpp>
#include <cmath>
#include <set>
#include <vector>

#include "base/text.h"

namespace certstead {
namespace {

namespace bj = boost::json;

// Builds the value while it is read. Boost's own handler would keep the last of two members of one name and
// turn 1e400 into infinity.
class StrictHandler {
 public:
  static constexpr std::size_t max_object_size = bj::object::max_size();
  static constexpr std::size_t max_array_size = bj::array::max_size();
  static constexpr std::size_t max_key_size = bj::string::max_size();
  static constexpr std::size_t max_string_size = bj::string::max_size();

  bj::value release() { return stack_.release(); }
  // Why this handler refused; empty if the refusal is the parser's.
  const std::string& complaint() const { return complaint_; }

  bool on_document_begin(bj::error_code&) {
    stack_.reset();
    return true;
  }
  bool on_document_end(bj::error_code&) { return true; }
  bool on_array_begin(bj::error_code&) { return true; }
  bool on_array_end(std::size_t count, bj::error_code&) {
    stack_.push_array(count);
    return true;
  }
  bool on_object_begin(bj::error_code&) {
    open_objects_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t count, bj::error_code&) {
    open_objects_.pop_back();
    stack_.push_object(count);
    return true;
  }
  bool on_key_part(bj::string_view part, std::size_t, bj::error_code&) {
    key_.append(part.data(), part.size());
    stack_.push_chars(part);
    return true;
  }
  bool on_key(bj::string_view part, std::size_t, bj::error_code& ec) {
    key_.append(part.data(), part.size());
    stack_.push_key(part);
    const auto [member, is_new] = open_objects_.back().insert(std::exchange(key_, {}));
    return is_new || refuse("the member \"" + printable(*member, 60) + "\" is given twice", ec);
  }
  bool on_string_part(bj::string_view part, std::size_t, bj::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(bj::string_view part, std::size_t, bj::error_code&) {
    stack_.push_string(part);
    return true;
  }
  bool on_number_part(bj::string_view, bj::error_code&) { return true; }
  bool on_int64(std::int64_t number, bj::string_view, bj::error_code&) {
    stack_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, bj::string_view, bj::error_code&) {
    stack_.push_uint64(number);
    return true;
  }
  bool on_double(double number, bj::string_view, bj::error_code& ec) {
    if (!std::isfinite(number)) return refuse("the number is too large", ec);
    stack_.push_double(number);
    return true;
  }
  bool on_bool(bool truth, bj::error_code&) {
    stack_.push_bool(truth);
    return true;
  }
  bool on_null(bj::error_code&) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
  bool on_comment(bj::string_view, bj::error_code&) { return true; }

 private:
  bool refuse(std::string complaint, bj::error_code& ec) {
    complaint_ = std::move(complaint);
    ec = bj::make_error_code(bj::error::syntax);
    return false;
  }

  bj::value_stack stack_;
  // The names seen in each object that is still open. Trees, because nobody can choose keys that make them
  // slow.
  std::vector<std::set<std::string>> open_objects_;
  std::string key_;
  std::string complaint_;
};

Error wrong_at(std::size_t offset, const std::string& why) {
  return invalid("this is not the JSON that we accept, at byte " + std::to_string(offset) + ": " + why);
}

Result<bj::value> parse_checked(std::string_view text, const JsonLimits& limits) {
  bj::parse_options options;
  options.max_depth = limits.max_depth;
  bj::basic_parser<StrictHandler> parser(options);
  bj::error_code ec;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (!parser.handler().complaint().empty()) return wrong_at(used, parser.handler().complaint());
  if (ec == bj::error::too_deep)
    return wrong_at(used, "more than " + std::to_string(limits.max_depth) + " levels of nesting");
  if (ec == bj::error::incomplete) return wrong_at(text.size(), "the text ends too early");
  if (ec) return wrong_at(used, ec.message());
  if (used < text.size()) return wrong_at(used, "something follows the value");
  return parser.handler().release();
}

void write_pretty(const bj::value& value, std::size_t depth, std::string& out);

void start_line(std::size_t depth, std::string& out) {
  out += '\n';
  out.append(2 * depth, ' ');
}

void write_pretty_object(const bj::object& object, std::size_t depth, std::string& out) {
  out += '{';
  bool first = true;
  for (const auto& [name, member] : object) {
    if (!std::exchange(first, false)) out += ',';
    start_line(depth + 1, out);
    out += bj::serialize(bj::string_view(name)) + ": ";
    write_pretty(member, depth + 1, out);
  }
  start_line(depth, out);
  out += '}';
}

void write_pretty_array(const bj::array& array, std::size_t depth, std::string& out) {
  out += '[';
  bool first = true;
  for (const bj::value& element : array) {
    if (!std::exchange(first, false)) out += ',';
    start_line(depth + 1, out);
    write_pretty(element, depth + 1, out);
  }
  start_line(depth, out);
  out += ']';
}

void write_pretty(const bj::value& value, std::size_t depth, std::string& out) {
  if (value.is_object() && !value.get_object().empty())
    write_pretty_object(value.get_object(), depth, out);
  else if (value.is_array() && !value.get_array().empty())
    write_pretty_array(value.get_array(), depth, out);
  else
    out += bj::serialize(value);
}

}  // namespace

Result<boost::json::value> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes)
    return invalid("this JSON has " + std::to_string(text.size()) + " bytes; at most " +
                   std::to_string(limits.max_bytes) + " are accepted here");
  try {
    return parse_checked(text, limits);
  } catch (const std::exception& failure) {
    return internal("the JSON could not be read: " + printable(failure.what()));
  }
}

std::string to_json_text(const boost::json::value& value) { return bj::serialize(value); }

std::string to_pretty_json(const boost::json::value& value) {
  std::string out;
  write_pretty(value, 0, out);
  out += '\n';
  return out;
}

}  // namespace certstead
