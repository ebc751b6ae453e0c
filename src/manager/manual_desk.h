// Use cases of sets whose certificates a person brings.
#pragma once

#include "manager/context.h"

namespace certstead {

// A certification request of a waiting set.
struct OpenRequest {
  KeyType key_type = KeyType::kP256;
  std::string pem;
  bool answered = false;  // its certificate is here, and waits for those of the other keys
  Instant created;
};

struct CompleteOutcome {
  CredentialSet set;
  std::vector<KeyType> accepted;  // by this call
  std::vector<KeyType> missing;   // still
  std::vector<std::string> warnings;
  std::string job_id;   // the job that activates; "" while something is missing
  std::string summary;  // one sentence
};

class ManualDesk {
 public:
  explicit ManualDesk(Context context) : context_(context) {}

  // The requests of a waiting set, or the one for `key_type`. kConflict ("not-waiting").
  Result<std::vector<OpenRequest>> requests(std::string_view set_name, std::optional<KeyType> key_type);
  // Takes the answer: files with certificates for one key or for all, intermediates among them, in any order.
  // What is good is kept; when every key has its certificate, a job activates them together. If one of them
  // is bad, nothing of the call is kept. kInvalid with the ids of ChainBuilder::check; kConflict
  // ("not-waiting").
  Result<CompleteOutcome> complete(std::string_view set_name, const std::vector<Bytes>& files,
                                   const Actor& actor);
  // What is in files as people bring them; see Inspector.
  Result<std::vector<Bytes>> certificates_in(const std::vector<Bytes>& files);
  Result<Bytes> request_in(const Bytes& file) { return context_.inspector.request_in(file); }
  // Throws the requests of a waiting set away, with their keys. What is served goes on, and its renewal is
  // planned anew. kConflict ("not-waiting").
  Result<CredentialSet> cancel(std::string_view set_name, const Actor& actor);

 private:
  Result<CredentialSet> waiting_set(std::string_view name);
  Context context_;
};

}  // namespace certstead
