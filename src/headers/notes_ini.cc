#include "headers/notes_ini.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::string_view kKey = "HTTPAdditionalRespHeader";
constexpr std::size_t kLargestFile = std::size_t{1} << 20;
constexpr std::size_t kLargestPolicy = std::size_t{16} << 10;
constexpr std::size_t kMostWarnings = 50;

// What a key of the family holds.
struct Slot {
  std::size_t line = 0;  // 0: the key was not seen
  std::optional<Header> header;
};

class Reader {
 public:
  Status read_line(std::string_view line);
  Result<ParsedPolicy> finish();

 private:
  Status read_setting(std::string_view key, std::string_view value);
  std::optional<std::size_t> slot_number(std::string_view suffix) const;
  void warn(const std::string& sentence);
  void add(const Slot& slot);
  std::string here() const { return "line " + std::to_string(line_); }

  std::size_t line_ = 0;
  std::array<Slot, 100> slots_;       // 0 is the unnumbered key
  std::vector<std::size_t> origins_;  // for each header of the policy, its line
  std::size_t untold_ = 0;
  ParsedPolicy out_;
};

void Reader::warn(const std::string& sentence) {
  if (out_.warnings.size() < kMostWarnings - 1)
    out_.warnings.push_back(sentence);
  else
    ++untold_;
}

Status Reader::read_line(std::string_view line) {
  ++line_;
  line = trim(line);
  if (line.empty() || line.front() == ';' || line.front() == '#') return Done{};
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) return Done{};
  const std::string_view key = trim(line.substr(0, equals));
  if (key.size() < kKey.size() || !equals_ignoring_case(key.substr(0, kKey.size()), kKey)) return Done{};
  return read_setting(key, trim(line.substr(equals + 1)));
}

// "" is 0, "01" to "99" are their numbers.
std::optional<std::size_t> Reader::slot_number(std::string_view suffix) const {
  if (suffix.empty()) return 0;
  const std::optional<std::uint64_t> number = parse_number(suffix);
  if (suffix.size() != 2 || !number || *number == 0) return std::nullopt;
  return static_cast<std::size_t>(*number);
}

// "Name: value" as a header; nothing if it is empty.
Result<std::optional<Header>> parse_header(std::string_view text) {
  if (text.empty()) return std::optional<Header>();
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos)
    return invalid("\"" + printable(text, 60) + "\" has no colon; write Name: value");
  Header header{std::string(text.substr(0, colon)), std::string(trim(text.substr(colon + 1)))};
  CHECK_OK(check_policy_header(header));
  return std::optional<Header>(std::move(header));
}

Status Reader::read_setting(std::string_view key, std::string_view value) {
  const std::string shown = printable(key, 60);
  const std::optional<std::size_t> number = slot_number(key.substr(kKey.size()));
  if (!number) {
    warn(here() + ": " + shown + " is ignored; the number after the name is two digits, from 01 to 99");
    return Done{};
  }
  Result<std::optional<Header>> header = parse_header(value);
  if (!header) return header.error().within(here());
  Slot& slot = slots_[*number];
  if (slot.line != 0)
    warn(here() + ": " + shown + " was given in line " + std::to_string(slot.line) +
         " already; this line takes its place");
  slot = {line_, std::move(*header)};
  return Done{};
}

void Reader::add(const Slot& slot) {
  if (!slot.header) return;
  std::vector<Header>& set = out_.policy.set;
  const auto same = std::ranges::find_if(
      set, [&](const Header& other) { return equals_ignoring_case(other.name, slot.header->name); });
  if (same != set.end()) {
    const auto index = same - set.begin();
    warn("line " + std::to_string(slot.line) + ": the header " + slot.header->name +
         " takes the place of the one in line " + std::to_string(origins_[static_cast<std::size_t>(index)]) +
         "; a response carries each header once");
    set.erase(same);
    origins_.erase(origins_.begin() + index);
  }
  if (equals_ignoring_case(slot.header->name, "Set-Cookie"))
    warn("line " + std::to_string(slot.line) +
         ": Set-Cookie replaces every cookie that the program behind sets, so that logins may stop working");
  set.push_back(*slot.header);
  origins_.push_back(slot.line);
}

Result<ParsedPolicy> Reader::finish() {
  for (const Slot& slot : slots_) add(slot);
  std::size_t size = 0;
  for (const Header& header : out_.policy.set) size += header.name.size() + header.value.size() + 4;
  if (size > kLargestPolicy)
    return invalid("the response headers have " + std::to_string(size) +
                   " bytes together; at most 16384 are allowed, because many clients refuse more");
  if (untold_ > 0) out_.warnings.push_back("there are " + std::to_string(untold_) + " more warnings");
  return std::move(out_);
}

}  // namespace

Result<ParsedPolicy> parse_notes_ini(std::string_view text) {
  if (text.size() > kLargestFile)
    return invalid("the notes.ini has " + std::to_string(text.size()) + " bytes; at most 1 MiB is read");
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff") ||
      text.find('\0') != std::string_view::npos)
    return invalid("the notes.ini is not plain text (UTF-16?); save it as UTF-8 or in a Windows code page");
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  Reader reader;
  for (const std::string_view line : split(text, '\n')) CHECK_OK(reader.read_line(line));
  return reader.finish();
}

}  // namespace certstead
