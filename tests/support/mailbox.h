// A mailbox behind a real Postfix that wants STARTTLS, and the way to it as a target of notifications.
#pragma once

#include <thread>

#include "base/encoding.h"
#include "base/file.h"
#include "base/text.h"
#include "model/notify.h"
#include "net/test_tls.h"
#include "peers/postfix_server.h"

namespace certstead {

class Mailbox {
 public:
  // kNotFound with a sentence where Postfix is not installed or this is not root.
  static Result<std::unique_ptr<Mailbox>> start() {
    std::unique_ptr<Mailbox> out(new Mailbox);
    const TestLeaf leaf = make_test_leaf(out->root_, {"localhost"});
    const std::string file = (out->dir_.path() / "tls.pem").string();
    const std::string pem = to_text(leaf.key.to_pkcs8_pem().reveal()) + leaf.certificate.to_pem();
    CHECK_OK(write_file_atomic(file, view_bytes(pem)));
    TRY(out->postfix_, start_postfix_mailbox({.pairs = {{file, file}}}));
    return out;
  }

  NotifyTarget target() const {
    NotifyTarget out;
    out.name = out.kind = "mail";
    out.server = "localhost:" + std::to_string(postfix_->port());
    out.from = "certstead@example.test";
    out.to = {"admin@example.test"};
    out.trusted_pem = root_.certificate.to_pem();
    return out;
  }

  // All that came so far, as the mail program of a person shows it.
  std::string mail() const {
    std::string out;
    const std::string all = mail_in(*postfix_);
    for (std::string_view line : split(all, '\n')) out += readable(trim(line));
    return out;
  }
  // The same, once this text has come in, or three minutes later.
  std::string mail_with(std::string_view text) const {
    const Deadline limit = Deadline::after(std::chrono::minutes{3});
    while (mail().find(text) == std::string::npos && !limit.passed())
      std::this_thread::sleep_for(std::chrono::milliseconds{50});
    return mail();
  }
  std::string log() const { return postfix_->log(); }

 private:
  Mailbox() = default;

  static std::string decoded(std::string_view text) {
    const auto bytes = base64_decode(text);
    return bytes ? to_text(*bytes) : "";
  }
  static std::string readable(std::string_view line) {
    constexpr std::string_view kWord = "=?UTF-8?B?";
    const std::size_t word = line.find(kWord);
    if (word != std::string_view::npos) {
      const std::string_view rest = line.substr(word + kWord.size());
      return std::string(line.substr(0, word)) + decoded(rest.substr(0, rest.find("?=")));
    }
    const std::string text = decoded(line);
    return text.empty() ? std::string(line) + "\n" : text;
  }

  TempDir dir_;
  const TestRoot root_ = make_test_root();
  std::unique_ptr<TlsServer> postfix_;
};

}  // namespace certstead
