#include "crypto/pem.h"

#include <gtest/gtest.h>

#include "crypto/random.h"

namespace certstead {
namespace {

TEST(Pem, ReadsWhatItWrote) {
  for (const std::size_t size : {0U, 1U, 47U, 48U, 49U, 500U}) {
    const Bytes der = random_bytes(size);
    const std::string text = encode_pem("THING", der);
    std::string_view rest = text;
    const auto block = next_pem_block(rest);
    ASSERT_TRUE(block);
    EXPECT_EQ(block->label, "THING");
    const auto decoded = decode_pem(*block);
    EXPECT_EQ(view_text(decoded.value().reveal()), view_text(der));
    EXPECT_FALSE(next_pem_block(rest));
  }
}

TEST(Pem, PassesOverOtherTextAndTakesWindowsLineEnds) {
  const std::string text =
      "subject=x\r\n-----BEGIN A-----\r\nYWJj\r\n-----END A-----\r\nmore\n-----BEGIN B-----\nZGVm\n-----END "
      "B-----";
  std::string_view rest = text;
  EXPECT_EQ(view_text(decode_pem(next_pem_block(rest).value()).value().reveal()), "abc");
  EXPECT_EQ(view_text(decode_pem(next_pem_block(rest).value()).value().reveal()), "def");
  EXPECT_FALSE(next_pem_block(rest));
}

TEST(Pem, ALostEndLineDoesNotSwallowTheNextBlock) {
  const std::string text = "-----BEGIN A-----\nYWJj\n-----BEGIN B-----\nZGVm\n-----END B-----\n";
  std::string_view rest = text;
  const auto first = next_pem_block(rest);
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->complete);
  EXPECT_FALSE(decode_pem(*first));
  const auto second = next_pem_block(rest);
  ASSERT_TRUE(second);
  EXPECT_EQ(view_text(decode_pem(*second).value().reveal()), "def");
}

TEST(Pem, RefusesAnEndOfAnotherLabelHeadersAndBadBase64) {
  for (const char* text :
       {"-----BEGIN A-----\nYWJj\n-----END B-----\n", "-----BEGIN A-----\nYWJj\n",
        "-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nYWJj\n-----END A-----\n",
        "-----BEGIN A-----\nYWJ\n-----END A-----\n", "-----BEGIN A-----\nY*Jj\n-----END A-----\n"}) {
    std::string_view rest = text;
    const auto block = next_pem_block(rest);
    ASSERT_TRUE(block) << text;
    EXPECT_FALSE(decode_pem(*block)) << text;
  }
}

TEST(Pem, FindsNoBlockInOtherText) {
  for (const char* text : {"", "-----BEGIN ", "-----BEGIN A\n-----", "----- BEGIN A-----", "BEGIN A"}) {
    std::string_view rest = text;
    EXPECT_FALSE(next_pem_block(rest)) << text;
  }
}

}  // namespace
}  // namespace certstead
