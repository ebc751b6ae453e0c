#include "net/smtp_egress.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.h"
#include "crypto/openssl.h"

namespace certstead {
namespace {

using CurlHandle = std::unique_ptr<CURL, Freed<curl_easy_cleanup>>;
using CurlList = std::unique_ptr<curl_slist, Freed<curl_slist_free_all>>;

struct Upload {
  std::string_view left;
};

std::size_t give_bytes(char* into, std::size_t size, std::size_t count, void* data) {
  auto& upload = *static_cast<Upload*>(data);
  const std::size_t most = std::min(size * count, upload.left.size());
  std::memcpy(into, upload.left.data(), most);
  upload.left.remove_prefix(most);
  return most;
}

std::size_t ignore_bytes(char*, std::size_t size, std::size_t count, void*) { return size * count; }

template <class Value>
bool set(CURL* handle, CURLoption option, Value value) {
  return curl_easy_setopt(handle, option, value) == CURLE_OK;
}

bool set_tls(CURL* handle, const SmtpRequest& request) {
  const long use = request.tls == SmtpTls::kNone ? CURLUSESSL_NONE : CURLUSESSL_ALL;
  bool ok = set(handle, CURLOPT_USE_SSL, use) &&
            set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2)) &&
            set(handle, CURLOPT_SSL_VERIFYPEER, 1L) && set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  if (request.trusted_pem.empty()) return ok && set(handle, CURLOPT_CA_CACHE_TIMEOUT, 60L);
  curl_blob blob{const_cast<char*>(request.trusted_pem.data()), request.trusted_pem.size(), CURL_BLOB_COPY};
  // Without the second line the directory of the system's roots would count as well.
  return ok && set(handle, CURLOPT_CAINFO_BLOB, &blob) &&
         set(handle, CURLOPT_CAPATH, static_cast<char*>(nullptr));
}

bool set_login(CURL* handle, const SmtpRequest& request, const SecretBytes& password) {
  if (request.user.empty() || request.tls == SmtpTls::kNone) return true;
  std::string copy = to_text(password.reveal());
  const bool ok =
      set(handle, CURLOPT_USERNAME, request.user.c_str()) && set(handle, CURLOPT_PASSWORD, copy.c_str());
  wipe({reinterpret_cast<std::uint8_t*>(copy.data()), copy.size()});
  return ok;
}

bool set_limits(CURL* handle, Deadline deadline, char* error_text) {
  const auto left = static_cast<long>(std::max<Duration::rep>(deadline.left().count(), 1));
  return set(handle, CURLOPT_NOSIGNAL, 1L) && set(handle, CURLOPT_TIMEOUT_MS, left) &&
         set(handle, CURLOPT_CONNECTTIMEOUT_MS, std::min(left, 10'000L)) &&
         set(handle, CURLOPT_ERRORBUFFER, error_text) && set(handle, CURLOPT_PROXY, "") &&
         set(handle, CURLOPT_NOPROXY, "*") && set(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps") &&
         set(handle, CURLOPT_WRITEFUNCTION, &ignore_bytes);
}

bool set_message(CURL* handle, const SmtpRequest& request, const curl_slist* to, Upload& upload) {
  const std::string url = (request.tls == SmtpTls::kFromStart ? "smtps://" : "smtp://") + request.server;
  return set(handle, CURLOPT_URL, url.c_str()) && set(handle, CURLOPT_MAIL_FROM, request.from.c_str()) &&
         set(handle, CURLOPT_MAIL_RCPT, to) && set(handle, CURLOPT_UPLOAD, 1L) &&
         set(handle, CURLOPT_READFUNCTION, &give_bytes) && set(handle, CURLOPT_READDATA, &upload);
}

Error failure(CURLcode code, long status, const std::string& server, const char* text) {
  const std::string where = "the mail server " + printable(server, 280);
  const std::string cause = printable(text[0] != '\0' ? text : curl_easy_strerror(code), 200);
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
      return denied("the certificate of " + where + " was not accepted: " + cause, "tls-not-trusted");
    case CURLE_USE_SSL_FAILED:
      return denied(
          where + " offers no STARTTLS, and nothing is sent in clear unless you ask for it: " + cause,
          "mail-no-tls");
    case CURLE_LOGIN_DENIED:
      return denied(where + " refuses the user or the password: " + cause, "mail-login");
    default:
      break;
  }
  if (status >= 500 && status < 600) {
    return invalid(where + " refuses the mail with " + std::to_string(status) + ": " + cause, "mail-refused");
  }
  return unavailable(where + " did not take the mail: " + cause, "mail-unavailable");
}

}  // namespace

Status send_mail(const SmtpRequest& request, const SecretBytes& password, Deadline deadline) {
  const CurlHandle handle(curl_easy_init());
  CurlList to;
  for (const std::string& address : request.to) {
    curl_slist* const longer = curl_slist_append(to.get(), address.c_str());
    if (longer == nullptr) return internal("out of memory for a mail");
    (void)to.release();
    to.reset(longer);
  }
  Upload upload{request.mail};
  std::array<char, CURL_ERROR_SIZE> error_text{};
  if (!handle || !set_limits(handle.get(), deadline, error_text.data()) || !set_tls(handle.get(), request) ||
      !set_login(handle.get(), request, password) || !set_message(handle.get(), request, to.get(), upload)) {
    return internal("libcurl refused an option: it is older than the one that this was built for");
  }
  const CURLcode code = curl_easy_perform(handle.get());
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  if (code == CURLE_OK) return Done{};
  return failure(code, status, request.server, error_text.data());
}

}  // namespace certstead
