#include "tlscache/client_hello.h"

#include <gtest/gtest.h>

namespace certstead {
namespace {

using namespace std::string_literals;

std::optional<std::string> name(const std::string& body) { return parse_server_name(view_bytes(body)); }

TEST(ClientHello, ServerNameIsRead) {
  EXPECT_EQ(name("\0\x09\0\0\x06"s + "a.test"s), "a.test");
  EXPECT_EQ(name("\0\x0d\x07\0\x01x\0\0\x06"s + "a.test"s), "a.test");
}

TEST(ClientHello, MalformedServerNameIsNone) {
  for (const std::string& bad :
       {""s, "\0"s, "\0\0"s, "\0\x09\0\0\x07"s + "a.test"s, "\0\x08\0\0\x06"s + "a.test"s, "\0\x02\0\0"s,
        "\xff\xff\0\0\x06"s + "a.test"s}) {
    EXPECT_EQ(name(bad), std::nullopt);
  }
}

TEST(ClientHello, ListsOfNumbersAreRead) {
  EXPECT_EQ(parse_numbers(view_bytes("\0\x04\x04\x03\x08\x04"s), 2),
            (std::vector<std::uint16_t>{0x0403, 0x0804}));
  EXPECT_EQ(parse_numbers(view_bytes("\x02\x03\x04"s), 1), (std::vector<std::uint16_t>{0x0304}));
  EXPECT_EQ(parse_numbers(view_bytes("\0\0"s), 2), std::vector<std::uint16_t>{});
}

TEST(ClientHello, MalformedListsAreNone) {
  for (const std::string& bad :
       {""s, "\0"s, "\0\x03\x04\x03\x08"s, "\0\x04\x04\x03"s, "\0\x02\x04\x03\x08"s}) {
    EXPECT_EQ(parse_numbers(view_bytes(bad), 2), std::nullopt);
  }
}

}  // namespace
}  // namespace certstead
