#include "revocation/http_revocation_source.h"

#include "base/encoding.h"
#include "base/text.h"
#include "revocation/ocsp.h"
#include "revocation/places.h"

namespace certstead {
namespace {

// RFC 5019 section 5: what is shorter goes by GET, so that caches on the way can answer.
constexpr std::size_t kLongestGet = 255;

// Base64 as one segment of a path.
std::string path_segment(BytesView bytes) {
  std::string out;
  for (const char c : base64_encode(bytes)) {
    if (c == '/') {
      out += "%2F";
    } else if (c == '+') {
      out += "%2B";
    } else if (c == '=') {
      out += "%3D";
    } else {
      out += c;
    }
  }
  return out;
}

HttpRequest question(const std::string& url, BytesView request, bool by_get) {
  HttpRequest out;
  if (by_get) {
    out.url = url + (url.ends_with('/') ? "" : "/") + path_segment(request);
    return out;
  }
  out.method = "POST";
  out.url = url;
  out.headers.add("Content-Type", "application/ocsp-request");
  out.body = to_text(request);
  return out;
}

}  // namespace

Result<Bytes> HttpRevocationSource::fetch(HttpRequest request, std::size_t most, Deadline deadline) {
  request.max_response_bytes = most;
  TRY(const HttpResponse answer, http_.send(request, deadline.earlier(limits_.one_call)));
  if (answer.status != 200) {
    return unavailable("the server answers with the status " + std::to_string(answer.status), "fetch-status");
  }
  return to_bytes(answer.body);
}

Result<HttpRevocationSource::Said> HttpRevocationSource::ask_responder(const std::string& url,
                                                                       const Certificate& leaf,
                                                                       const Certificate& issuer, Instant now,
                                                                       Deadline deadline) {
  TRY(const Bytes request, ocsp_request(leaf, issuer));
  const HttpRequest get = question(url, request, true);
  if (get.url.size() <= kLongestGet) {
    auto response = fetch(get, limits_.ocsp_bytes, deadline);
    if (response) {
      auto answer = judge_ocsp(*response, leaf, issuer, now);
      if (answer) return Said{std::move(*answer), std::move(*response)};
    } else if (response.error().id != "fetch-status") {
      return response.error();
    }
  }
  TRY(Bytes response, fetch(question(url, request, false), limits_.ocsp_bytes, deadline));
  TRY(RevocationAnswer answer, judge_ocsp(response, leaf, issuer, now));
  return Said{std::move(answer), std::move(response)};
}

Result<std::shared_ptr<const Crl>> HttpRevocationSource::list_at(const std::string& url,
                                                                 const Certificate& issuer, Instant now,
                                                                 Deadline deadline) {
  {
    const std::lock_guard hold(mutex_);
    const auto kept = lists_.find(url);
    if (kept != lists_.end() && kept->second->believe(issuer, url, now)) return kept->second;
  }
  HttpRequest request;
  request.url = url;
  TRY(const Bytes bytes, fetch(std::move(request), limits_.crl_bytes, deadline));
  TRY(Crl parsed, Crl::parse(bytes));
  CHECK_OK(parsed.believe(issuer, url, now));
  auto list = std::make_shared<const Crl>(std::move(parsed));
  const std::lock_guard hold(mutex_);
  if (lists_.size() >= limits_.cached_crls && !lists_.contains(url)) lists_.erase(lists_.begin());
  lists_[url] = list;
  return list;
}

Result<RevocationAnswer> HttpRevocationSource::ask_list(const std::string& url, const Certificate& leaf,
                                                        const Certificate& issuer, Instant now,
                                                        Deadline deadline) {
  TRY(const std::shared_ptr<const Crl> list, list_at(url, issuer, now, deadline));
  return list->answer(leaf);
}

Result<std::vector<Bytes>> HttpRevocationSource::fetch_issuers(BytesView certificate, Deadline deadline) {
  TRY(const Certificate one, Certificate::from_der(certificate));
  std::vector<Bytes> out;
  std::optional<Error> failure;
  for (const std::string& url : places_of(one).issuers) {
    HttpRequest request;
    request.url = url;
    const auto bytes = fetch(std::move(request), limits_.issuer_bytes, deadline);
    const auto issuers = bytes ? read_issuers(*bytes) : Result<std::vector<Certificate>>(bytes.error());
    if (!issuers) {
      failure = issuers.error().within(printable(url));
      continue;
    }
    for (const Certificate& issuer : *issuers) {
      if (one.is_signed_by(issuer)) out.push_back(issuer.der());
    }
    if (!out.empty()) return out;
  }
  if (failure) return *failure;
  return out;
}

Result<Certificate> HttpRevocationSource::issuer_of(const Certificate& leaf, const std::vector<Bytes>& chain,
                                                    Deadline deadline) {
  if (chain.size() > 1) {
    auto next = Certificate::from_der(chain[1]);
    if (next && leaf.is_signed_by(*next)) return next;
  }
  TRY(const auto root, issuing_root(leaf));
  if (root) return *root;
  TRY(const auto fetched, fetch_issuers(leaf.der(), deadline));
  if (fetched.empty()) {
    return invalid("its issuer " + leaf.issuer() + " is not known; add it with `certstead roots add`",
                   "issuer-unknown");
  }
  return Certificate::from_der(fetched.front());
}

Result<std::optional<Certificate>> HttpRevocationSource::issuing_root(const Certificate& leaf) const {
  if (roots_ == nullptr) return std::optional<Certificate>();
  TRY(const auto roots, roots_->list_roots());
  for (const TrustedRoot& root : roots) {
    auto certificate = Certificate::from_der(root.certificate);
    if (certificate && certificate->subject() == leaf.issuer() && leaf.is_signed_by(*certificate))
      return std::optional(std::move(*certificate));
  }
  return std::optional<Certificate>();
}

std::optional<RevocationAnswer> HttpRevocationSource::known_answer(const std::string& fingerprint,
                                                                   Instant now) {
  const std::lock_guard hold(mutex_);
  const auto kept = answers_.find(fingerprint);
  if (kept == answers_.end()) return std::nullopt;
  if (kept->second.valid_until && *kept->second.valid_until >= now) return kept->second;
  answers_.erase(kept);
  return std::nullopt;
}

void HttpRevocationSource::keep(const std::string& fingerprint, const RevocationAnswer& answer, Instant now) {
  // Half of its life, so that the next answer is there before this one ends.
  RevocationAnswer kept = answer;
  if (kept.valid_until) kept.valid_until = now + (*kept.valid_until - now) / 2;
  const std::lock_guard hold(mutex_);
  if (answers_.size() >= limits_.cached_answers) answers_.clear();
  answers_[fingerprint] = std::move(kept);
}

Result<std::optional<Staple>> HttpRevocationSource::fetch_staple(const std::vector<Bytes>& chain, Instant now,
                                                                 Deadline deadline) {
  if (chain.empty()) return invalid("there is no certificate");
  TRY(const Certificate leaf, Certificate::from_der(chain.front()));
  const RevocationPlaces places = places_of(leaf);
  if (places.responders.empty() || leaf.is_self_signed()) return std::optional<Staple>();
  TRY(const Certificate issuer, issuer_of(leaf, chain, deadline));
  std::optional<Error> failure;
  for (const std::string& url : places.responders) {
    auto said = ask_responder(url, leaf, issuer, now, deadline);
    if (!said) {
      failure = said.error().within(printable(url));
      continue;
    }
    if (said->answer.status != RevocationStatus::kGood) {
      return denied(printable(url) + ": the certificate is revoked", "revoked");
    }
    return std::optional<Staple>(
        Staple{std::move(said->response), now, said->answer.valid_until.value_or(now)});
  }
  return *failure;
}

RevocationAnswer HttpRevocationSource::ask(const std::vector<Bytes>& chain, Instant now, Deadline deadline) {
  RevocationAnswer out;
  const auto leaf = chain.empty() ? Result<Certificate>(invalid("there is no certificate"))
                                  : Certificate::from_der(chain.front());
  if (!leaf) {
    out.detail = leaf.error().detail;
    return out;
  }
  if (auto kept = known_answer(leaf->fingerprint(), now)) return *kept;
  const RevocationPlaces places = places_of(*leaf);
  if (leaf->is_self_signed() || (places.crls.empty() && places.responders.empty())) {
    out.status = RevocationStatus::kNotOffered;
    return out;
  }
  const auto issuer = issuer_of(*leaf, chain, deadline);
  if (!issuer) {
    out.detail = issuer.error().detail;
    return out;
  }
  const auto took = [&](const std::string& url, Result<RevocationAnswer> answer) {
    out.source = url;
    if (!answer) out.detail = printable(url) + ": " + answer.error().detail;
    if (answer) {
      out = std::move(*answer);
      out.source = url;
    }
    return answer.has_value();
  };
  for (const std::string& url : places.responders) {
    auto said = ask_responder(url, *leaf, *issuer, now, deadline);
    if (took(url, said ? Result<RevocationAnswer>(std::move(said->answer)) : said.error())) {
      keep(leaf->fingerprint(), out, now);
      return out;
    }
  }
  for (const std::string& url : places.crls) {
    if (took(url, ask_list(url, *leaf, *issuer, now, deadline))) return out;
  }
  return out;
}

}  // namespace certstead
