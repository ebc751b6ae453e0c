// Documents of a Domino database as plain data.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace certstead {

struct DxlItem {
  enum class Kind {
    kText,        // a list of texts, with at least one
    kNumber,      // a list of numbers, with at least one
    kTime,        // as DXL writes them: "20210505T184701,85+00"; in `texts`
    kRichText,    // as plain text, a line a paragraph; in texts[0]
    kUnreadable,  // encrypted, or of a kind that is no text, number or time
  };
  std::string name;
  Kind kind = Kind::kText;
  std::vector<std::string> texts;
  std::vector<double> numbers;
  bool sealed = false;  // the source system encrypts it; kUnreadable where it holds nothing that can be read

  bool operator==(const DxlItem&) const = default;
};

struct DxlAttachment {
  std::string name;  // of the file, never a path
  Bytes content;
  bool operator==(const DxlAttachment&) const = default;
};

struct DxlDocument {
  std::string form;
  std::vector<DxlItem> items;  // each name once, the first one counts
  std::vector<DxlAttachment> attachments;

  // Names are compared without case. Null if there is no such item.
  const DxlItem* find(std::string_view name) const;
  // The first text or number of the item as text; "" if it is not there or not readable.
  std::string text(std::string_view name) const;
  // Its first number, also where it is written as text.
  std::optional<double> number(std::string_view name) const;

  void add_text(std::string name, std::string text);
  void add_number(std::string name, double number);

  bool operator==(const DxlDocument&) const = default;
};

}  // namespace certstead
