// Writing a view: one process, one batch at a time.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/file.h"
#include "model/domain_name.h"
#include "replica/records.h"

namespace certstead {

class Environment;

struct ViewWriterOptions {
  // Address space, not memory or disk: the most that the view can ever hold.
  std::size_t map_bytes = std::size_t{16} << 30;
  // For consumers that never run as root: data 0640, lock file 0660, directory 0750, all of this group.
  std::optional<gid_t> group = {};
};

// What is handed to a batch: the writer fills `record.chain` and `record.set_id` by itself.
struct NewCredential {
  CredentialRecord record;
  std::vector<Bytes> intermediates;  // DER, in order, without the leaf
};

// One transaction: readers see all of it or nothing. Dropped without commit() it never was. Use it from the
// thread that began it, and drop it before the ViewWriter. After an error of a call the batch can only be
// dropped. Errors: kInvalid for input that the format can't hold (a name that is none, a tag or id of more
// than 255 bytes), kUnavailable if the view or the disk is full, kInvalid ("view-corrupt").
class ViewBatch {
 public:
  ViewBatch(ViewBatch&&) noexcept;
  ViewBatch& operator=(ViewBatch&&) = delete;
  ~ViewBatch();

  // All credentials of the set, in place of those that were there. Their names and tags are found at once
  // after the commit; where another set names the same host for the same key type, served_before() decides
  // which one is found, and the other one is found again when the first goes.
  Status replace_set(std::string_view set_id, const std::vector<NewCredential>& credentials);
  // Whether replace_set() would take this; changes nothing, so that the batch goes on. The outer error is one
  // of the view, the inner one kInvalid for what the format can't hold.
  Result<Status> check_set(std::string_view set_id, const std::vector<NewCredential>& credentials) const;
  // No error if it is not there.
  Status remove_set(std::string_view set_id);
  Result<bool> has_set(std::string_view set_id) const;
  // Ids of the sets, those of this batch included.
  Result<std::vector<std::string>> sets() const;

  // `token` is 1 to 128 characters of base64url (RFC 8555 section 8.3), else kInvalid ("bad-token"), and the
  // batch goes on. Removing is no error if it is absent,
  // here and below.
  Status put_http01(std::string_view token, std::string_view key_authorization);
  Status remove_http01(std::string_view token);
  Result<std::vector<std::string>> http01_tokens() const;

  Status put_alpn01(const DomainName& host, const AlpnRecord& record);
  Status remove_alpn01(const DomainName& host);
  Status put_staple(BytesView leaf_sha256, const StapleRecord& record);
  Status remove_staple(BytesView leaf_sha256);
  // SHA-256 of the leaves that have one.
  Result<std::vector<std::string>> staples() const;
  Status put_ticket(std::string_view set_id, const TicketRecord& record);
  Status remove_ticket(std::string_view set_id);
  // Settings that travel with the view, e.g. "on_unknown_name". An empty value removes.
  Status set_policy(std::string_view name, std::string_view value);
  Status set_meta(const ViewMeta& meta);
  Result<ViewMeta> meta() const;

  // Seen by every reader when it returns. A power cut loses the last commit at most, as a whole, unless
  // ViewWriter::sync() followed it; what it leaves is always a whole commit. The batch is spent, whatever it
  // returns.
  Status commit();

 private:
  friend class ViewWriter;
  struct State;
  explicit ViewBatch(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class ViewWriter {
 public:
  // Makes directory and view as needed. kConflict if another process writes this view, or if this process has
  // it open for reading only.
  static Result<std::unique_ptr<ViewWriter>> open(const std::filesystem::path& directory,
                                                  const ViewWriterOptions& options = {});
  ViewWriter(const ViewWriter&) = delete;
  ViewWriter& operator=(const ViewWriter&) = delete;
  ~ViewWriter();

  // kConflict while another batch of this writer is open.
  Result<ViewBatch> begin();
  // Every commit so far is durable when it returns. Before a commit is told to others as kept. Safe from any
  // thread, also while a batch is open. kUnavailable if the disk fails.
  Status sync();
  // Frees the slots of readers whose process died; returns how many. Call it each minute.
  Result<int> check_readers();

 private:
  ViewWriter(FileLock lock, std::shared_ptr<Environment> environment);
  FileLock lock_;
  std::shared_ptr<Environment> environment_;
  std::shared_ptr<std::atomic<bool>> busy_;
};

}  // namespace certstead
