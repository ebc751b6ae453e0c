#include "dxl/dxl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string database(const std::string& inside) {
  return "<?xml version='1.0' encoding='utf-8'?>\n<!DOCTYPE database SYSTEM 'x.dtd'>\n"
         "<database xmlns='http://www.lotus.com/dxl'>" +
         inside + "</database>";
}

std::string document(const std::string& items) {
  return database("<document form='F'>" + items + "</document>");
}

DxlDocument only(const std::string& items) {
  const auto documents = parse_dxl(document(items));
  if (!documents) {
    ADD_FAILURE() << documents.error().detail;
    return {};
  }
  return documents->at(0);
}

std::string mistake(const std::string& xml, const DxlLimits& limits = {}) {
  const auto documents = parse_dxl(xml, limits);
  return documents ? "accepted" : documents.error().detail;
}

TEST(Dxl, ReadsTextsWithLineEndsAndWrappedTags) {
  const DxlDocument read = only(
      "<item name='a'><text\n>x &lt;y&gt; &amp;<break\n/>two<break/></text></item>"
      "<item\n name='B' sign='true'><text/></item>");
  EXPECT_EQ(read.form, "F");
  EXPECT_EQ(read.text("A"), "x <y> &\ntwo\n");
  EXPECT_EQ(read.text("b"), "");
  ASSERT_NE(read.find("b"), nullptr);
  EXPECT_EQ(read.find("c"), nullptr);
}

TEST(Dxl, ReadsListsNumbersAndTimes) {
  const DxlDocument read = only(
      "<item name='l'><textlist><text>a</text><text/><text>c</text></textlist></item>"
      "<item name='n'><number>20</number></item>"
      "<item name='m'><numberlist><number>1</number><number>-2.5</number></numberlist></item>"
      "<item name='t'><datetime>20210505T184701,85+00</datetime></item>"
      "<item name='e'><textlist/></item>");
  EXPECT_THAT(read.find("l")->texts, ElementsAre("a", "", "c"));
  EXPECT_EQ(read.number("n"), 20);
  EXPECT_EQ(read.text("n"), "20");
  EXPECT_THAT(read.find("m")->numbers, ElementsAre(1, -2.5));
  EXPECT_EQ(read.find("t")->kind, DxlItem::Kind::kTime);
  EXPECT_THAT(read.find("e")->texts, ElementsAre(""));
}

TEST(Dxl, GivesRichTextAsParagraphs) {
  const DxlDocument read = only(
      "<item name='Body'><richtext>\n<pardef id='1'/>\n<par def='1'><run><font size='9pt'/>Hello "
      "</run><run>you</run></par>\n"
      "<par def='1'/>\n<par/>\n<table><tablerow><tablecell><par><run>Zone:</run></par></tablecell>"
      "<tablecell><par><region><run>id</run></region><run>x<break/>y</run></par></tablecell></tablerow></"
      "table>"
      "<pardef><code event='hidewhen'><formula>1 = 2</formula></code></pardef></richtext></item>");
  EXPECT_EQ(read.find("Body")->kind, DxlItem::Kind::kRichText);
  EXPECT_EQ(read.text("Body"), "Hello you\n\nZone:\nidx\ny");
}

TEST(Dxl, SaysWhatCantBeRead) {
  const DxlDocument read = only(
      "<item name='cfg_Password' seal='true'><text/></item>"
      "<item name='clear' seal='true'><text>given</text></item>"
      "<item name='raw'><rawitemdata type='1'>AAAA</rawitemdata></item>"
      "<item name='none'/>");
  EXPECT_EQ(read.find("cfg_Password")->kind, DxlItem::Kind::kUnreadable);
  EXPECT_TRUE(read.find("cfg_Password")->sealed);
  EXPECT_EQ(read.text("clear"), "given");
  EXPECT_EQ(read.find("raw")->kind, DxlItem::Kind::kUnreadable);
  EXPECT_EQ(read.find("none")->kind, DxlItem::Kind::kUnreadable);
}

TEST(Dxl, TakesAttachmentsOut) {
  const std::string file =
      "<item name='$FILE' summary='true' sign='true'><object><file hosttype='msdos' name='add.sh' size='3'>"
      "<created><datetime>20210505T184701,85+00</datetime></created>"
      "<filedata>\nYWJj\n</filedata></file></object></item>";
  const DxlDocument read = only(file + file);
  ASSERT_EQ(read.attachments.size(), 2u);
  EXPECT_EQ(read.attachments[0].name, "add.sh");
  EXPECT_EQ(to_text(read.attachments[0].content), "abc");
  EXPECT_THAT(read.items, IsEmpty());
}

