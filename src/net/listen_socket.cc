#include "net/listen_socket.h"

#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/address.h"
#include "base/text.h"
#include "net/socket_options.h"

namespace certstead {
namespace {

constexpr int kBacklog = 1024;

Error socket_error(const std::string& where, int code) {
  const std::string text = "can't listen on " + where + ": " + std::strerror(code);
  if (code == EADDRINUSE) return conflict(text + "; stop the program that does, or choose another");
  if (code == EACCES || code == EPERM) {
    return denied(text + "; choose a port above 1023, or give the program the right to it");
  }
  if (code == EADDRNOTAVAIL || code == EINVAL || code == EAFNOSUPPORT) return invalid(text);
  return unavailable(text);
}

Result<sockaddr_un> unix_address(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& text = path.native();
  if (text.size() >= sizeof address.sun_path) {
    return invalid("the socket path " + printable(text) + " is too long: at most " +
                   std::to_string(sizeof address.sun_path - 1) + " bytes");
  }
  std::memcpy(address.sun_path, text.data(), text.size());
  return address;
}

// Success if nothing is at `path`, or the socket of a server that is gone.
Status check_replaceable(const std::filesystem::path& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return Done{};
  if (!S_ISSOCK(found.st_mode)) {
    return conflict(printable(path.native()) +
                    " exists and is no socket: move it away or choose another path");
  }
  TRY(const sockaddr_un address, unix_address(path));
  const Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!probe.valid()) return unavailable(std::string("no socket to be had: ") + std::strerror(errno));
  const bool refused =
      ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
      errno == ECONNREFUSED;
  if (refused) return Done{};
  return conflict("another server listens on " + printable(path.native()) + ": stop it first");
}

Status set_owner(const std::filesystem::path& path, const HttpListener& where) {
  if (!where.unix_group.empty()) {
    const group* entry = ::getgrnam(where.unix_group.c_str());
    if (entry == nullptr) {
      return invalid("there is no group \"" + printable(where.unix_group, 40) + "\" for the socket");
    }
    if (::chown(path.c_str(), static_cast<uid_t>(-1), entry->gr_gid) != 0) {
      return denied("can't give the socket to the group " + printable(where.unix_group, 40) + ": " +
                    std::strerror(errno));
    }
  }
  if (::chmod(path.c_str(), where.unix_mode) != 0) {
    return unavailable("can't set the mode of " + printable(path.native()) + ": " + std::strerror(errno));
  }
  return Done{};
}

struct TcpAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

TcpAddress tcp_address(const IpAddress& ip, std::uint16_t port) {
  TcpAddress out;
  if (ip.is_v4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, ip.bytes().data(), 4);
    std::memcpy(&out.storage, &v4, sizeof v4);
    out.size = sizeof v4;
  } else {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, ip.bytes().data(), 16);
    std::memcpy(&out.storage, &v6, sizeof v6);
    out.size = sizeof v6;
  }
  return out;
}

std::uint16_t bound_port(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size);
  if (storage.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(storage).sin_port);
  if (storage.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(storage).sin6_port);
  return 0;
}

}  // namespace

Result<ListenSocket> ListenSocket::open(const HttpListener& where) {
  const int ways =
      (where.inherited_fd >= 0 ? 1 : 0) + (where.unix_path.empty() ? 0 : 1) + (where.address.empty() ? 0 : 1);
  if (ways != 1)
    return invalid("a listener needs exactly one of a socket path, an address and an inherited socket");
  if (where.inherited_fd >= 0) return adopt(where.inherited_fd);
  return where.unix_path.empty() ? open_tcp(where) : open_unix(where);
}

// The socket gets its owner and mode under another name, and listens, before it takes its place: nobody meets
// it half made, and a dead predecessor is replaced in one step.
Result<ListenSocket> ListenSocket::open_unix(const HttpListener& where) {
  CHECK_OK(check_replaceable(where.unix_path));
  const std::string name = printable(where.unix_path.native());
  std::filesystem::path made = where.unix_path;
  made += "." + std::to_string(::getpid());
  TRY(const sockaddr_un address, unix_address(made));
  ListenSocket out;
  out.fd_ = Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!out.fd_.valid()) return socket_error(name, errno);
  ::unlink(made.c_str());
  if (::bind(out.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return socket_error(name, errno);
  }
  out.file_ = made;
  struct stat entry {};
  if (::lstat(made.c_str(), &entry) != 0) return socket_error(name, errno);
  out.device_ = entry.st_dev;
  out.inode_ = entry.st_ino;
  CHECK_OK(set_owner(made, where));
  if (::listen(out.fd(), kBacklog) != 0 || ::rename(made.c_str(), where.unix_path.c_str()) != 0) {
    return socket_error(name, errno);
  }
  out.file_ = where.unix_path;
  out.unix_ = true;
  out.name_ = where.unix_path.native();
  return out;
}

Result<ListenSocket> ListenSocket::open_tcp(const HttpListener& where) {
  TRY(const IpAddress ip, IpAddress::parse(where.address));
  const std::string host = url_host(ip.text());
  ListenSocket out;
  out.fd_ = Fd(::socket(ip.is_v4() ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const std::string wanted = host + ":" + std::to_string(where.port);
  if (!out.fd_.valid()) return socket_error(wanted, errno);
  const int on = 1;
  ::setsockopt(out.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (!ip.is_v4()) ::setsockopt(out.fd(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  const TcpAddress address = tcp_address(ip, where.port);
  if (::bind(out.fd(), reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0 ||
      ::listen(out.fd(), kBacklog) != 0) {
    return socket_error(wanted, errno);
  }
  send_at_once(out.fd());
  out.port_ = bound_port(out.fd());
  out.name_ = host + ":" + std::to_string(out.port_);
  return out;
}

Result<ListenSocket> ListenSocket::adopt(int fd) {
  ListenSocket out;
  out.fd_ = Fd(fd);
  int listening = 0;
  socklen_t size = sizeof listening;
  if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 || listening == 0) {
    return invalid("the inherited descriptor " + std::to_string(fd) + " is no listening socket");
  }
  int domain = 0;
  size = sizeof domain;
  ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size);
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  out.unix_ = domain == AF_UNIX;
  if (!out.unix_) send_at_once(fd);
  out.port_ = bound_port(fd);
  out.name_ = "inherited:" + std::to_string(fd);
  return out;
}

void ListenSocket::close() {
  struct stat found {};
  // Another server may have taken the path over meanwhile.
  if (fd_.valid() && !file_.empty() && ::lstat(file_.c_str(), &found) == 0 && found.st_dev == device_ &&
      found.st_ino == inode_) {
    ::unlink(file_.c_str());
  }
  fd_ = Fd();
}

std::optional<PeerCredentials> peer_credentials(int fd) {
  ucred who{};
  socklen_t size = sizeof who;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return std::nullopt;
  return PeerCredentials{who.uid, who.gid, who.pid};
}

}  // namespace certstead
