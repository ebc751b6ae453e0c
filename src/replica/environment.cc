#include "replica/environment.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <list>

namespace certstead {
namespace {

constexpr unsigned kMaxReaders = 8192;
// Attempts to get a snapshot while a writer makes the file grow faster than we map it.
constexpr int kMapAttempts = 100;
constexpr std::size_t kMiB = std::size_t{1} << 20;

}  // namespace

// One open file of this process, and how many ask for it to stay open.
struct Environment::Slot {
  std::filesystem::path file;
  std::unique_ptr<Environment> environment;
  int users = 0;
};

// Never destroyed: views may be closed by other static objects.
struct Environment::Registry {
  std::mutex mutex;
  std::list<Slot> slots;
  Registry() {
    ::pthread_atfork([] { registry().mutex.lock(); }, [] { registry().mutex.unlock(); },
                     [] { registry().mutex.unlock(); });
  }
};

Environment::Registry& Environment::registry() {
  static Registry* const instance = new Registry;
  return *instance;
}

Environment::Hold Environment::hold() { return Hold(registry().mutex); }

Result<std::shared_ptr<Environment>> Environment::open(const std::filesystem::path& file,
                                                       const std::optional<Writing>& writing, const Hold&) {
  std::error_code ignored;
  std::filesystem::path canonical = std::filesystem::weakly_canonical(file, ignored);
  if (canonical.empty()) canonical = file;
  std::list<Slot>& slots = registry().slots;
  auto slot = std::find_if(slots.begin(), slots.end(), [&](const Slot& s) {
    return s.file == canonical && s.environment->pid() == ::getpid();
  });
  if (slot == slots.end()) {
    std::unique_ptr<Environment> fresh(new Environment(canonical, writing));
    CHECK_OK(fresh->open_native());
    slot = slots.insert(slots.end(), Slot{canonical, std::move(fresh), 0});
  } else if (writing && !slot->environment->writing_) {
    return conflict(
        canonical.string() + " is open for reading in this process already; open the writer first",
        "view-order");
  }
  ++slot->users;
  return std::shared_ptr<Environment>(slot->environment.get(), [at = &*slot](Environment*) { release(at); });
}

void Environment::release(Slot* slot) {
  const Hold held = hold();
  if (--slot->users > 0) return;
  registry().slots.remove_if([slot](const Slot& s) { return &s == slot; });
}

Environment::Environment(std::filesystem::path file, std::optional<Writing> writing)
    : file_(std::move(file)), writing_(writing), pid_(::getpid()) {}

Environment::~Environment() {
  // A child must not touch what its parent opened: closing would take the parent's reader slots away.
  if (pid_ == ::getpid()) close_native();
}

Error Environment::error(int answer, std::string_view what) const {
  const std::string detail =
      "cannot " + std::string(what) + " the view " + file_.string() + ": " + ::mdb_strerror(answer);
  switch (answer) {
    case ENOENT:
      return not_found(detail + "; has the member written it yet?", "view-absent");
    case EACCES:
    case EPERM:
    case EROFS:
      return denied(detail + "; open it before privileges drop, or give the view a group", "view-denied");
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_PANIC:
      return invalid(detail + "; stop what uses it, remove the file and let the member write it anew",
                     "view-corrupt");
    case MDB_BAD_VALSIZE:
      return invalid(detail + "; a key is empty or too long", "view-key-size");
    case MDB_MAP_FULL:
      return unavailable(detail + "; give the writer a larger map", "view-full");
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EIO:  // LMDB's word for a write that came half way, too
      return unavailable(detail + "; is its disk full?", "view-disk");
    case MDB_READERS_FULL:
      return unavailable(detail + "; too many processes and threads read it at once", "view-readers-full");
    default:
      return unavailable(detail, "view-error");
  }
}

Status Environment::configure(MDB_env* native) const {
  int answer = ::mdb_env_set_maxreaders(native, kMaxReaders);
  // Readers start with the least that holds the data (some programs run under an address limit) and grow.
  if (answer == 0) answer = ::mdb_env_set_mapsize(native, writing_ ? writing_->map_bytes : kMiB);
  // MDB_NOMETASYNC: a commit waits for the disk once, for its pages, and not a second time for the page that
  // points to them (docs/decisions/0011-views-one-flush.md).
  const unsigned flags = MDB_NOSUBDIR | MDB_NOTLS | (writing_ ? MDB_NOMETASYNC : MDB_RDONLY);
  if (answer == 0) {
    answer = ::mdb_env_open(native, file_.c_str(), flags, writing_ ? writing_->data_mode : 0600);
  }
  if (answer != 0) return error(answer, "open");
  return Done{};
}

Status Environment::open_native() {
  MDB_env* native = nullptr;
  if (const int answer = ::mdb_env_create(&native); answer != 0) return error(answer, "open");
  Status opened = configure(native);
  if (opened && writing_) opened = give_to_group();
  if (opened) {
    MDB_txn* txn = nullptr;
    int answer = ::mdb_txn_begin(native, nullptr, MDB_RDONLY, &txn);
    if (answer == 0) answer = ::mdb_dbi_open(txn, nullptr, 0, &dbi_);
    if (txn != nullptr) ::mdb_txn_abort(txn);
    if (answer != 0) opened = error(answer, "open");
  }
  if (!opened) {
    ::mdb_env_close(native);
    return opened;
  }
  native_ = native;
  return Done{};
}

Status Environment::give_to_group() const {
  const std::filesystem::path lock = file_.string() + "-lock";
  const uid_t same = static_cast<uid_t>(-1);
  for (const auto& [path, mode] : {std::pair{file_, writing_->data_mode}, {lock, writing_->lock_mode}}) {
    const bool chowned = !writing_->group || ::chown(path.c_str(), same, *writing_->group) == 0;
    if (!chowned || ::chmod(path.c_str(), mode) != 0) return error(errno, "set owner and mode of");
  }
  return Done{};
}

void Environment::close_native() {
  for (MDB_txn* txn : idle_) ::mdb_txn_abort(txn);
  idle_.clear();
  if (native_ != nullptr) ::mdb_env_close(native_);
  native_ = nullptr;
}

// Follows a file that has outgrown our map. No transaction of this process is under way then.
Status Environment::grow() {
  const std::unique_lock<std::shared_mutex> alone(map_mutex_);
  if (native_ == nullptr) return open_native();
  MDB_envinfo info{};
  ::mdb_env_info(native_, &info);
  const long page = ::sysconf(_SC_PAGESIZE);
  const std::size_t used = (info.me_last_pgno + 1) * static_cast<std::size_t>(page);
  if (used <= info.me_mapsize) return Done{};  // another thread was faster
  const std::size_t wanted = ((used + used / 4) / kMiB + 1) * kMiB;
  if (::mdb_env_set_mapsize(native_, wanted) == 0) return Done{};
  // LMDB has let the old map go by now: begin again, with the least.
  close_native();
  return open_native();
}

Result<MDB_txn*> Environment::new_txn() {
  MDB_txn* txn = nullptr;
  int answer = ::mdb_txn_begin(native_, nullptr, MDB_RDONLY, &txn);
  if (answer == MDB_READERS_FULL) {
    int dead = 0;
    ::mdb_reader_check(native_, &dead);
    answer = ::mdb_txn_begin(native_, nullptr, MDB_RDONLY, &txn);
  }
  if (answer == MDB_MAP_RESIZED) return static_cast<MDB_txn*>(nullptr);
  if (answer != 0) return error(answer, "read");
  return txn;
}

// Null: the map has to grow first.
Result<MDB_txn*> Environment::take_txn() {
  MDB_txn* txn = nullptr;
  {
    const std::lock_guard<std::mutex> hold(idle_mutex_);
    if (!idle_.empty()) {
      txn = idle_.back();
      idle_.pop_back();
    }
  }
  if (txn == nullptr) return new_txn();
  const int answer = ::mdb_txn_renew(txn);
  if (answer == 0) return txn;
  ::mdb_txn_abort(txn);
  if (answer == MDB_MAP_RESIZED) return static_cast<MDB_txn*>(nullptr);
  return error(answer, "read");
}

void Environment::give_back(MDB_txn* txn) {
  ::mdb_txn_reset(txn);
  const std::lock_guard<std::mutex> hold(idle_mutex_);
  idle_.push_back(txn);
}

Result<ReadTransaction> Environment::begin_read() {
  for (int attempt = 0; attempt < kMapAttempts; ++attempt) {
    std::shared_lock<std::shared_mutex> hold(map_mutex_);
    if (native_ != nullptr) {
      TRY(MDB_txn * txn, take_txn());
      if (txn != nullptr) return ReadTransaction(this, txn, std::move(hold));
    }
    hold.unlock();
    CHECK_OK(grow());
  }
  return unavailable("the view " + file_.string() + " grows faster than it can be mapped", "view-growing");
}

Result<WriteTransaction> Environment::begin_write() {
  MDB_txn* txn = nullptr;
  const int answer = ::mdb_txn_begin(native_, nullptr, 0, &txn);
  if (answer != 0) return error(answer, "write");
  return WriteTransaction(this, txn);
}

Status Environment::sync() {
  if (!unsynced_.exchange(false)) return Done{};
  const int answer = ::mdb_env_sync(native_, 1);
  if (answer == 0) return Done{};
  unsynced_.store(true);
  return error(answer, "sync");
}

Result<int> Environment::check_readers() {
  int dead = 0;
  const int answer = ::mdb_reader_check(native_, &dead);
  if (answer != 0) return error(answer, "check the readers of");
  return dead;
}

Result<MDB_envinfo> Environment::info() {
  const std::shared_lock<std::shared_mutex> hold(map_mutex_);
  MDB_envinfo out{};
  if (native_ == nullptr) return error(ENOMEM, "look at");
  if (const int answer = ::mdb_env_info(native_, &out); answer != 0) return error(answer, "look at");
  return out;
}

}  // namespace certstead
