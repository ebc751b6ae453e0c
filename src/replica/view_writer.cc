#include "replica/view_writer.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "replica/batch.h"
#include "replica/environment.h"
#include "replica/keys.h"
#include "replica/view.h"

namespace certstead {
namespace {

Environment::Writing writing(const ViewWriterOptions& options) {
  if (!options.group) return {options.map_bytes, 0600, 0600, {}};
  return {options.map_bytes, 0640, 0660, options.group};
}

Status make_view_directory(const std::filesystem::path& directory, std::optional<gid_t> group) {
  CHECK_OK(make_directories(directory, 0700));
  if (!group) return Done{};
  if (::chown(directory.c_str(), static_cast<uid_t>(-1), *group) == 0 &&
      ::chmod(directory.c_str(), 0750) == 0) {
    return Done{};
  }
  return unavailable("cannot give " + directory.string() + " to its group: " + std::strerror(errno),
                     "view-group");
}

// Readers take a file without a meta record for one that is being made.
Status put_first_meta(Environment& environment) {
  TRY(WriteTransaction txn, environment.begin_write());
  const std::string key = key_of(RecordKind::kMeta);
  TRY(const std::optional<BytesView> there, txn.get(view_bytes(key)));
  if (there) {
    CHECK_OK(decode_meta(*there));
    return Done{};
  }
  CHECK_OK(txn.put(view_bytes(key), encode_record(ViewMeta{})));
  return txn.commit();
}

}  // namespace

ViewWriter::ViewWriter(FileLock lock, std::shared_ptr<Environment> environment)
    : lock_(std::move(lock)),
      environment_(std::move(environment)),
      busy_(std::make_shared<std::atomic<bool>>(false)) {}

ViewWriter::~ViewWriter() = default;

Result<std::unique_ptr<ViewWriter>> ViewWriter::open(const std::filesystem::path& directory,
                                                     const ViewWriterOptions& options) {
  CHECK_OK(make_view_directory(directory, options.group));
  TRY(FileLock lock, FileLock::acquire(directory / "writer.lock"));
  std::shared_ptr<Environment> environment;
  {
    const Environment::Hold held = Environment::hold();
    TRY(environment, Environment::open(directory / kViewFile, writing(options), held));
  }
  CHECK_OK(put_first_meta(*environment));
  return std::unique_ptr<ViewWriter>(new ViewWriter(std::move(lock), std::move(environment)));
}

Result<ViewBatch> ViewWriter::begin() {
  if (environment_->pid() != ::getpid()) {
    return conflict("this process inherited the view's writer by fork(); only its parent may write");
  }
  if (busy_->exchange(true)) {
    return conflict("another batch of this view is open; commit or drop it first", "view-busy");
  }
  Result<WriteTransaction> txn = environment_->begin_write();
  if (!txn) {
    busy_->store(false);
    return txn.error();
  }
  return ViewBatch(std::make_unique<ViewBatch::State>(std::move(*txn), busy_));
}

Status ViewWriter::sync() { return environment_->sync(); }

Result<int> ViewWriter::check_readers() { return environment_->check_readers(); }

}  // namespace certstead
