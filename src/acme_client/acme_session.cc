#include "acme_client/acme_session.h"

#include "base/text.h"
#include "jose/jws.h"

namespace certstead {
namespace {

constexpr std::size_t kMaxAnswer = std::size_t{1} << 20;

std::string_view media_type(const HttpResponse& response) {
  const std::string_view value = response.headers.get("Content-Type");
  return trim(value.substr(0, value.find(';')));
}

bool is_bad_nonce(const HttpResponse& response, Instant now) {
  if (response.status < 400 || response.status >= 500) return false;
  const auto problem = problem_of(response, now);
  return problem && problem->type == "badNonce";
}

}  // namespace

AcmeSession::AcmeSession(std::unique_ptr<HttpClient> client, std::string directory_url, const Clock& clock,
                         LogSink& log)
    : client_(std::move(client)),
      directory_url_(std::move(directory_url)),
      urls_(directory_url_),
      clock_(clock),
      log_(log),
      nonces_(clock) {}

Result<std::shared_ptr<const AcmeDirectory>> AcmeSession::directory(Deadline deadline, Duration max_age) {
  {
    const std::lock_guard hold(mutex_);
    if (directory_ && clock_.elapsed() - directory_read_ < max_age) return directory_;
  }
  return read_directory_now(deadline);
}

Result<std::shared_ptr<const AcmeDirectory>> AcmeSession::read_directory_now(Deadline deadline) {
  TRY(const HttpResponse response, get(directory_url_, deadline));
  if (const auto problem = problem_of(response, clock_.now()))
    return to_error(*problem, "Reading the CA's directory at " + printable(directory_url_) + " failed");
  const auto body = json_body(response);
  auto read = body ? read_directory(*body, urls_) : body.error();
  if (!read) {
    Error error = garbled(read.error());
    error.detail = printable(directory_url_) + " is no ACME directory: " + read.error().detail;
    return error;
  }
  auto directory = std::make_shared<const AcmeDirectory>(std::move(*read));
  const std::lock_guard hold(mutex_);
  directory_ = directory;
  directory_read_ = clock_.elapsed();
  return directory;
}

Result<HttpResponse> AcmeSession::post(const std::string& url, const AcmeSigner& signer,
                                       std::string_view payload, Deadline deadline, std::string_view accept) {
  CHECK_OK(urls_.check(url, "URL"));
  for (int retries = 0;; ++retries) {
    TRY(const std::string nonce, next_nonce(deadline));
    TRY(std::string message, sign_jws(signer.key, {url, nonce, signer.kid}, payload));
    HttpRequest request{
        "POST", url, {{"Content-Type", "application/jose+json"}}, std::move(message), kMaxAnswer};
    request.headers.add("Accept", accept);
    // Every answer brings the next nonce, the refusal of a nonce too: that one is taken first.
    TRY(HttpResponse response, send(std::move(request), deadline));
    if (!is_bad_nonce(response, clock_.now())) return response;
    if (retries == kMaxNonceRetries)
      return unavailable("The CA refused " + std::to_string(kMaxNonceRetries + 1) +
                             " nonces in a row that it had just given; try again later.",
                         "acme-bad-nonce");
  }
}

Result<HttpResponse> AcmeSession::get(const std::string& url, Deadline deadline) {
  CHECK_OK(urls_.check(url, "URL"));
  return send({"GET", url, {{"Accept", "application/json"}}, {}, kMaxAnswer}, deadline);
}

Result<HttpResponse> AcmeSession::send(HttpRequest request, Deadline deadline) {
  const Duration begin = clock_.elapsed();
  const std::string url = request.url, method = request.method;
  auto response = client_->send(request, deadline);
  const auto ms = (clock_.elapsed() - begin).count();
  if (!response) {
    log_.debug("acme.request-failed",
               {{"method", method}, {"url", url}, {"error", response.error().detail}, {"ms", ms}});
    return response;
  }
  nonces_.put(response->headers.get("Replay-Nonce"));
  log_.debug("acme.request", {{"method", method}, {"url", url}, {"status", response->status}, {"ms", ms}});
  return response;
}

Result<std::string> AcmeSession::next_nonce(Deadline deadline) {
  if (auto nonce = nonces_.take()) return std::move(*nonce);
  TRY(const auto found, directory(deadline));
  if (auto nonce = nonces_.take()) return std::move(*nonce);  // some directories bring one
  TRY(const HttpResponse response, send({"HEAD", found->new_nonce, {}, {}, kMaxAnswer}, deadline));
  if (const auto problem = problem_of(response, clock_.now()))
    return to_error(*problem, "The CA gave no nonce");
  if (auto nonce = nonces_.take()) return std::move(*nonce);
  return unavailable("The CA gave no usable new nonce; try again later.", "acme-bad-nonce");
}

Result<std::string_view> json_body(const HttpResponse& response) {
  const std::string_view type = media_type(response);
  if (!type.empty() && !equals_ignoring_case(type, "application/json"))
    return unavailable("the answer is of the type \"" + printable(type, 60) + "\" and not application/json.",
                       "acme-garbage");
  return std::string_view(response.body);
}

Error garbled(const Error& error) {
  return unavailable("The CA's answer can't be understood: " + error.detail, "acme-garbage");
}

}  // namespace certstead
