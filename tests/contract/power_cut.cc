#include "contract/power_cut.h"

#include <sqlite3.h>

#include <new>
#include <utility>

namespace certstead {
namespace {

struct Shadowed {
  sqlite3_file base;  // what SQLite sees
  std::string* path;
  // The real file follows.
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_vfs* real_vfs = nullptr;
sqlite3_vfs shadow_vfs;
std::filesystem::path image_directory;
std::function<void()> on_sync;

Shadowed& shadowed(sqlite3_file* file) { return *reinterpret_cast<Shadowed*>(file); }

// Hands a call on to the real file.
template <auto Method>
struct HandOn;
template <class R, class... A, R (*sqlite3_io_methods::*Method)(sqlite3_file*, A...)>
struct HandOn<Method> {
  static R call(sqlite3_file* file, A... arguments) {
    sqlite3_file* real = shadowed(file).real();
    return (real->pMethods->*Method)(real, arguments...);
  }
};

int close_file(sqlite3_file* file) {
  const int code = HandOn<&sqlite3_io_methods::xClose>::call(file);
  delete std::exchange(shadowed(file).path, nullptr);
  return code;
}

int sync_file(sqlite3_file* file, int flags) {
  const int code = HandOn<&sqlite3_io_methods::xSync>::call(file, flags);
  if (code != SQLITE_OK || shadowed(file).path == nullptr) return code;
  const std::filesystem::path path = *shadowed(file).path;
  std::filesystem::copy_file(path, image_directory / path.filename(),
                             std::filesystem::copy_options::overwrite_existing);
  if (on_sync) on_sync();
  return code;
}

const sqlite3_io_methods& methods() {
  static const sqlite3_io_methods table = {2,  // with shared memory, without mapped files
                                           close_file,
                                           HandOn<&sqlite3_io_methods::xRead>::call,
                                           HandOn<&sqlite3_io_methods::xWrite>::call,
                                           HandOn<&sqlite3_io_methods::xTruncate>::call,
                                           sync_file,
                                           HandOn<&sqlite3_io_methods::xFileSize>::call,
                                           HandOn<&sqlite3_io_methods::xLock>::call,
                                           HandOn<&sqlite3_io_methods::xUnlock>::call,
                                           HandOn<&sqlite3_io_methods::xCheckReservedLock>::call,
                                           HandOn<&sqlite3_io_methods::xFileControl>::call,
                                           HandOn<&sqlite3_io_methods::xSectorSize>::call,
                                           HandOn<&sqlite3_io_methods::xDeviceCharacteristics>::call,
                                           HandOn<&sqlite3_io_methods::xShmMap>::call,
                                           HandOn<&sqlite3_io_methods::xShmLock>::call,
                                           HandOn<&sqlite3_io_methods::xShmBarrier>::call,
                                           HandOn<&sqlite3_io_methods::xShmUnmap>::call,
                                           nullptr,
                                           nullptr};
  return table;
}

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* opened_flags) {
  Shadowed& out = *new (file) Shadowed{};
  const int code = real_vfs->xOpen(real_vfs, name, out.real(), flags, opened_flags);
  if (out.real()->pMethods == nullptr) return code;
  out.base.pMethods = &methods();
  if (name != nullptr) out.path = new std::string(name);
  return code;
}

// A deletion lasts when the directory is synced behind it, as SQLite asks for where it matters.
int delete_file(sqlite3_vfs*, const char* name, int sync_directory) {
  const int code = real_vfs->xDelete(real_vfs, name, sync_directory);
  const std::filesystem::path path = name;
  if (code == SQLITE_OK && sync_directory != 0) std::filesystem::remove(image_directory / path.filename());
  return code;
}

}  // namespace

PowerCut::PowerCut(std::filesystem::path image, std::function<void()> after_sync) {
  image_directory = std::move(image);
  on_sync = std::move(after_sync);
  std::filesystem::create_directories(image_directory);
  real_vfs = sqlite3_vfs_find(nullptr);
  shadow_vfs = *real_vfs;
  shadow_vfs.zName = "power-cut";
  shadow_vfs.szOsFile = static_cast<int>(sizeof(Shadowed)) + real_vfs->szOsFile;
  shadow_vfs.xOpen = open_file;
  shadow_vfs.xDelete = delete_file;
  sqlite3_vfs_register(&shadow_vfs, 1);
}

PowerCut::~PowerCut() {
  sqlite3_vfs_unregister(&shadow_vfs);
  sqlite3_vfs_register(real_vfs, 1);
  on_sync = nullptr;
}

}  // namespace certstead
