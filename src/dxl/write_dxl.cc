#include "base/encoding.h"
#include "base/escape.h"
#include "base/text.h"
#include "dxl/dxl.h"
#include "dxl/number.h"

namespace certstead {
namespace {

// A line break is an element in DXL; a bare carriage return would be lost in reading.
std::string escaped(std::string_view text) {
  return put_characters(xml_escape(text), "\r\n", {"&#13;", "<break/>"});
}

std::string text_element(std::string_view text) { return "<text>" + escaped(text) + "</text>"; }

std::string rich_text(std::string_view text) {
  std::string out = "<richtext><pardef id='1'/>";
  for (const std::string_view line : split(text, '\n'))
    out += "\n<par def='1'><run>" + escaped(line) + "</run></par>";
  return out + "</richtext>";
}

std::string list_of(const std::vector<std::string>& elements, const std::string& name) {
  std::string out;
  for (const std::string& element : elements) out += element;
  return elements.size() == 1 ? out : "<" + name + ">" + out + "</" + name + ">";
}

std::string value_of(const DxlItem& item) {
  if (item.sealed) return "<text/>";
  std::vector<std::string> elements;
  switch (item.kind) {
    case DxlItem::Kind::kText:
      for (const std::string& text : item.texts) elements.push_back(text_element(text));
      return list_of(elements, "textlist");
    case DxlItem::Kind::kNumber:
      for (const double number : item.numbers)
        elements.push_back("<number>" + dxl_number(number) + "</number>");
      return list_of(elements, "numberlist");
    case DxlItem::Kind::kTime:
      for (const std::string& text : item.texts)
        elements.push_back("<datetime>" + escaped(text) + "</datetime>");
      return list_of(elements, "datetimelist");
    case DxlItem::Kind::kRichText:
      return rich_text(item.texts.empty() ? "" : item.texts[0]);
    case DxlItem::Kind::kUnreadable:
      break;
  }
  return "";
}

std::string attachment_item(const DxlAttachment& file) {
  return "<item name='$FILE' summary='true'><object><file hosttype='bytearraypage' compression='none' "
         "name='" +
         escaped(file.name) + "' size='" + std::to_string(file.content.size()) + "'><filedata>" +
         base64_encode(file.content) + "</filedata></file></object></item>\n";
}

}  // namespace

std::string write_dxl(const std::vector<DxlDocument>& documents) {
  std::string out =
      "<?xml version='1.0' encoding='utf-8'?>\n"
      "<database xmlns='http://www.lotus.com/dxl' version='12.0'>\n";
  for (const DxlDocument& document : documents) {
    out += "<document form='" + escaped(document.form) + "'>\n";
    for (const DxlItem& item : document.items)
      out += "<item name='" + escaped(item.name) + (item.sealed ? "' seal='true'>" : "'>") + value_of(item) +
             "</item>\n";
    for (const DxlAttachment& file : document.attachments) out += attachment_item(file);
    out += "</document>\n";
  }
  return out + "</database>\n";
}

}  // namespace certstead
