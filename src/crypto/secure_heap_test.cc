// Where the private numbers of keys lie: a process looks through all of its own memory for one.
#include "crypto/secure_heap.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>

#include "base/file.h"
#include "crypto/key.h"

namespace certstead {
namespace {

// A number as a BIGNUM holds it, changed so that what is looked for is not found here.
class Masked {
 public:
  Masked(const PrivateKey& key, const char* number) {
    BIGNUM* value = nullptr;
    if (EVP_PKEY_get_bn_param(key.native(), number, &value) != 1) ::_exit(9);
    size_ = static_cast<std::size_t>(BN_num_bytes(value));
    BN_bn2lebinpad(value, bytes_.data(), static_cast<int>(size_));
    for (std::uint8_t& byte : bytes_) byte ^= kMask;
    BN_clear_free(value);
  }
  std::size_t size() const { return size_; }
  std::uint8_t begins_with(bool backwards) const {
    return static_cast<std::uint8_t>(bytes_[backwards ? size_ - 1 : 0] ^ kMask);
  }
  bool is_at(const std::uint8_t* place, bool backwards) const {
    for (std::size_t i = 0; i < size_; ++i) {
      if (place[backwards ? size_ - 1 - i : i] != static_cast<std::uint8_t>(bytes_[i] ^ kMask)) return false;
    }
    return true;
  }

 private:
  static constexpr std::uint8_t kMask = 0x5a;
  std::array<std::uint8_t, 256> bytes_{};
  std::size_t size_ = 0;
};

struct Places {
  int secure = 0, elsewhere = 0;
};

struct Region {
  std::uintptr_t begin = 0, end = 0;
};

// What can be written; the reserves of the sanitizers hold nothing of a program's.
std::vector<Region> writable_regions() {
  constexpr std::uintptr_t kLargest = std::uintptr_t{1} << 30;
  std::vector<Region> out;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    Region region;
    char read = '-', write = '-';
    if (std::sscanf(line.c_str(), "%lx-%lx %c%c", &region.begin, &region.end, &read, &write) != 4) continue;
    if (read == 'r' && write == 'w' && region.end - region.begin < kLargest) out.push_back(region);
  }
  return out;
}

// Where the number lies in the memory of this process, in either byte order.
class Search {
 public:
  explicit Search(const Masked& number) : number_(number) {}
  Places look() {
    memory_ = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    if (memory_ < 0) ::_exit(8);
    for (const Region& region : writable_regions()) look_through(region);
    ::close(memory_);
    OPENSSL_cleanse(window_.data(), window_.size());
    return found_;
  }

 private:
  void look_through(const Region& region) {
    const std::size_t step = window_.size() - number_.size();
    for (std::uintptr_t at = region.begin; at < region.end; at += step) {
      const std::size_t wanted = std::min<std::size_t>(window_.size(), region.end - at);
      const ssize_t got = ::pread(memory_, window_.data(), wanted, static_cast<off_t>(at));
      if (got < static_cast<ssize_t>(number_.size())) continue;
      const std::size_t places = std::min(step, static_cast<std::size_t>(got) - number_.size() + 1);
      for (const bool backwards : {false, true}) look_at_window(at, places, backwards);
    }
  }
  // The number may begin at the first `places` bytes of the window, which are those at `address`.
  void look_at_window(std::uintptr_t address, std::size_t places, bool backwards) {
    const std::uint8_t* const end = window_.data() + places;
    for (const std::uint8_t* at = window_.data(); at < end; ++at) {
      at = static_cast<const std::uint8_t*>(
          std::memchr(at, number_.begins_with(backwards), static_cast<std::size_t>(end - at)));
      if (at == nullptr) return;
      if (number_.is_at(at, backwards)) note(address + static_cast<std::uintptr_t>(at - window_.data()));
    }
  }
  void note(std::uintptr_t address) {
    const auto window = reinterpret_cast<std::uintptr_t>(window_.data());
    if (address >= window && address < window + window_.size()) return;  // our own copy
    // NOLINTNEXTLINE(performance-no-int-to-ptr): it came out of the map of this process
    ++(CRYPTO_secure_allocated(reinterpret_cast<void*>(address)) == 1 ? found_.secure : found_.elsewhere);
  }

