#include "deploy/haproxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/file.h"
#include "base/text.h"

namespace certstead {
namespace {

constexpr std::size_t kMostAnswer = 16384;

Error no_haproxy(std::string detail) { return unavailable("HAProxy: " + std::move(detail), "haproxy"); }

Status wait_for(int fd, short events, Deadline deadline) {
  for (;;) {
    pollfd wanted{fd, events, 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(deadline.left().count()));
    if (ready > 0) return Done{};
    if (ready == 0 && deadline.passed()) return no_haproxy("its stats socket does not answer in time");
    if (ready < 0 && errno != EINTR) return no_haproxy(std::strerror(errno));
  }
}

Result<Fd> connect_to(const std::string& socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.size() >= sizeof address.sun_path) return no_haproxy("the path of its socket is too long");
  std::memcpy(address.sun_path, socket.c_str(), socket.size() + 1);
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.valid() || ::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    // It has no socket, or one that nobody listens on any more.
    if (errno == ENOENT || errno == ECONNREFUSED) {
      return not_found("HAProxy does not run: there is nobody at " + printable(socket, 200),
                       "haproxy-absent");
    }
    return no_haproxy("cannot connect to " + printable(socket, 200) + ": " + std::strerror(errno) +
                      "; does it run, with \"stats socket " + printable(socket, 200) + " level admin\"?");
  }
  return fd;
}

Status send_all(int fd, BytesView bytes, Deadline deadline) {
  while (!bytes.empty()) {
    CHECK_OK(wait_for(fd, POLLOUT, deadline));
    const ssize_t n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n < 0) return no_haproxy(std::string("it closed its stats socket: ") + std::strerror(errno));
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return Done{};
}

// One command on a connection of its own, as HAProxy closes it after the answer.
Result<std::string> ask(const std::string& socket, BytesView command, Deadline deadline) {
  TRY(const Fd fd, connect_to(socket));
  CHECK_OK(send_all(fd.get(), command, deadline));
  std::string answer;
  char buffer[2048];
  for (;;) {
    CHECK_OK(wait_for(fd.get(), POLLIN, deadline));
    const ssize_t n = ::recv(fd.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n < 0) return no_haproxy(std::string("it closed its stats socket: ") + std::strerror(errno));
    if (n == 0) return answer;
    answer.append(buffer, static_cast<std::size_t>(n));
    if (answer.size() > kMostAnswer) return no_haproxy("its answer is longer than 16 KiB");
  }
}

Status step(const std::string& socket, std::string_view name_of_step, BytesView command, Deadline deadline) {
  TRY(const std::string answer, ask(socket, command, deadline));
  return check_haproxy_answer(name_of_step, answer);
}

// "set ssl cert NAME <<" and the PEM; an empty line ends it.
SecretBytes set_command(const std::string& name, const SecretBytes& pem) {
  const std::string head = "set ssl cert " + name + " <<\n";
  Bytes out;
  out.reserve(head.size() + pem.size() + 2);
  const BytesView head_bytes = view_bytes(head);
  out.insert(out.end(), head_bytes.begin(), head_bytes.end());
  bool line_begins = true;
  for (const std::uint8_t byte : pem.reveal()) {
    if (byte != '\n' || !line_begins) out.push_back(byte);
    line_begins = byte == '\n';
  }
  if (!line_begins) out.push_back('\n');
  out.push_back('\n');
  return SecretBytes(std::move(out));
}

}  // namespace

Status check_haproxy_answer(std::string_view step_name, std::string_view answer) {
  const std::string_view wanted = step_name == "set" ? "Transaction " : "Success!";
  if (answer.find(wanted) != std::string_view::npos) return Done{};
  std::string_view said = trim(answer);
  if (said.empty()) said = "nothing";
  return no_haproxy("it answers \"" + printable(said, 300) + "\" to \"" + std::string(step_name) +
                    " ssl cert\"");
}

Status give_to_haproxy(const std::string& socket, const std::string& name, const SecretBytes& pem,
                       Deadline deadline) {
  if (name.find_first_of(" \t\r\n;\\") != std::string::npos) {
    return invalid(
        "HAProxy can't be told of a certificate whose name has blanks, semicolons or backslashes: " +
            printable(name, 200),
        "haproxy");
  }
  const SecretBytes set = set_command(name, pem);
  Status done = step(socket, "set", set.reveal(), deadline);
  if (done) done = step(socket, "commit", view_bytes("commit ssl cert " + name + "\n"), deadline);
  if (done) return done;
  // Without a transaction there is nothing to abort; what it says then changes nothing.
  static_cast<void>(
      ask(socket, view_bytes("abort ssl cert " + name + "\n"), Deadline::after(std::chrono::seconds{2})));
  return done;
}

}  // namespace certstead
