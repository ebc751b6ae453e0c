// A power cut for SQLite: while a PowerCut lives, every file that SQLite opens by default is shadowed by an
// image that holds what was synced, and nothing else. The image is what a machine without power would find on
// its disk, were it as unkind as it may be.
#pragma once

#include <filesystem>
#include <functional>

namespace certstead {

class PowerCut {
 public:
  // `after_sync` is called after each sync, on the thread that synced. Only one PowerCut at a time.
  PowerCut(std::filesystem::path image, std::function<void()> after_sync);
  PowerCut(const PowerCut&) = delete;
  PowerCut& operator=(const PowerCut&) = delete;
  // SQLite must have no file open any more.
  ~PowerCut();
};

}  // namespace certstead
