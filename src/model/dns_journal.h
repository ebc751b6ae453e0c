// TXT records that stand in foreign zones at this moment, or may: the journal from which they are taken away,
// whatever happens.
#pragma once

#include <vector>

#include "model/dns_provider.h"

namespace certstead {

enum class DnsRecordState {
  kAdding,   // the provider is asked to write it, or was when we were cut off
  kStands,   // it said that it did
  kLeaving,  // it is to be taken away
};
std::string_view dns_record_state_name(DnsRecordState state);  // "adding", "stands", "leaving"
Result<DnsRecordState> parse_dns_record_state(std::string_view text);

struct DnsRecordEntry {
  std::string id;
  std::string account;  // name of the DNS account that writes it
  TxtRecord record;
  std::string order_id;  // "" for a test
  DnsRecordState state = DnsRecordState::kAdding;
  std::string kept;        // what DnsProvider::add returned
  int attempts = 0;        // of taking it away
  Instant due;             // kLeaving: the next try; of a test: from when on it counts as left behind
  std::string last_error;  // of the last try to take it away
  Instant created;
};

class DnsJournal {
 public:
  virtual ~DnsJournal() = default;
  // Written before the provider is asked. An entry of the same order, account, name and value is taken up
  // again, with what was kept of it. Returns the entry's id.
  virtual Result<std::string> begin_dns_record(const DnsRecordEntry& entry) = 0;
  // The provider is done. kNotFound if the entry is gone.
  virtual Status keep_dns_record(std::string_view id, std::string_view kept) = 0;
  // Everything of the order, or the one entry, is to be taken away from `due` on.
  virtual Status release_dns_records(std::string_view order_id, Instant due) = 0;
  virtual Status release_dns_record(std::string_view id, Instant due) = 0;
  // At most `limit` of those that are to be taken away at `now`: leaving ones that are due, tests that were
  // left behind, and all whose order is gone, unless they wait for another try.
  virtual Result<std::vector<DnsRecordEntry>> dns_records_due(Instant now, std::size_t limit) = 0;
  virtual Result<DnsRecordEntry> find_dns_record(std::string_view id) = 0;
  virtual Result<std::vector<DnsRecordEntry>> list_dns_records() = 0;
  // Whether another entry that is not leaving stands for the same value at the same name.
  virtual Result<bool> dns_record_shared(const DnsRecordEntry& entry) = 0;
  // It could not be taken away: leaving, one attempt more, again at `due`.
  virtual Status retry_dns_record(std::string_view id, Instant due, std::string_view error) = 0;
  virtual Status end_dns_record(std::string_view id) = 0;
};

}  // namespace certstead