  const Masked& number_;
  Places found_;
  int memory_ = -1;
  std::vector<std::uint8_t> window_ = std::vector<std::uint8_t>(std::size_t{1} << 16);
};

// A process of its own makes the key: the one that looks has never held it but as a server gets it.
class Maker {
 public:
  explicit Maker(KeyType type) {
    int ends[2] = {};
    EXPECT_EQ(::pipe(ends), 0);
    child_ = ::fork();
    if (child_ == 0) {
      const SecretBytes der = PrivateKey::generate(type).value().to_der();
      const ssize_t wrote = ::write(ends[1], der.reveal().data(), der.size());
      ::_exit(wrote == static_cast<ssize_t>(der.size()) ? 0 : 1);
    }
    ::close(ends[1]);
    end_ = Fd(ends[0]);
    int status = 0;
    EXPECT_EQ(::waitpid(child_, &status, 0), child_);
    EXPECT_EQ(status, 0);
  }
  // Once; ends the process if there is none.
  PrivateKey take() const {
    Bytes buffer(4096);
    const ssize_t got = ::read(end_.get(), buffer.data(), buffer.size());
    if (got <= 0) ::_exit(6);
    buffer.resize(static_cast<std::size_t>(got));
    const SecretBytes der(std::move(buffer));
    return PrivateKey::from_der(der.reveal()).value();
  }

 private:
  pid_t child_ = -1;
  Fd end_;
};

struct Life {
  Places used, gone;
};

Life look_at_life(const Maker& maker, const char* number, bool write) {
  if (!use_secure_heap(std::size_t{1} << 20)) ::_exit(2);
  Life life;
  std::optional<PrivateKey> key = maker.take();
  if (!key->sign(to_bytes("hello"))) ::_exit(7);
  const Masked masked(*key, number);
  life.used = Search(masked).look();
  if (write) static_cast<void>(key->to_der());
  key.reset();
  life.gone = Search(masked).look();
  return life;
}

// In a child, since the heap is one for all of a process and its memory should hold little else.
Life life_of_number(KeyType type, const char* number, bool write = false) {
  const Maker maker(type);
  int answer[2] = {};
  EXPECT_EQ(::pipe(answer), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const Life life = look_at_life(maker, number, write);
    ::_exit(::write(answer[1], &life, sizeof life) == sizeof life ? 0 : 3);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  Life life;
  ::close(answer[1]);
  EXPECT_EQ(::read(answer[0], &life, sizeof life), static_cast<ssize_t>(sizeof life));
  ::close(answer[0]);
  return life;
}

TEST(SecureHeap, NumbersOfEcKeysLieThereAndNowhereElse) {
  for (const KeyType type : {KeyType::kP256, KeyType::kP384}) {
    const Life life = life_of_number(type, OSSL_PKEY_PARAM_PRIV_KEY);
    EXPECT_GE(life.used.secure, 1);
    EXPECT_EQ(life.used.elsewhere, 0);
    EXPECT_EQ(life.gone.secure + life.gone.elsewhere, 0);
  }
}

// OpenSSL 3.0 keeps them in ordinary memory; all that can be had is that they do not outlive the key.
TEST(SecureHeap, NumbersOfRsaKeysAreWipedEverywhereWhenTheKeyGoes) {
  for (const char* number :
       {OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_RSA_D}) {
    const Life life = life_of_number(KeyType::kRsa2048, number);
    EXPECT_GE(life.used.secure + life.used.elsewhere, 1) << "the search finds nothing";
    EXPECT_EQ(life.gone.secure + life.gone.elsewhere, 0) << number;
  }
}

TEST(SecureHeap, WritingAKeyLeavesNoCopyOfItsNumbers) {
  for (const char* number : {OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_D}) {
    const Life life = life_of_number(KeyType::kRsa2048, number, true);
    EXPECT_EQ(life.gone.secure + life.gone.elsewhere, 0) << number;
  }
  const Life life = life_of_number(KeyType::kP256, OSSL_PKEY_PARAM_PRIV_KEY, true);
  EXPECT_EQ(life.gone.secure + life.gone.elsewhere, 0);
}

TEST(SecureHeap, SecondOneIsAConflict) {
  const pid_t child = ::fork();
  if (child == 0) {
    const bool first = use_secure_heap(std::size_t{1} << 16).has_value();
    const auto second = use_secure_heap(std::size_t{1} << 16);
    ::_exit(first && !second && second.error().code == Code::kConflict ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace certstead
