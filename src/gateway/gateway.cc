#include "gateway/gateway.h"

#include <boost/asio/post.hpp>
#include <mutex>

#include "gateway/proxy.h"
#include "gateway/redirect.h"
#include "gateway/tls_context.h"
#include "headers/apply.h"

namespace certstead {
namespace {

HttpListener listener_at(const GatewayAddress& where, SSL_CTX* tls) {
  HttpListener out;
  out.address = where.address;
  out.port = where.port;
  out.inherited_fd = where.inherited_fd;
  out.tls = tls;
  return out;
}

Status check_policy(const HeaderPolicy& policy) {
  for (const Header& header : policy.set) CHECK_OK(check_policy_header(header));
  return Done{};
}

}  // namespace

class Gateway::Impl {
 public:
  Impl(GatewayOptions options, const ChallengeAnswers& answers, LogSink& log)
      : options_(std::move(options)),
        answers_(answers),
        log_(log),
        policy_(std::make_shared<const HeaderPolicy>(options_.headers)),
        setup_{options_.limits, options_.upstream_answer,
               [this](HttpHeaders& headers) { apply(*policy(), true, headers.fields()); }, log_, counters_},
        loop_(options_.threads),
        host_(
            loop_,
            {options_.limits.connections, options_.limits.connections_per_address, options_.limits.tls_time},
            log) {}
  ~Impl() { stop(); }

  Status start();
  void stop();
  Status set_headers(HeaderPolicy headers);
  GatewayStats stats() const {
    return {requests_, counters_.upstream_failures, counters_.upstream_connects, host_.open()};
  }
  std::uint16_t https_port(std::size_t index) const { return host_.port(index); }
  std::uint16_t http_port(std::size_t index) const { return plain_ ? plain_->port(index) : std::uint16_t{0}; }

 private:
  Status start_pools();
  Status start_plain();
  std::shared_ptr<const HeaderPolicy> policy() const {
    const std::lock_guard hold(mutex_);
    return policy_;
  }
  HttpReply answer_plain(const HttpExchange& exchange) const;
  asio::awaitable<void> serve(HostedConnection& client);
  asio::awaitable<bool> serve_one(HostedConnection& client, Http1Reader& reader);
  asio::awaitable<bool> reply(HostedConnection& client, HttpReply reply, bool to_head, bool keep_alive);
  asio::awaitable<bool> refuse(HostedConnection& client, const Error& error);
  HttpReply page(const Http1Head& head) const;

