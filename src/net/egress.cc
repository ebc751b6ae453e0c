#include "net/egress.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>

#include "base/address.h"
#include "base/text.h"

namespace certstead {
namespace {

constexpr std::size_t kMostHeaderBytes = 64 * 1024;
constexpr std::size_t kLongestUrl = 8000;

using CurlList = std::unique_ptr<curl_slist, Freed<curl_slist_free_all>>;

// What the call-backs of one transfer share.
struct Transfer {
  const HttpClientOptions& options;
  std::size_t max_body;
  HttpResponse response;
  std::size_t header_bytes = 0;
  std::string stopped;               // why a call-back of ours ended the transfer
  std::optional<IpAddress> refused;  // an address that the policy forbids
};

curl_socket_t open_socket(void* context, curlsocktype purpose, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(context);
  if (purpose != CURLSOCKTYPE_IPCXN) return CURL_SOCKET_BAD;
  const bool is_unix = address->family == AF_UNIX;
  if (is_unix != !transfer.options.unix_socket.empty()) return CURL_SOCKET_BAD;
  // With a proxy this is the proxy's address, which the administrator chose.
  if (!is_unix && transfer.options.proxy.empty()) {
    const auto ip = IpAddress::from(&address->addr);
    if (!ip) return CURL_SOCKET_BAD;
    if (!transfer.options.egress.allows(*ip)) {
      transfer.refused = *ip;
      return CURL_SOCKET_BAD;
    }
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t take_body(char* data, std::size_t, std::size_t size, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  if (size > transfer.max_body - transfer.response.body.size()) {
    transfer.stopped = "the answer is longer than " + std::to_string(transfer.max_body) + " bytes";
    return 0;
  }
  transfer.response.body.append(data, size);
  return size;
}

std::size_t take_header(char* data, std::size_t, std::size_t size, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  transfer.header_bytes += size;
  if (transfer.header_bytes > kMostHeaderBytes) {
    transfer.stopped = "the answer has more than " + std::to_string(kMostHeaderBytes) + " bytes of headers";
    return 0;
  }
  const std::string_view line = trim({data, size});
  if (line.starts_with("HTTP/")) {  // an interim answer's headers are not the final one's
    transfer.response.headers = {};
    return size;
  }
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos) {
    transfer.response.headers.add(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
  }
  return size;
}

template <class Value>
bool set(CURL* handle, CURLoption option, Value value) {
  return curl_easy_setopt(handle, option, value) == CURLE_OK;
}

bool set_blob(CURL* handle, CURLoption option, BytesView bytes) {
  curl_blob blob{const_cast<std::uint8_t*>(bytes.data()), bytes.size(), CURL_BLOB_NOCOPY};
  return set(handle, option, &blob);
}

bool set_trust(CURL* handle, const HttpClientOptions& options) {
  bool ok = set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2)) &&
            set(handle, CURLOPT_SSL_VERIFYPEER, 1L) && set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.trusted_roots_pem.empty()) {
    // The blob stands in the place of the system's file; the directory, by default the system's, is looked
    // into besides.
    const std::string& directory = options.trusted_roots_directory;
    ok = ok && set_blob(handle, CURLOPT_CAINFO_BLOB, view_bytes(options.trusted_roots_pem)) &&
         set(handle, CURLOPT_CAPATH, directory.empty() ? nullptr : directory.c_str());
  } else {
    // The default keeps the system's roots in memory for a day.
    ok = ok && set(handle, CURLOPT_CA_CACHE_TIMEOUT, 60L);
  }
  if (!options.client_certificate_pem.empty()) {
    ok = ok && set_blob(handle, CURLOPT_SSLCERT_BLOB, view_bytes(options.client_certificate_pem)) &&
         set_blob(handle, CURLOPT_SSLKEY_BLOB, options.client_key_pem.reveal()) &&
         set(handle, CURLOPT_SSLCERTTYPE, "PEM") && set(handle, CURLOPT_SSLKEYTYPE, "PEM");
  }
  return ok;
}

bool set_route(CURL* handle, const HttpClientOptions& options, const curl_slist* resolve,
               Transfer& transfer) {
  bool ok =
      set(handle, CURLOPT_PROXY, options.proxy.c_str()) && set(handle, CURLOPT_NOPROXY, "") &&
      set(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) && set(handle, CURLOPT_PROTOCOLS_STR, "http,https") &&
      set(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https") && set(handle, CURLOPT_FOLLOWLOCATION, 0L) &&
      set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1)) &&
      set(handle, CURLOPT_OPENSOCKETFUNCTION, &open_socket) &&
      set(handle, CURLOPT_OPENSOCKETDATA, &transfer) && set(handle, CURLOPT_RESOLVE, resolve);
  if (!options.unix_socket.empty()) {
    ok = ok && set(handle, CURLOPT_UNIX_SOCKET_PATH, options.unix_socket.c_str());
  }
  return ok;
}

