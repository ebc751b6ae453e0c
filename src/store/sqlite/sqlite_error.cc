#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "store/sqlite/database.h"

namespace certstead::sqlite {
namespace {

std::string file_of(sqlite3* handle) {
  const char* name = sqlite3_db_filename(handle, "main");
  return name == nullptr || *name == '\0' ? "the store" : "the store " + printable(name);
}

int last_errno(sqlite3_file* file) {
  int number = 0;
  if (file != nullptr && file->pMethods != nullptr) {
    file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &number);
  }
  return number;
}

// What the system said. SQLite hands it on for statements but not for COMMIT: then the files themselves
// remember it, the write-ahead log first.
int system_errno(sqlite3* handle) {
  int number = sqlite3_system_errno(handle);
  for (const int which : {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER}) {
    sqlite3_file* file = nullptr;
    if (number == 0 && sqlite3_file_control(handle, "main", which, &file) == SQLITE_OK) {
      number = last_errno(file);
    }
  }
  return number;
}

// ": No space left on device", if the system said something.
std::string system_reason(sqlite3* handle) {
  const int number = system_errno(handle);
  return number == 0 ? "" : std::string(": ") + std::strerror(number);
}

bool is_sync(sqlite3* handle) {
  const int code = sqlite3_extended_errcode(handle);
  return code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC;
}

Error input_output_error(sqlite3* handle) {
  const std::string what = "cannot read or write " + file_of(handle) + system_reason(handle);
  if (is_sync(handle))
    return unavailable(what + "; check that disk and the log of the system", "sync-failed");
  switch (system_errno(handle)) {
    case ENOSPC:
    case EDQUOT:
      return unavailable(what + "; make room on that file system", "disk-full");
    case EFBIG:
      return unavailable(what + "; raise the limit on the size of files or make room", "disk-full");
    case EROFS:
      return unavailable(what + "; mount it writable or choose another directory", "read-only");
    default:
      return unavailable(what + "; check that disk and the log of the system", "store-io");
  }
}

}  // namespace

Error sqlite_error(sqlite3* handle) {
  const std::string file = file_of(handle);
  switch (sqlite3_errcode(handle) & 0xff) {
    case SQLITE_FULL:
      return unavailable("cannot write " + file + ": its file system is full; make room on that file system",
                         "disk-full");
    case SQLITE_IOERR:
      return input_output_error(handle);
    case SQLITE_READONLY:
      return unavailable("cannot write " + file +
                             ": it is read-only; check the owner and mode of the file, "
                             "of its directory and of the mount",
                         "read-only");
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return denied("cannot open " + file + system_reason(handle) + "; check its owner and mode",
                    "file-denied");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return unavailable(file + " is damaged (" + sqlite3_errmsg(handle) + "); restore it from a backup",
                         "store-damaged");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return unavailable(file + " is locked by another program; end that one and try again", "store-busy");
    case SQLITE_NOMEM:
      return unavailable("no memory left for " + file + "; give the process more", "memory");
    case SQLITE_CONSTRAINT:
      return conflict("the store has such a record already (" + printable(sqlite3_errmsg(handle)) + ")",
                      "constraint");
    case SQLITE_TOOBIG:
      return invalid("the record is too large for the store; make it smaller", "too-large");
    default:
      return internal("SQLite refused a statement of the store: " + printable(sqlite3_errmsg(handle)),
                      "sqlite");
  }
}

}  // namespace certstead::sqlite
