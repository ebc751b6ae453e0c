// The inside of a ViewBatch: its transaction, and the records that credentials share. Internal.
#pragma once

#include <atomic>
#include <memory>

#include "replica/environment.h"
#include "replica/keys.h"
#include "replica/view_writer.h"

namespace certstead {

struct ViewBatch::State {
  State(WriteTransaction t, std::shared_ptr<std::atomic<bool>> b) : txn(std::move(t)), busy(std::move(b)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { busy->store(false); }

  Status put(RecordKind kind, std::string_view rest, BytesView value);
  Status remove(RecordKind kind, std::string_view rest);
  // The part behind the letter of every key of this kind.
  Result<std::vector<std::string>> keys(RecordKind kind) const;

  Status add_credential(const CredentialRecord& record, const std::vector<Bytes>& intermediates);
  Status remove_credential(std::string_view id);

  // Adds `ref` to, or takes the credential `ref.id` out of, the index record at `key`.
  Status index(const std::string& key, const CredentialRef& ref, bool present);
  Status index_all(const CredentialRecord& record, bool present);
  // One more user of this intermediate, or one fewer; without users it goes.
  Status use_chain(BytesView digest, BytesView certificate);
  Status drop_chain(BytesView digest);

  WriteTransaction txn;
  std::shared_ptr<std::atomic<bool>> busy;
};

}  // namespace certstead
