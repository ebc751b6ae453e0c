#include "log_tail.h"

#include <chrono>
#include <cstdio>
#include <fstream>

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::chrono::milliseconds kLook{150};
constexpr std::size_t kLongestLine = 400;

// Prints what is whole of the new lines; the beginning of one stays in `part`.
void print_new(std::ifstream& in, std::string& part, const std::string& mark) {
  char piece[4096];
  in.clear();
  while (in.read(piece, sizeof piece), in.gcount() > 0)
    part.append(piece, static_cast<std::size_t>(in.gcount()));
  for (std::size_t end = part.find('\n'); end != std::string::npos; end = part.find('\n')) {
    std::printf("%s%s\n", mark.c_str(), printable(part.substr(0, end), kLongestLine).c_str());
    part.erase(0, end + 1);
  }
  std::fflush(stdout);
}

}  // namespace

LogTail::LogTail(const std::filesystem::path& file, std::string mark)
    : thread_([this, file, mark = std::move(mark)] {
        std::ifstream in(file);
        in.seekg(0, std::ios::end);
        for (std::string part; !ending_; std::this_thread::sleep_for(kLook)) print_new(in, part, mark);
      }) {}

LogTail::~LogTail() {
  ending_ = true;
  thread_.join();
}

}  // namespace certstead