bool set_message(CURL* handle, const HttpClientOptions& options, const HttpRequest& request,
                 const curl_slist* headers) {
  bool ok = set(handle, CURLOPT_URL, request.url.c_str()) && set(handle, CURLOPT_HTTPHEADER, headers) &&
            set(handle, CURLOPT_USERAGENT, options.user_agent.c_str());
  if (request.method == "HEAD") return ok && set(handle, CURLOPT_NOBODY, 1L);
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT" ||
      request.method == "PATCH") {
    ok = ok && set(handle, CURLOPT_POST, 1L) && set(handle, CURLOPT_POSTFIELDS, request.body.c_str()) &&
         set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  return ok && set(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

bool set_limits(CURL* handle, const HttpClientOptions& options, Deadline deadline, Transfer& transfer,
                char* error_text) {
  const auto left = static_cast<long>(std::max<Duration::rep>(deadline.left().count(), 1));
  const auto connect =
      static_cast<long>(std::max<Duration::rep>(deadline.earlier(options.connect_timeout).left().count(), 1));
  return set(handle, CURLOPT_NOSIGNAL, 1L) && set(handle, CURLOPT_TIMEOUT_MS, left) &&
         set(handle, CURLOPT_CONNECTTIMEOUT_MS, connect) && set(handle, CURLOPT_ERRORBUFFER, error_text) &&
         set(handle, CURLOPT_WRITEFUNCTION, &take_body) && set(handle, CURLOPT_WRITEDATA, &transfer) &&
         set(handle, CURLOPT_HEADERFUNCTION, &take_header) && set(handle, CURLOPT_HEADERDATA, &transfer);
}

Result<CurlList> header_list(const HttpRequest& request) {
  CurlList list;
  const auto append = [&](const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) return false;
    (void)list.release();
    list.reset(longer);
    return true;
  };
  bool ok = append("Expect:");
  if (!request.headers.has("Content-Type")) ok = ok && append("Content-Type:");
  for (const auto& [name, value] : request.headers) {
    if (!is_sendable_header(name, value)) {
      return invalid("the header \"" + printable(name, 60) +
                     "\" can't be sent: its name or value has "
                     "forbidden characters");
    }
    if (equals_ignoring_case(name, "Content-Length") || equals_ignoring_case(name, "Transfer-Encoding")) {
      return invalid("the header " + name + " is not the caller's: it follows from the body");
    }
    ok = ok && append(trim(value).empty() ? name + ";" : name + ": " + value);
  }
  if (!ok) return internal("out of memory for request headers");
  return list;
}

Error failure(CURLcode code, const Transfer& transfer, const EgressUrl& url, const char* text) {
  const std::string host = printable(url.host + ":" + url.port, 280);
  if (transfer.refused && (code == CURLE_COULDNT_CONNECT || code == CURLE_SEND_ERROR)) {
    return denied("connecting to " + host + " is not allowed: " + transfer.refused->text() +
                      " is not a public address; add its block to the allowed ones if it is meant",
                  "egress-refused");
  }
  if (!transfer.stopped.empty()) return unavailable(host + ": " + transfer.stopped, "answer-too-large");
  const std::string cause = printable(text[0] != '\0' ? text : curl_easy_strerror(code), 200);
  if (code == CURLE_PEER_FAILED_VERIFICATION) {
    return denied("the certificate of " + host + " was not accepted: " + cause, "tls-not-trusted");
  }
  if (code == CURLE_OPERATION_TIMEDOUT)
    return unavailable(host + " did not answer in time: " + cause, "timeout");
  if (code == CURLE_COULDNT_RESOLVE_HOST) return unavailable("there is no address for " + host, "no-address");
  return unavailable("talking to " + host + " failed: " + cause);
}

Status check_request(const HttpClientOptions& options, const HttpRequest& request, const EgressUrl& url) {
  if (!is_token(request.method)) {
    return invalid("\"" + printable(request.method, 40) + "\" is not an HTTP method");
  }
  // The proxy resolves names, so this is all of the address that we get to see.
  const auto literal = IpAddress::parse(url.host);
  if (!options.proxy.empty() && literal && !options.egress.allows(*literal)) {
    return denied("connecting to " + url.host + " is not allowed: it is not a public address",
                  "egress-refused");
  }
  return Done{};
}

}  // namespace

