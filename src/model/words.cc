// The words of every enum of the model, one table each: the same in store, API and CLI.
#include <array>

#include "base/text.h"
#include "model/credential.h"
#include "model/credential_encoder.h"
#include "model/health.h"
#include "model/job.h"
#include "model/order.h"

namespace certstead {
namespace {

template <class E>
struct Word {
  E value;
  std::string_view text;
};

constexpr std::array kSetStatuses = {
    Word{SetStatus::kDraft, "draft"},       Word{SetStatus::kPending, "pending"},
    Word{SetStatus::kWaiting, "waiting"},   Word{SetStatus::kIssued, "issued"},
    Word{SetStatus::kRenewing, "renewing"}, Word{SetStatus::kRevoking, "revoking"},
    Word{SetStatus::kRevoked, "revoked"},   Word{SetStatus::kError, "error"},
    Word{SetStatus::kArchived, "archived"}, Word{SetStatus::kExpired, "expired"}};
constexpr std::array kVersionStates = {Word{VersionState::kActive, "active"},
                                       Word{VersionState::kArchived, "archived"},
                                       Word{VersionState::kRevoked, "revoked"}};
constexpr std::array kJobKinds = {Word{JobKind::kIssue, "issue"}, Word{JobKind::kRevoke, "revoke"},
                                  Word{JobKind::kRenewalInfo, "renewal-info"}};
constexpr std::array kJobStatuses = {Word{JobStatus::kQueued, "queued"}, Word{JobStatus::kRunning, "running"},
                                     Word{JobStatus::kDone, "done"}, Word{JobStatus::kFailed, "failed"}};
constexpr std::array kAcmeStatuses = {Word{AcmeStatus::kNone, "unknown"},
                                      Word{AcmeStatus::kPending, "pending"},
                                      Word{AcmeStatus::kReady, "ready"},
                                      Word{AcmeStatus::kProcessing, "processing"},
                                      Word{AcmeStatus::kValid, "valid"},
                                      Word{AcmeStatus::kInvalid, "invalid"},
                                      Word{AcmeStatus::kDeactivated, "deactivated"},
                                      Word{AcmeStatus::kExpired, "expired"},
                                      Word{AcmeStatus::kRevoked, "revoked"}};
constexpr std::array kExportFormats = {Word{ExportFormat::kPem, "pem"}, Word{ExportFormat::kPkcs12, "p12"},
                                       Word{ExportFormat::kPkcs12Legacy, "p12-legacy"}};
constexpr std::array kHealths = {Word{Health::kGreen, "green"}, Word{Health::kYellow, "yellow"},
                                 Word{Health::kRed, "red"}};

template <class E, std::size_t N>
constexpr bool rows_in_order(const std::array<Word<E>, N>& table) {
  for (std::size_t i = 0; i < N; ++i) {
    if (static_cast<std::size_t>(table[i].value) != i) return false;
  }
  return true;
}
static_assert(rows_in_order(kSetStatuses) && rows_in_order(kVersionStates) && rows_in_order(kJobKinds) &&
              rows_in_order(kJobStatuses) && rows_in_order(kAcmeStatuses) && rows_in_order(kHealths));

template <class E, std::size_t N>
std::string_view text_of(const std::array<Word<E>, N>& table, E value) {
  return table.at(static_cast<std::size_t>(value)).text;
}

template <class E, std::size_t N>
Result<E> value_of(const std::array<Word<E>, N>& table, std::string_view text, std::string_view what) {
  for (const auto& row : table) {
    if (row.text == text) return row.value;
  }
  return invalid("\"" + printable(text, 40) + "\" is no " + std::string(what), "unknown-word");
}

}  // namespace

std::string_view set_status_name(SetStatus status) { return text_of(kSetStatuses, status); }
Result<SetStatus> parse_set_status(std::string_view text) {
  return value_of(kSetStatuses, text, "status of a set");
}
std::string_view version_state_name(VersionState state) { return text_of(kVersionStates, state); }
Result<VersionState> parse_version_state(std::string_view text) {
  return value_of(kVersionStates, text, "state of a version");
}
std::string_view job_kind_name(JobKind kind) { return text_of(kJobKinds, kind); }
Result<JobKind> parse_job_kind(std::string_view text) { return value_of(kJobKinds, text, "kind of job"); }
std::string_view job_status_name(JobStatus status) { return text_of(kJobStatuses, status); }
Result<JobStatus> parse_job_status(std::string_view text) {
  return value_of(kJobStatuses, text, "status of a job");
}
std::string_view acme_status_name(AcmeStatus status) { return text_of(kAcmeStatuses, status); }
AcmeStatus parse_acme_status(std::string_view text) {
  return value_of(kAcmeStatuses, text, "status").value_or(AcmeStatus::kNone);
}
Result<ExportFormat> parse_export_format(std::string_view text) {
  return value_of(kExportFormats, text, "format; there are pem, p12 and p12-legacy");
}
std::string_view health_name(Health health) { return text_of(kHealths, health); }
Result<Health> parse_health(std::string_view text) { return value_of(kHealths, text, "health"); }

}  // namespace certstead
