// One call of the manager's interface.
#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "net/http_client.h"

namespace certstead {

// Id of the error when nobody answers at the socket.
inline constexpr std::string_view kManagerUnreachable = "manager-unreachable";

// `text` as one segment of a path or a value of a query.
std::string url_escape(std::string_view text);

// A client that talks to the manager at this socket, for ApiClient.
Result<std::unique_ptr<HttpClient>> connect_to_manager(const std::string& socket);

class ApiClient {
 public:
  using Connect = std::function<Result<std::unique_ptr<HttpClient>>(const std::string& socket)>;
  ApiClient(Connect connect, std::string socket) : connect_(std::move(connect)), socket_(std::move(socket)) {}

  // `path` begins behind "/api/v1" and is escaped. Blocks until the answer, at most `patience`. Errors are
  // the manager's own, with its sentence, code, id and retry_after; kUnavailable with id kManagerUnreachable
  // if it can't be reached. An answer without a body is null.
  Result<boost::json::value> get(const std::string& path, Duration patience = kPatience);
  Result<boost::json::value> post(const std::string& path, const boost::json::value& body,
                                  Duration patience = kPatience);
  // An answer that is no JSON.
  Result<std::string> get_bytes(const std::string& path);
  Result<boost::json::value> patch(const std::string& path, const boost::json::value& body);
  Result<boost::json::value> put(const std::string& path, const boost::json::value& body,
                                 Duration patience = kPatience);
  Result<boost::json::value> remove(const std::string& path);

  // Longer than the manager may talk to a CA within one call.
  static constexpr Duration kPatience{120'000};

 private:
  Result<HttpResponse> exchange(std::string method, const std::string& path, std::string body,
                                Duration patience);
  Result<boost::json::value> call(std::string method, const std::string& path, std::string body,
                                  Duration patience);
  Error unreachable(const Error& cause) const;

  Connect connect_;
  std::string socket_;
  std::unique_ptr<HttpClient> client_;
};

}  // namespace certstead
