#include "net/http_server.h"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/body_pace.h"
#include "net/connection_host.h"
#include "net/http1_io.h"
#include "net/http1_request.h"

namespace certstead {
namespace {

HttpReply text_reply(int status, std::string_view text) {
  return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::string(text) + "\n"};
}

HttpExchange make_exchange(HostedConnection& connection, const Http1Head& head, RequestTarget target,
                           std::string body, std::stop_token stop) {
  HttpExchange exchange;
  exchange.method = head.method;
  exchange.target = std::move(target.target);
  exchange.path = std::move(target.path);
  exchange.query = std::move(target.query);
  exchange.host = std::move(target.host);
  exchange.headers = head.headers;
  exchange.body = std::move(body);
  exchange.tls = connection.stream.is_tls();
  exchange.remote = connection.remote;
  exchange.peer = connection.peer;
  exchange.client_certificate = connection.stream.verified_peer_certificate();
  exchange.tls_server_name = connection.stream.tls_server_name();
  exchange.stop = std::move(stop);
  return exchange;
}

bool may_have_body(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

class HttpServer::Impl {
 public:
  Impl(HttpServerOptions options, HttpHandler handler, LogSink& log)
      : options_(std::move(options)),
        handler_(std::move(handler)),
        log_(log),
        loop_(options_.loop_threads),
        pool_(std::max<std::size_t>(options_.workers, 1)),
        host_(
            loop_,
            {options_.limits.connections, options_.limits.connections_per_address, options_.limits.tls_time},
            log) {}
  ~Impl() { stop(); }

  Status start() {
    if (options_.listeners.empty()) return invalid("an HTTP server needs at least one listener");
    for (const HttpListener& listener : options_.listeners) CHECK_OK(host_.listen(listener));
    host_.run([this](HostedConnection& connection) { return serve(connection); });
    return Done{};
  }
  std::uint16_t port(std::size_t index) const { return host_.port(index); }
  void stop() {
    host_.stop(options_.drain);
    pool_.join();
    loop_.stop();
  }

 private:
  asio::awaitable<void> serve(HostedConnection& connection);
  asio::awaitable<bool> serve_one(HostedConnection& connection, Http1Reader& reader);
  asio::awaitable<Result<std::string>> read_body(HostedConnection& connection, Http1Reader& reader,
                                                 bool expects_continue);
  asio::awaitable<HttpReply> handle(HttpExchange exchange);
  HttpReply run_handler(const HttpExchange& exchange) noexcept;
  asio::awaitable<bool> send(HostedConnection& connection, HttpReply reply, bool to_head, bool keep_alive);
  asio::awaitable<bool> refuse(HostedConnection& connection, const Error& error);

  const HttpServerOptions options_;
  const HttpHandler handler_;
  LogSink& log_;
  std::atomic<std::size_t> waiting_{0};  // requests at the workers
  IoLoop loop_;
  asio::thread_pool pool_;
  ConnectionHost host_;
};

asio::awaitable<void> HttpServer::Impl::serve(HostedConnection& connection) {
  Http1Reader reader(connection.stream, Http1Parser::Kind::kRequest,
                     {options_.limits.header_bytes, options_.limits.header_count});
  while (co_await serve_one(connection, reader)) {
  }
}

// True if the connection is good for another request.
asio::awaitable<bool> HttpServer::Impl::serve_one(HostedConnection& connection, Http1Reader& reader) {
  if (host_.stopping() && !reader.has_more()) co_return false;
  connection.idle = true;
  auto outcome =
      co_await reader.read_head(Deadline::after(options_.limits.idle_time), options_.limits.header_time);
  connection.idle = false;
  if (!outcome) co_return co_await refuse(connection, outcome.error());
  if (*outcome != Http1Reader::Head::kRead) co_return false;
  const Http1Head head = reader.head();
  auto target = check_request(head);
  if (!target) co_return co_await refuse(connection, target.error());
  auto body = co_await read_body(connection, reader, target->expects_continue);
  if (!body) co_return co_await refuse(connection, body.error());
  HttpExchange exchange =
      make_exchange(connection, head, std::move(*target), std::move(*body), host_.stop_token());
  HttpReply reply = co_await handle(std::move(exchange));
  const bool keep = head.keep_alive && head.minor_version == 1 && !host_.stopping();
  co_return co_await send(connection, std::move(reply), head.method == "HEAD", keep);
}

asio::awaitable<Result<std::string>> HttpServer::Impl::read_body(HostedConnection& connection,
                                                                 Http1Reader& reader, bool expects_continue) {
  const HttpLimits& limits = options_.limits;
  const Error too_long{Code::kLimited,
                       "the body is longer than " + std::to_string(limits.body_bytes) + " bytes",
                       "body-too-long"};
  std::string body;
  if (!reader.head().has_body) co_return body;
  if (reader.head().content_length.value_or(0) > limits.body_bytes) co_return too_long;
  if (expects_continue) {
    auto sent = co_await connection.stream.write("HTTP/1.1 100 Continue\r\n\r\n", limits.write_time);
    if (!sent) co_return std::move(sent).error();
  }
  BodyPace pace(limits.body_grace, limits.body_bytes_per_second);
  const SystemClock clock;
  while (true) {
    const std::size_t before = body.size();
    const Duration asked = clock.elapsed();
    auto end = co_await reader.read_body(body, pace.next());
    pace.came(body.size() - before, clock.elapsed() - asked);
    if (!end) co_return std::move(end).error();
    if (body.size() > limits.body_bytes) co_return too_long;
    if (*end) co_return body;
  }
}

HttpReply HttpServer::Impl::run_handler(const HttpExchange& exchange) noexcept {
  try {
    HttpReply reply = handler_(exchange);
    for (const auto& [name, value] : reply.headers) {
      if (is_sendable_header(name, value)) continue;
      log_.error("http.bad_reply_header", {{"path", exchange.path}, {"header", name}});
      return text_reply(500, "internal error");
    }
    return reply;
  } catch (const std::exception& error) {
    log_.error("http.handler_failed", {{"path", exchange.path}, {"cause", error.what()}});
  } catch (...) {
    log_.error("http.handler_failed", {{"path", exchange.path}});
  }
  return text_reply(500, "internal error");
}

asio::awaitable<HttpReply> HttpServer::Impl::handle(HttpExchange exchange) {
  if (waiting_.fetch_add(1) >= options_.workers + options_.queued) {
    waiting_.fetch_sub(1);
    HttpReply busy = text_reply(503, "the server is busy: try again in a moment");
    busy.headers.set("Retry-After", "1");
    co_return busy;
  }
  HttpReply reply = co_await asio::co_spawn(
      pool_, [this, &exchange]() -> asio::awaitable<HttpReply> { co_return run_handler(exchange); },
      asio::use_awaitable);
  waiting_.fetch_sub(1);
  co_return reply;
}

asio::awaitable<bool> HttpServer::Impl::refuse(HostedConnection& connection, const Error& error) {
  // Nobody is there to read an answer.
  if (error.code == Code::kUnavailable && error.id != "timeout") co_return false;
  const int status = error.id == "body-too-long" ? 413 : refusal_status(error);
  log_.debug("http.refused", {{"status", status},
                              {"client", connection.remote ? connection.remote->text() : "unix"},
                              {"cause", error.detail}});
  HttpReply reply = text_reply(status, error.detail);
  co_return co_await send(connection, std::move(reply), false, false);
}

asio::awaitable<bool> HttpServer::Impl::send(HostedConnection& connection, HttpReply reply, bool to_head,
                                             bool keep_alive) {
  if (options_.before_send) options_.before_send(reply, connection.stream.is_tls());
  for (const char* ours : {"Content-Length", "Transfer-Encoding", "Connection", "Date"})
    reply.headers.remove(ours);
  reply.headers.add("Date", to_http_date(SystemClock().now()));
  if (!options_.server_name.empty()) reply.headers.set("Server", options_.server_name);
  if (may_have_body(reply.status)) reply.headers.add("Content-Length", std::to_string(reply.body.size()));
  if (!keep_alive) reply.headers.add("Connection", "close");
  std::string out = response_head(reply.status, reply.headers);
  if (!to_head && may_have_body(reply.status)) out += reply.body;
  const bool sent = (co_await connection.stream.write(out, options_.limits.write_time)).has_value();
  connection.idle = true;
  if (!keep_alive) co_await connection.stream.close_gently();
  co_return sent&& keep_alive;
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options, HttpHandler handler,
                                                      LogSink& log) {
  auto impl = std::make_unique<Impl>(std::move(options), std::move(handler), log);
  CHECK_OK(impl->start());
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;
std::uint16_t HttpServer::port(std::size_t index) const { return impl_->port(index); }
void HttpServer::stop() { impl_->stop(); }

}  // namespace certstead
