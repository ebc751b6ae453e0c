#include "base/encoding.h"
#include "base/text.h"
#include "contract/store_contract.h"

namespace certstead {
namespace {

// One line for each field; nested ones and lists side by side.
class Dump {
 public:
  template <class... T>
  Dump& line(const T&... values) {
    (add(values), ...);
    out_ += "\n";
    return *this;
  }
  std::string take() { return std::move(out_); }

 private:
  void add(const std::string& text) { out_ += "'" + printable(text) + "' "; }
  void add(std::string_view text) { add(std::string(text)); }
  void add(const char* text) { add(std::string(text)); }
  void add(const Bytes& bytes) { out_ += hex_encode(bytes) + "h "; }
  void add(Instant moment) { out_ += std::to_string(to_unix_ms(moment)) + "ms "; }
  void add(KeyType type) { add(key_type_name(type)); }
  void add(const HostPattern& name) { add(name.ascii()); }
  void add(const SecretRef& ref) { line(ref.table, ref.record, ref.field, ref.version); }
  void add(const SealedSecret& secret) { line(secret.ref, secret.content, secret.signer, secret.signature); }
  void add(const Grant& grant) { line(grant.ref, grant.recipient, grant.envelope); }
  void add(const CertificateFacts& f) {
    line(f.subject, f.issuer, f.serial, f.fingerprint, f.spki_sha256, f.names, f.key_type, f.not_before,
         f.not_after, f.ari_id);
  }
  void add(const ChosenChallenge& c) {
    line(c.type, c.url, c.token, c.key_authorization, c.published, c.checked, c.answered);
    line(c.validation_name, c.txt_value, c.issuer_domains, c.record_name, c.record_zone, c.dns_account,
         c.published_at);
  }
  void add(const ChallengePlan& p) { line(p.name, p.type, p.dns_account); }
  void add(const Authorization& a) {
    line(a.url, a.identifier, a.wildcard, acme_status_name(a.status), a.challenge);
  }
  template <class T, class = std::enable_if_t<std::is_integral_v<T>>>
  void add(T number) {
    out_ += std::to_string(number) + " ";
  }
  template <class T>
  void add(const std::optional<T>& value) {
    out_ += value ? "one " : "none ";
    if (value) add(*value);
  }
  template <class T>
  void add(const std::vector<T>& list) {
    out_ += "[" + std::to_string(list.size()) + " ";
    for (const T& item : list) add(item);
    out_ += "] ";
  }

  std::string out_;
};

}  // namespace

std::string dump(const CredentialSet& s) {
  return Dump()
      .line(s.id, s.name, s.names, s.key_types, s.flow, s.issuer, s.account, s.profile, s.preferred_chain)
      .line(s.reuse_key, s.exportable, s.self_check, s.members, s.tags, set_status_name(s.status), s.created,
            s.revision)
      .line(s.operation.failures, s.operation.last_error, s.operation.last_error_id, s.operation.last_try)
      .line(s.operation.next_try, s.renew_at, s.renew_why, s.ari_poll_at)
      .take();
}

std::string dump(const CredentialVersion& v) {
  return Dump()
      .line(v.id, v.set_id, v.key_type, v.version, version_state_name(v.state), v.key, v.grants, v.chain)
      .line(v.facts, v.issuer, v.account, v.activated, v.ended, v.revocation_reason, v.signer, v.signature)
      .take();
}

std::string dump(const Order& o) {
  return Dump()
      .line(o.id, o.set_id, o.job_id, o.key_type, o.version, o.issuer, o.account, o.names, o.profile)
      .line(o.preferred_chain, o.replaces, o.self_check, o.url, o.finalize_url, o.certificate_url)
      .line(acme_status_name(o.status), o.authorizations, o.step_begun, o.create_attempts, o.key, o.grants)
      .line(o.csr, o.finalize_sent, o.chain, o.chain_accepted, o.polls, o.not_before, o.error, o.error_id)
      .line(o.error_retry_after, o.created, o.planned, o.plan)
      .take();
}

std::string dump(const Job& j) {
  return Dump()
      .line(j.id, job_kind_name(j.kind), j.set_id, j.set_name, j.argument, job_status_name(j.status),
            j.run_at)
      .line(j.attempts, j.owner, j.lease_until, j.fence, j.last_error, j.last_error_id, j.created, j.finished)
      .line(j.again, j.again_at)
      .take();
}

std::string dump(const Account& a) {
  return Dump()
      .line(a.id, a.issuer, a.name, a.email, a.key_type, a.url, a.status, a.agreed_terms, a.eab_kid)
      .line(a.eab_hmac, a.eab_grants, a.key, a.grants, a.next_key, a.next_grants, a.created, a.revision)
      .take();
}

std::string dump(const IssuerRecord& i) {
  return Dump()
      .line(i.name, i.kind, i.description, i.directory_url, i.trusted_pem, i.allowed_networks, i.needs_eab)
      .line(i.account_key_rollover, i.key_types, i.wildcards, i.max_names, i.default_profile)
      .line(i.max_orders_per_hour, i.max_failures_per_hour, i.built_in, i.terms_seen, i.created, i.revision)
      .line(i.max_per_domain_per_week, i.max_duplicates_per_week)
      .take();
}

std::string dump(const TrustedRoot& r) {
  return Dump().line(r.name, r.certificate, r.facts, r.self_signed, r.categories, r.created).take();
}

std::string dump(const PublishedChallenge& c) {
  return Dump().line(c.token, c.key_authorization, c.order_id, c.domain, c.created).take();
}

std::string dump(const MemberRecord& m) {
  return Dump()
      .line(m.id, m.name, m.role, m.sealing_certificate, m.signing_certificate, m.all_credentials)
      .line(m.applied_seq, m.created, m.last_seen)
      .take();
}

}  // namespace certstead
