// The certstore on SQLite: one file in one directory, one process at a time.
#pragma once

#include <filesystem>
#include <memory>

#include "base/log_sink.h"
#include "store/store.h"

namespace certstead {

// Opens the store in `directory`, making both if absent (directory 0700, files 0600), and brings its tables
// up to date. `clock` and `log` must outlive the store. The directory stays locked until the store is
// destroyed. Errors: kConflict ("store-in-use") if another process has it open; kInvalid ("store-newer") if a
// later release wrote it; kDenied or kUnavailable with the reason of the system (read-only, disk full, no
// permission); kUnavailable ("store-damaged") if the file is no sound database.
Result<std::unique_ptr<Store>> open_sqlite_store(const std::filesystem::path& directory, const Clock& clock,
                                                 LogSink& log);

// The same for reading only, while no manager runs: nothing is made or brought up to date, every changing
// call fails. kNotFound without a store; kInvalid ("store-older") if an earlier release wrote it and no
// manager of this one has opened it yet.
Result<std::unique_ptr<Store>> open_sqlite_store_read_only(const std::filesystem::path& directory,
                                                           const Clock& clock, LogSink& log);

}  // namespace certstead
