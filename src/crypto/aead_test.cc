#include "crypto/aead.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "base/encoding.h"
#include "base/file.h"
#include "base/text.h"
#include "crypto/random.h"

namespace certstead {
namespace {

TEST(Aead, OpensWhatItSealed) {
  const SecretBytes key = random_secret(32);
  for (const std::size_t size : {0U, 1U, 16U, 17U, 100'000U}) {
    const Bytes plaintext = random_bytes(size);
    const Bytes sealed = aead_seal(key, plaintext, view_bytes("place")).value();
    EXPECT_EQ(sealed.size(), size + 28);
    EXPECT_TRUE(std::ranges::equal(aead_open(key, sealed, view_bytes("place")).value().reveal(), plaintext));
  }
}

TEST(Aead, NeedsNoAssociatedData) {
  const SecretBytes key = random_secret(32);
  const Bytes sealed = aead_seal(key, view_bytes("x"), {}).value();
  EXPECT_EQ(view_text(aead_open(key, sealed, {}).value().reveal()), "x");
}

TEST(Aead, TakesANewNonceEachTime) {
  const SecretBytes key = random_secret(32);
  EXPECT_NE(aead_seal(key, view_bytes("x"), {}).value(), aead_seal(key, view_bytes("x"), {}).value());
}

TEST(Aead, DoesNotOpenWithAnyBitChanged) {
  const SecretBytes key = random_secret(32);
  const Bytes sealed = aead_seal(key, view_bytes("secret"), view_bytes("place")).value();
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    const auto opened = aead_open(key, changed, view_bytes("place"));
    ASSERT_FALSE(opened) << "bit " << bit;
    EXPECT_EQ(opened.error().code, Code::kDenied);
  }
}

TEST(Aead, DoesNotOpenCutOrLengthened) {
  const SecretBytes key = random_secret(32);
  Bytes sealed = aead_seal(key, view_bytes("secret"), {}).value();
  for (std::size_t length = 0; length < sealed.size(); ++length)
    ASSERT_FALSE(aead_open(key, BytesView(sealed).first(length), {})) << length;
  sealed.push_back(0);
  EXPECT_FALSE(aead_open(key, sealed, {}));
}

TEST(Aead, DoesNotOpenWithAnotherKeyOrPlace) {
  const SecretBytes key = random_secret(32);
  const Bytes sealed = aead_seal(key, view_bytes("secret"), view_bytes("place")).value();
  EXPECT_EQ(aead_open(random_secret(32), sealed, view_bytes("place")).error().code, Code::kDenied);
  EXPECT_EQ(aead_open(key, sealed, view_bytes("plac")).error().code, Code::kDenied);
  EXPECT_EQ(aead_open(key, sealed, {}).error().code, Code::kDenied);
}

TEST(Aead, RefusesKeysOfAnotherLength) {
  for (const std::size_t size : {0U, 16U, 31U, 33U})
    EXPECT_FALSE(aead_seal(random_secret(size), {}, {})) << size;
  EXPECT_FALSE(aead_open(random_secret(16), random_bytes(40), {}));
}

// The value of the first "name": after `at`, without its quotes. The files of Wycheproof are written by a
// program.
std::string_view json_field(std::string_view text, std::string_view name) {
  const std::size_t at = text.find("\"" + std::string(name) + "\":");
  if (at == std::string_view::npos) return {};
  std::string_view value = text.substr(at + name.size() + 3);
  value = trim(value.substr(0, value.find_first_of(",}\n")));
  if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
  return value;
}

Bytes hex_field(std::string_view text, std::string_view name) {
  return hex_decode(json_field(text, name)).value();
}

// Opens one vector of the form that the house uses; says whether that went as the vector wants it.
void check_vector(std::string_view vector) {
  const std::string id(json_field(vector, "tcId"));
  const SecretBytes key(hex_field(vector, "key"));
  Bytes sealed = hex_field(vector, "iv");
  const Bytes text = hex_field(vector, "ct");
  const Bytes tag = hex_field(vector, "tag");
  sealed.insert(sealed.end(), text.begin(), text.end());
  sealed.insert(sealed.end(), tag.begin(), tag.end());
  const auto opened = aead_open(key, sealed, hex_field(vector, "aad"));
  EXPECT_EQ(opened.has_value(), json_field(vector, "result") == "valid") << id;
  if (opened) {
    EXPECT_EQ(hex_encode(opened->reveal()), json_field(vector, "msg")) << id;
  }
}

TEST(Aead, AgreesWithWycheproof) {
  const std::string path = "../shared/data/wycheproof/aes_gcm_test.json";
  const auto file = read_text_file(path);
  if (!file) GTEST_SKIP() << path << " is absent";
  int checked = 0;
  std::string_view rest = *file;
  bool ours = false;
  while (true) {
    // A group says its sizes before its vectors.
    const std::size_t group = rest.find("\"ivSize\"");
    const std::size_t vector = rest.find("\"tcId\"");
    if (vector == std::string_view::npos) break;
    if (group < vector) {
      const std::string_view sizes = rest.substr(group);
      ours = json_field(sizes, "ivSize") == "96" && json_field(sizes, "keySize") == "256" &&
             json_field(sizes, "tagSize") == "128";
      rest = rest.substr(group + 1);
      continue;
    }
    rest = rest.substr(vector);
    if (ours) check_vector(rest.substr(0, rest.find('}')));
    checked += ours ? 1 : 0;
    rest = rest.substr(1);
  }
  EXPECT_GT(checked, 60);
}

}  // namespace
}  // namespace certstead
