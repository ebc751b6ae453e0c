#include "net/connection_host.h"

#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

namespace certstead {
namespace {

constexpr Duration kPauseWhenFull = std::chrono::milliseconds{100};
constexpr int kMostAcceptsInARow = 64;

struct AcceptWaits {
  AcceptWaits(asio::io_context& context, int fd) : ready(context, fd), pause(context) {}
  asio::posix::stream_descriptor ready;
  asio::steady_timer pause;
};

// Runs something when a coroutine ends in whatever way, its destruction by a stopped loop included.
template <class Action>
class AtEnd {
 public:
  explicit AtEnd(Action action) : action_(std::move(action)) {}
  AtEnd(const AtEnd&) = delete;
  AtEnd& operator=(const AtEnd&) = delete;
  ~AtEnd() { action_(); }

 private:
  Action action_;
};

}  // namespace

ConnectionHost::ConnectionHost(IoLoop& loop, Limits limits, LogSink& log)
    : loop_(loop),
      limits_(limits),
      log_(log),
      caps_(limits.connections, limits.connections_per_address),
      live_(loop.impl().lanes.size()) {}

ConnectionHost::~ConnectionHost() = default;

Status ConnectionHost::listen(const HttpListener& where) {
  TRY(ListenSocket socket, ListenSocket::open(where));
  SslContext tls;
  if (where.tls != nullptr) {
    SSL_CTX_up_ref(where.tls);
    tls.reset(where.tls);
  }
  listeners_.push_back(std::make_unique<Listener>(Listener{std::move(socket), std::move(tls)}));
  return Done{};
}

std::uint16_t ConnectionHost::port(std::size_t index) const {
  return index < listeners_.size() ? listeners_[index]->socket.port() : std::uint16_t{0};
}

void ConnectionHost::run(Serve serve) {
  serve_ = std::move(serve);
  for (std::size_t index = 0; index < listeners_.size(); ++index) {
    {
      const std::lock_guard hold(mutex_);
      ++running_;
    }
    asio::co_spawn(loop_.impl().context(index % live_.size()),
                   accept(index, ::dup(listeners_[index]->socket.fd())), asio::detached);
  }
}

// Waits for readiness and accepts by itself: so it sees when descriptors run out, and rests instead of
// spinning.
asio::awaitable<void> ConnectionHost::accept(std::size_t index, int fd) {
  const AtEnd leave([this] {
    const std::lock_guard hold(mutex_);
    --running_;
    changed_.notify_all();
  });
  asio::io_context& context = loop_.impl().context(index % live_.size());
  // Known to stop(), whose word may come when this coroutine is over.
  const auto waits = std::make_shared<AcceptWaits>(context, fd);
  {
    const std::lock_guard hold(mutex_);
    close_listeners_.push_back([&context, weak = std::weak_ptr(waits)] {
      asio::post(context, [weak] {
        if (const auto open = weak.lock()) {
          open->ready.cancel();
          open->pause.cancel();
        }
      });
    });
  }
  while (!stopping()) {
    boost::system::error_code code;
    co_await waits->ready.async_wait(asio::posix::stream_descriptor::wait_read,
                                     asio::redirect_error(asio::use_awaitable, code));
    for (int i = 0; i < kMostAcceptsInARow && !stopping(); ++i) {
      sockaddr_storage from{};
      socklen_t size = sizeof from;
      const int client = ::accept4(waits->ready.native_handle(), reinterpret_cast<sockaddr*>(&from), &size,
                                   SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (client >= 0) {
        take(index, client, IpAddress::from(reinterpret_cast<const sockaddr*>(&from)));
        continue;
      }
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        log_.warning("net.accept_failed", {{"listener", listeners_[index]->socket.name()}, {"errno", errno}});
        waits->pause.expires_after(kPauseWhenFull);
        co_await waits->pause.async_wait(asio::redirect_error(asio::use_awaitable, code));
      }
      if (errno != ECONNABORTED && errno != EINTR) break;
    }
  }
}

void ConnectionHost::take(std::size_t index, int fd, std::optional<IpAddress> remote) {
  if (!caps_.enter(remote)) {
    ::close(fd);
    log_.warning("net.connection_refused", {{"listener", listeners_[index]->socket.name()},
                                            {"client", remote ? remote->text() : "unix"}});
    return;
  }
  {
    const std::lock_guard hold(mutex_);
    ++running_;
  }
  const std::size_t lane = loop_.impl().next();
  asio::co_spawn(loop_.impl().context(lane), host(lane, index, fd, remote),
                 [this](const std::exception_ptr& error) {
                   if (error) log_.error("net.connection_failed");
                 });
}

asio::awaitable<void> ConnectionHost::host(std::size_t lane, std::size_t index, int fd,
                                           std::optional<IpAddress> remote) {
  const AtEnd leave([this, remote] {
    caps_.leave(remote);
    const std::lock_guard hold(mutex_);
    --running_;
    changed_.notify_all();
  });
  const Listener& listener = *listeners_[index];
  const bool is_unix = listener.socket.is_unix();
  HostedConnection connection(loop_.impl().context(lane),
                              is_unix                     ? AF_UNIX
                              : remote && remote->is_v4() ? AF_INET
                                                          : AF_INET6,
                              fd);
  connection.listener = index;
  connection.lane = lane;
  connection.remote = remote;
  if (is_unix) connection.peer = peer_credentials(fd);
  const AtEnd forget([this, lane, &connection] { live_[lane].erase(&connection); });
  live_[lane].insert(&connection);
  if (stopping()) co_return;
  if (listener.tls) {
    auto done = co_await connection.stream.accept_tls(listener.tls.get(), Deadline::after(limits_.tls_time));
    if (!done) {
      log_.debug("net.tls_failed",
                 {{"client", remote ? remote->text() : "unix"}, {"cause", done.error().detail}});
      co_return;
    }
  }
  co_await serve_(connection);
}

void ConnectionHost::cut(bool idle_only) {
  for (std::size_t lane = 0; lane < live_.size(); ++lane) {
    asio::post(loop_.impl().context(lane), [this, lane, idle_only] {
      for (HostedConnection* connection : live_[lane]) {
        if (connection->idle || !idle_only) connection->stream.cancel();
      }
    });
  }
}

bool ConnectionHost::wait_empty(Duration span) {
  std::unique_lock hold(mutex_);
  return changed_.wait_for(hold, span, [this] { return running_ == 0; });
}

void ConnectionHost::stop(Duration drain) {
  if (!stop_.request_stop()) return;
  {
    const std::lock_guard hold(mutex_);
    for (const auto& close : close_listeners_) close();
  }
  for (auto& listener : listeners_) listener->socket.close();
  cut(true);
  if (!wait_empty(drain)) {
    cut(false);
    wait_empty(std::chrono::seconds{1});
  }
}

}  // namespace certstead