TEST(Dxl, AnAttachmentHasNoPathForAName) {
  for (const std::string name : {"../x", "/etc/passwd", "a\\b", ".profile", ""})
    EXPECT_THAT(mistake(document("<item name='$FILE'><object><file name='" + name +
                                 "'><filedata>YWJj</filedata></file></object></item>")),
                HasSubstr("no name that a file may have"))
        << name;
}

TEST(Dxl, TakesOneDocumentWithoutADatabase) {
  const auto documents = parse_dxl("<document form='A'/>");
  ASSERT_TRUE(documents);
  EXPECT_EQ(documents->at(0).form, "A");
}

TEST(Dxl, ExpandsNoEntities) {
  const std::string bomb =
      "<!DOCTYPE d [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'><!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
      "<document form='F'><item name='i'><text>&b;&x;</text></item></document>";
  const auto documents = parse_dxl(bomb);
  ASSERT_TRUE(documents);
  EXPECT_EQ(documents->at(0).text("i"), "&b;&x;");
}

TEST(Dxl, NamesTheLineOfAMistake) {
  EXPECT_THAT(mistake("<database>\n<document>\n</database>"), HasSubstr("line 3"));
  EXPECT_THAT(mistake("<html/>"), HasSubstr("begins with <html>"));
  EXPECT_THAT(mistake(""), HasSubstr("the DXL"));
  EXPECT_THAT(mistake(database("<form name='x'/>")), HasSubstr("no document in the DXL"));
  EXPECT_THAT(mistake(document("\n\n<item><text/></item>")), HasSubstr("line 5: an item has no name"));
  EXPECT_THAT(mistake(document("<item name='n'><number>x</number></item>")),
              HasSubstr("'x' in the item n is no number"));
  EXPECT_THAT(mistake(document("<item name='n'><text>\xFF</text></item>")), HasSubstr("no UTF-8"));
  EXPECT_THAT(mistake(document("<item name='n'><text>&#1;</text></item>")), HasSubstr("control characters"));
}

TEST(Dxl, StaysWithinItsLimits) {
  EXPECT_THAT(mistake(document(""), {.max_bytes = 10}), HasSubstr("more than 10 bytes"));
  EXPECT_THAT(mistake(database("<document/><document/>"), {.max_documents = 1}),
              HasSubstr("more than 1 documents"));
  EXPECT_THAT(mistake(document("<item name='a'/><item name='b'/>"), {.max_items = 1}),
              HasSubstr("more than 1 items"));
  EXPECT_THAT(mistake(document("<item name='$FILE'><object><file "
                               "name='a'><filedata>YWJjYWJjYWJj</filedata></file></object></item>"),
                      {.max_attachment = 4}),
              HasSubstr("more than 4 bytes"));
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "<par>";
  for (int i = 0; i < 100000; ++i) deep += "</par>";
  EXPECT_THAT(mistake(document("<item name='a'><richtext>" + deep + "</richtext></item>")),
              HasSubstr("too deeply"));
}

TEST(Dxl, ReadsBackWhatItWrites) {
  DxlDocument one;
  one.form = "It's <one>";
  one.add_text("text", " a & <b>\n\n'\"\t ");
  one.add_number("n", 0.1);
  one.items.push_back({"list", DxlItem::Kind::kText, {"a", "", "b\n"}, {}, false});
  one.items.push_back({"numbers", DxlItem::Kind::kNumber, {}, {1, 1e300}, false});
  one.items.push_back({"rich", DxlItem::Kind::kRichText, {"a\n\nb & c"}, {}, false});
  one.items.push_back({"sealed", DxlItem::Kind::kUnreadable, {}, {}, true});
  one.items.push_back({"raw", DxlItem::Kind::kUnreadable, {}, {}, false});
  one.attachments.push_back({"a.sh", to_bytes("#!/bin/sh\n")});
  const auto again = parse_dxl(write_dxl({one, {}}));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*again, (std::vector<DxlDocument>{one, {}}));
}

TEST(Dxl, WritesNoSealedValue) {
  DxlDocument one;
  one.items.push_back({"cfg_AuthToken", DxlItem::Kind::kText, {"secret"}, {}, true});
  EXPECT_THAT(write_dxl({one}), testing::Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace certstead