  const GatewayOptions options_;
  const ChallengeAnswers& answers_;
  LogSink& log_;
  mutable std::mutex mutex_;
  std::shared_ptr<const HeaderPolicy> policy_;  // guarded by mutex_
  ProxyCounters counters_;
  std::atomic<std::uint64_t> requests_{0};
  const ProxySetup setup_;
  std::unique_ptr<HttpServer> plain_;
  IoLoop loop_;
  std::vector<std::unique_ptr<UpstreamPool>> pools_;  // by lane; empty: the page is served
  ConnectionHost host_;
};

Status Gateway::Impl::start() {
  CHECK_OK(check_policy(options_.headers));
  if (options_.https.empty() && options_.http.empty())
    return invalid("a gateway needs an address to listen on");
  CHECK_OK(start_pools());
  if (!options_.https.empty()) {
    TRY(const auto tls, make_tls_context(options_.prepare_tls));
    for (const GatewayAddress& where : options_.https) CHECK_OK(host_.listen(listener_at(where, tls.get())));
  }
  CHECK_OK(start_plain());
  host_.run([this](HostedConnection& client) { return serve(client); });
  return Done{};
}

Status Gateway::Impl::start_pools() {
  if (options_.upstream.empty()) return Done{};
  TRY(const UpstreamAddress address, UpstreamAddress::parse(options_.upstream));
  for (std::size_t lane = 0; lane < loop_.impl().lanes.size(); ++lane) {
    pools_.push_back(std::make_unique<UpstreamPool>(
        loop_.impl().context(lane),
        UpstreamPool::Options{address, options_.upstream_connect, options_.upstream_idle}));
  }
  return Done{};
}

Status Gateway::Impl::start_plain() {
  if (options_.http.empty()) return Done{};
  HttpServerOptions plain;
  for (const GatewayAddress& where : options_.http) plain.listeners.push_back(listener_at(where, nullptr));
  plain.limits = options_.limits;
  plain.limits.body_bytes = 64 * 1024;  // nobody needs the body of what is redirected
  plain.workers = 2;
  plain.drain = options_.drain;
  plain.before_send = [this](HttpReply& reply, bool tls) { apply(*policy(), tls, reply.headers.fields()); };
  auto started = HttpServer::start(
      std::move(plain), [this](const HttpExchange& exchange) { return answer_plain(exchange); }, log_);
  if (!started) return std::move(started).error();
  plain_ = std::move(*started);
  return Done{};
}

void Gateway::Impl::stop() {
  if (plain_) plain_->stop();
  host_.stop(options_.drain);
  loop_.halt();
  // Before the loop goes that their sockets belong to.
  for (auto& pool : pools_) pool->clear();
  loop_.stop();
}

Status Gateway::Impl::set_headers(HeaderPolicy headers) {
  CHECK_OK(check_policy(headers));
  auto next = std::make_shared<const HeaderPolicy>(std::move(headers));
  const std::lock_guard hold(mutex_);
  policy_.swap(next);
  return Done{};
}

HttpReply Gateway::Impl::answer_plain(const HttpExchange& exchange) const {
  if (is_challenge_path(exchange.path)) return answer_challenge(answers_, exchange.method, exchange.path);
  return redirect_to_https(exchange, options_.public_https_port);
}

asio::awaitable<void> Gateway::Impl::serve(HostedConnection& client) {
  Http1Reader reader(client.stream, Http1Parser::Kind::kRequest,
                     {options_.limits.header_bytes, options_.limits.header_count});
  while (co_await serve_one(client, reader)) {
  }
}

// True if the connection is good for another request.
asio::awaitable<bool> Gateway::Impl::serve_one(HostedConnection& client, Http1Reader& reader) {
  if (host_.stopping() && !reader.has_more()) co_return false;
  client.idle = true;
  auto outcome =
      co_await reader.read_head(Deadline::after(options_.limits.idle_time), options_.limits.header_time);
  client.idle = false;
  if (!outcome) co_return co_await refuse(client, outcome.error());
  if (*outcome != Http1Reader::Head::kRead) co_return false;
  ++requests_;
  const Http1Head& head = reader.head();
  auto target = check_request(head);
  if (!target) co_return co_await refuse(client, target.error());
  if (head.content_length.value_or(0) > options_.limits.body_bytes) {
    // A name for the error: g++ 12 destroys aggregates made inside an awaiting expression twice.
    const Error too_long{Code::kLimited, "the body is too long", "body-too-long"};
    co_return co_await refuse(client, too_long);
  }
  const bool keep = head.keep_alive && head.minor_version == 1 && !host_.stopping();
  if (pools_.empty()) {
    HttpReply answer = page(head);
    co_return co_await reply(client, std::move(answer), head.method == "HEAD", keep && !head.has_body);
  }
  ProxyExchange exchange(setup_, *pools_[client.lane], client, reader, std::move(*target), keep);
  const auto end = co_await exchange.run();
  client.idle = true;
  if (end == ProxyExchange::Outcome::kClose) co_await client.stream.close_gently();
  co_return end == ProxyExchange::Outcome::kNext;
}

HttpReply Gateway::Impl::page(const Http1Head& head) const {
  if (head.method == "GET" || head.method == "HEAD") {
    return {200, {{"Content-Type", options_.page.content_type}}, options_.page.body};
  }
  return {405,
          {{"Content-Type", "text/plain; charset=utf-8"}, {"Allow", "GET, HEAD"}},
          "this page can only be read\n"};
}

asio::awaitable<bool> Gateway::Impl::refuse(HostedConnection& client, const Error& error) {
  if (error.code == Code::kUnavailable && error.id != "timeout") co_return false;
  const int status = error.id == "body-too-long" ? 413 : refusal_status(error);
  log_.debug("gateway.refused", {{"status", status},
                                 {"client", client.remote ? client.remote->text() : "unknown"},
                                 {"cause", error.detail}});
  HttpReply answer{status, {{"Content-Type", "text/plain; charset=utf-8"}}, error.detail + "\n"};
  co_return co_await reply(client, std::move(answer), false, false);
}

asio::awaitable<bool> Gateway::Impl::reply(HostedConnection& client, HttpReply reply, bool to_head,
                                           bool keep_alive) {
  setup_.finish_headers(reply.headers);
  reply.headers.add("Date", to_http_date(SystemClock().now()));
  reply.headers.add("Content-Length", std::to_string(reply.body.size()));
  if (!keep_alive) reply.headers.add("Connection", "close");
  std::string out = response_head(reply.status, reply.headers);
  if (!to_head) out += reply.body;
  const auto written = co_await client.stream.write(out, options_.limits.write_time);
  client.idle = true;
  if (!keep_alive) co_await client.stream.close_gently();
  co_return keep_alive&& written.has_value();
}

Result<std::unique_ptr<Gateway>> Gateway::start(GatewayOptions options, const ChallengeAnswers& answers,
                                                LogSink& log) {
  auto impl = std::make_unique<Impl>(std::move(options), answers, log);
  CHECK_OK(impl->start());
  return std::unique_ptr<Gateway>(new Gateway(std::move(impl)));
}

Gateway::Gateway(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Gateway::~Gateway() = default;
std::uint16_t Gateway::https_port(std::size_t index) const { return impl_->https_port(index); }
std::uint16_t Gateway::http_port(std::size_t index) const { return impl_->http_port(index); }
Status Gateway::set_headers(HeaderPolicy headers) { return impl_->set_headers(std::move(headers)); }
GatewayStats Gateway::stats() const { return impl_->stats(); }
void Gateway::stop() { impl_->stop(); }

}  // namespace certstead