std::string EgressUrl::origin() const { return scheme + "://" + url_host(host) + ":" + port; }

Result<EgressUrl> parse_egress_url(std::string_view url) {
  const bool clean = std::ranges::all_of(url, [](char c) { return c > 0x20 && c < 0x7f; });
  const std::unique_ptr<CURLU, Freed<curl_url_cleanup>> parts(curl_url());
  if (!parts) return internal("out of memory for a URL");
  const std::string copy(url.substr(0, kLongestUrl + 1));
  if (!clean || copy.size() > kLongestUrl ||
      curl_url_set(parts.get(), CURLUPART_URL, copy.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK) {
    return invalid(
        "this is not a URL that can be asked: it needs http or https, a host, no user and no blanks");
  }
  const auto part = [&](CURLUPart which) {
    char* text = nullptr;
    curl_url_get(parts.get(), which, &text, CURLU_DEFAULT_PORT);
    const std::unique_ptr<char, Freed<curl_free>> owner(text);
    return std::string(text == nullptr ? "" : text);
  };
  EgressUrl out{part(CURLUPART_SCHEME), part(CURLUPART_HOST), part(CURLUPART_PORT)};
  if (out.scheme != "http" && out.scheme != "https") {
    return invalid("\"" + printable(out.scheme, 20) + "\" is not a scheme that is asked: use http or https");
  }
  if (out.host.starts_with('[')) out.host = out.host.substr(1, out.host.size() - 2);
  return out;
}

Result<std::string> resolve_url(const std::string& base, std::string_view location) {
  const std::unique_ptr<CURLU, Freed<curl_url_cleanup>> parts(curl_url());
  if (!parts) return internal("out of memory for a URL");
  char* text = nullptr;
  const bool ok = location.find('\0') == std::string_view::npos && location.size() <= kLongestUrl &&
                  curl_url_set(parts.get(), CURLUPART_URL, base.c_str(), 0) == CURLUE_OK &&
                  curl_url_set(parts.get(), CURLUPART_URL, std::string(location).c_str(),
                               CURLU_DISALLOW_USER) == CURLUE_OK &&
                  curl_url_get(parts.get(), CURLUPART_URL, &text, 0) == CURLUE_OK;
  const std::unique_ptr<char, Freed<curl_free>> owner(text);
  if (!ok) return unavailable("the answer redirects to something that is no http or https URL");
  return std::string(text);
}

Result<HttpResponse> egress(CURL* handle, const HttpClientOptions& options, const HttpRequest& request,
                            Deadline deadline) {
  TRY(const EgressUrl url, parse_egress_url(request.url));
  CHECK_OK(check_request(options, request, url));
  TRY(const CurlList headers, header_list(request));
  if (deadline.passed())
    return unavailable("there was no time left to ask " + printable(url.host), "timeout");
  CurlList resolve;
  for (const std::string& line : options.resolve) {
    curl_slist* longer = curl_slist_append(resolve.get(), line.c_str());
    if (longer == nullptr) return internal("out of memory for resolve lines");
    (void)resolve.release();
    resolve.reset(longer);
  }
  Transfer transfer{options, request.max_response_bytes, {}, 0, {}, {}};
  std::array<char, CURL_ERROR_SIZE> error_text{};
  // Options go, connections stay.
  curl_easy_reset(handle);
  if (!set_limits(handle, options, deadline, transfer, error_text.data()) || !set_trust(handle, options) ||
      !set_route(handle, options, resolve.get(), transfer) ||
      !set_message(handle, options, request, headers.get())) {
    return internal("libcurl refused an option: it is older than the one that this was built for");
  }
  const CURLcode code = curl_easy_perform(handle);
  // The handle outlives everything that it points to here.
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_reset(handle);
  if (code != CURLE_OK) return failure(code, transfer, url, error_text.data());
  transfer.response.status = static_cast<int>(status);
  if (auto date = parse_http_date(transfer.response.headers.get("Date")))
    transfer.response.server_date = *date;
  return std::move(transfer.response);
}

}  // namespace certstead
