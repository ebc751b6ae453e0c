// Our own certification authorities as data, and the port of the store that keeps them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/audit.h"
#include "model/certificate_facts.h"
#include "model/issuer_record.h"
#include "model/sealed.h"
#include "model/trusted_root.h"

namespace certstead {

// A CA whose key lies in this store, sealed. Its issuer record has the same name and the kind "microca".
struct CaRecord {
  std::string name;  // unique among CAs and issuers
  KeyType key_type = KeyType::kP256;
  SealedSecret key;  // DER as PrivateKey::to_der
  std::vector<Grant> grants;
  bool subordinate = false;  // signed by a CA elsewhere
  Bytes csr;                 // of a subordinate one: its request, DER
  // Its own certificate, then those above it; a root of others is left out. Empty: the answer to the request
  // is awaited.
  std::vector<Bytes> chain;
  std::vector<std::string> permitted;  // DNS trees it may sign for, A-labels; empty: all
  std::string crl_url;                 // goes into leaves; "" for none
  std::int64_t crl_counter = 0;        // CRLs signed so far
  Bytes crl;                           // the last one, DER
  std::optional<Instant> crl_this_update, crl_next_update;
  Instant created;
  std::int64_t revision = 0;

  bool is_waiting() const { return chain.empty(); }
};

// One certificate of a CA: recorded before it is signed.
struct IssuedRecord {
  std::string serial;      // lower-case hex of whole octets; unique among all CAs here
  std::string ca;          // name
  std::string request_id;  // of whoever asked: the same again gives the same certificate; "" for none
  std::string profile;
  std::vector<std::string> names;
  Bytes to_be_signed;  // TBSCertificate; emptied when the certificate is there
  Bytes certificate;   // empty: reserved, perhaps signed, never given out
  Instant not_before, not_after;
  Instant created;
  std::optional<Instant> revoked;
  std::optional<int> revocation_reason;  // RFC 5280 section 5.3.1
};

// Port: the CAs in the store. Changing calls are durable when they return.
class CaRecords {
 public:
  virtual ~CaRecords() = default;
  // In one transaction: the CA, its issuer, and the trusted root that it is (none for a subordinate one).
  // kConflict if a CA, issuer or root of that name is there.
  virtual Status create_ca(const CaRecord& ca, const IssuerRecord& issuer,
                           const std::optional<TrustedRoot>& root, const AuditNote& note) = 0;
  // Replaces the record. kConflict unless `ca.revision` is the stored one; returns the new revision.
  virtual Result<std::int64_t> update_ca(const CaRecord& ca, const AuditNote& note) = 0;
  virtual Result<CaRecord> find_ca(std::string_view name) = 0;
  virtual Result<std::vector<CaRecord>> list_cas() = 0;
  // Stores what is about to be signed. kConflict if the serial number or the request id is taken.
  virtual Status reserve_certificate(const IssuedRecord& record) = 0;
  // Adds the certificate to its reservation. kNotFound without one.
  virtual Status complete_certificate(std::string_view serial, BytesView certificate) = 0;
  virtual Result<IssuedRecord> find_issued(std::string_view serial) = 0;
  // What was recorded for a request; nothing if there is none of that id.
  virtual Result<std::optional<IssuedRecord>> find_issued_request(std::string_view ca,
                                                                  std::string_view request_id) = 0;
  // At most `limit` records of the CA in the order in which they were made, behind the serial `after` ("":
  // from the first).
  virtual Result<std::vector<IssuedRecord>> list_issued(std::string_view ca, std::string_view after,
                                                        std::size_t limit) = 0;
  // kConflict if it is revoked already.
  virtual Status revoke_issued(std::string_view serial, int reason, Instant at, const AuditNote& note) = 0;
  // The revoked ones of a CA that end after `ends_after`.
  virtual Result<std::vector<IssuedRecord>> list_revoked(std::string_view ca, Instant ends_after) = 0;
};

}  // namespace certstead
