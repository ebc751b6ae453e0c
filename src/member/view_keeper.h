// One view of this member: which sets go into it, and the applying of manifests.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <set>

#include "base/log_sink.h"
#include "member/refused_sets.h"
#include "model/member_progress.h"
#include "model/view_catalog.h"
#include "replica/view_key.h"
#include "replica/view_reader.h"
#include "replica/view_writer.h"
#include "vault/member_vault.h"

namespace certstead {

struct ViewConfig {
  std::string name;  // "gateway", "nginx", "mail"
  std::filesystem::path directory;
  // Names of the sets that go into it; empty: every set that this member may read.
  std::vector<std::string> sets;
  // Group of a consumer that never runs as root.
  std::optional<gid_t> group;
};

// Safe from any thread; writers wait for one another.
class ViewKeeper {
 public:
  // Makes directory, key and data file as needed. kConflict if another process writes the view.
  static Result<std::unique_ptr<ViewKeeper>> open(ViewConfig config);

  // Writes what `manifest` says in one transaction. A set of which something can't be verified, opened or
  // held is left out, logged once and remembered, and what the view held of it stays; the rest is applied.
  // kConflict ("view-gap") if
  // the manifest does not follow on what the view has: pull a full one.
  Status apply(const Manifest& manifest, MemberVault& vault, LogSink& log);
  // An OCSP response for a leaf of this view.
  Status put_staple(BytesView leaf_sha256, const StapleRecord& staple);
  // Takes those of all other leaves away.
  Status keep_staples(const std::set<Bytes>& leaves);
  // Whether those who serve this view log their look-ups.
  Status set_lookup_log(bool on);
  // What the view holds: its store, epoch and sequence number.
  Result<ViewMeta> meta() const { return reader_->meta(); }
  // What it holds of a set with this id.
  ViewHolding holding(std::string_view set_id) const;
  // Whether sets with this name go into it.
  bool wants(const std::string& set_name) const;
  Status check_readers();
  // All of the view so far survives a power cut when it returns.
  Status sync() { return writer_->sync(); }

  const std::string& name() const { return config_.name; }
  const ViewReader& reader() const { return *reader_; }

 private:
  ViewKeeper(ViewConfig config, ViewKey key, std::unique_ptr<ViewWriter> writer,
             std::unique_ptr<ViewReader> reader)
      : config_(std::move(config)),
        key_(std::move(key)),
        writer_(std::move(writer)),
        reader_(std::move(reader)) {}
  // One manifest on its way into the view.
  struct Applying {
    ViewBatch& batch;
    MemberVault& vault;
    LogSink& log;
    RefusedSets refused;
  };
  Status apply_item(Applying& to, const FeedItem& item) const;
  Status apply_set(Applying& to, const FeedSet& set) const;
  Result<std::vector<NewCredential>> open_set(const FeedSet& set, MemberVault& vault) const;
  void refuse(Applying& to, const FeedSet& set, const Error& why) const;
  Status remove_set(Applying& to, const std::string& set_id) const;
  Result<NewCredential> open_credential(const FeedCredential& credential, MemberVault& vault) const;
  Status apply_tickets(ViewBatch& batch, const FeedTickets& tickets, MemberVault& vault, LogSink& log) const;
  Result<TicketRecord> open_tickets(const FeedTickets& tickets, MemberVault& vault) const;
  Status remove_unnamed(Applying& to, const Manifest& manifest) const;

  Status apply_locked(const Manifest& manifest, MemberVault& vault, LogSink& log);

  ViewConfig config_;
  ViewKey key_;
  std::mutex writing_;  // one batch at a time
  std::unique_ptr<ViewWriter> writer_;
  std::unique_ptr<ViewReader> reader_;
  mutable std::mutex refused_mutex_;
  RefusedSets refused_;  // guarded by refused_mutex_; as the view has it
};

}  // namespace certstead
