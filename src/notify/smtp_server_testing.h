// For tests: a mail server that does as it is told. One conversation at a time.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace certstead {

struct SmtpScript {
  SSL_CTX* tls = nullptr;      // offers STARTTLS if it is there
  std::string user, password;  // wants AUTH PLAIN, offered inside of TLS only
  int after_data = 250;        // the answer to the mail itself
  bool hang = false;           // greets nobody
};

class SmtpServer {
 public:
  explicit SmtpServer(SmtpScript script);
  ~SmtpServer();
  std::string address() const { return "localhost:" + std::to_string(port_); }
  // What was taken, headers and body with CR LF.
  std::vector<std::string> mails();
  // Commands as they came, with "(tls)" before those inside of TLS.
  std::vector<std::string> commands();
  void set_after_data(int code) { after_data_ = code; }

 private:
  class Talk;
  void serve();

  const SmtpScript script_;
  std::atomic<int> after_data_;
  int listening_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<std::string> mails_, commands_;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace certstead
