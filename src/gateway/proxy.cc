#include "gateway/proxy.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/text.h"
#include "net/body_pace.h"

namespace certstead {

ProxyExchange::ProxyExchange(const ProxySetup& setup, UpstreamPool& pool, HostedConnection& client,
                             Http1Reader& reader, RequestTarget target, bool keep_alive)
    : setup_(setup),
      pool_(pool),
      client_(client),
      reader_(reader),
      head_(reader.head()),
      target_(std::move(target)),
      keep_alive_(keep_alive),
      pump_over_(client.context, asio::steady_timer::time_point::max()) {}

asio::awaitable<ProxyExchange::Outcome> ProxyExchange::run() {
  auto answered = co_await ask_upstream(false);
  // A kept connection may have been closed by the upstream just as we took it.
  if (!answered && upstream_ && upstream_->reused && may_repeat()) answered = co_await ask_upstream(true);
  if (answered) co_return co_await relay_answer();
  co_await end_pump();
  upstream_.reset();
  const Error error = client_error_ ? *client_error_ : answered.error();
  co_return co_await fail(error);
}

// Done when the head of the final answer is there.
asio::awaitable<Status> ProxyExchange::ask_upstream(bool fresh) {
  auto sent = co_await send_request(fresh);
  if (!sent) co_return sent;
  co_return co_await read_answer();
}

bool ProxyExchange::may_repeat() const {
  return framing_ == BodyFraming::kNone &&
         (head_.method == "GET" || head_.method == "HEAD" || head_.method == "OPTIONS");
}

asio::awaitable<Status> ProxyExchange::send_request(bool fresh) {
  auto taken = co_await pool_.take(fresh);
  if (!taken) co_return std::move(taken).error();
  upstream_ = std::move(*taken);
  if (!upstream_->reused) ++setup_.counters.upstream_connects;
  const std::string client = client_.remote ? client_.remote->text() : "unknown";
  const OutgoingHead out = upstream_request(head_, target_, client);
  framing_ = out.framing;
  auto written = co_await upstream_->stream->write(out.bytes, setup_.limits.write_time);
  if (!written) co_return std::move(written).error();
  if (framing_ == BodyFraming::kNone) {
    body_sent_ = true;
    co_return Done{};
  }
  if (target_.expects_continue) {
    written = co_await client_.stream.write("HTTP/1.1 100 Continue\r\n\r\n", setup_.limits.write_time);
    if (!written) co_return std::move(written).error();
  }
  pumping_ = true;
  asio::co_spawn(client_.context, pump_request(), [this](const std::exception_ptr&) {
    pumping_ = false;
    pump_over_.cancel();
  });
  co_return Done{};
}

asio::awaitable<void> ProxyExchange::pump_request() {
  BodyPace pace(setup_.limits.body_grace, setup_.limits.body_bytes_per_second);
  const SystemClock clock;
  std::size_t total = 0;
  std::string piece;
  for (bool end = false; !end;) {
    piece.clear();
    const Duration asked = clock.elapsed();
    auto got = co_await reader_.read_body(piece, pace.next());
    pace.came(piece.size(), clock.elapsed() - asked);
    total += piece.size();
    if (got && total > setup_.limits.body_bytes)
      got = Error{Code::kLimited, "the body is too long", "body-too-long"};
    if (!got) {
      client_error_ = got.error();
      // The answer that is waited for can't come any more.
      upstream_->stream->cancel();
      co_return;
    }
    end = *got;
    std::string out = framing_ == BodyFraming::kChunked && !piece.empty() ? chunk(piece) : std::move(piece);
    if (end && framing_ == BodyFraming::kChunked) out += kLastChunk;
    if (!co_await upstream_->stream->write(out, setup_.limits.write_time)) co_return;
  }
  body_sent_ = true;
}

// Waits until nothing touches this exchange any more; a body that is not through is given up.
asio::awaitable<void> ProxyExchange::end_pump() {
  if (pumping_ && !body_sent_) {
    client_.stream.stop_reading();
    upstream_->stream->cancel();
  }
  boost::system::error_code ignored;
  while (pumping_) co_await pump_over_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

// Interim answers (100, 103) are our own business and go no further.
asio::awaitable<Status> ProxyExchange::read_answer() {
  while (true) {
    const bool sending = pumping_;
    auto outcome = co_await upstream_->reader.read_head(Deadline::after(setup_.upstream_answer),
                                                        setup_.limits.header_time, head_.method == "HEAD");
    if (!outcome) co_return std::move(outcome).error();
    if (*outcome == Http1Reader::Head::kClosed) {
      co_return unavailable("the upstream closed the connection without an answer", "upstream-closed");
    }
    if (*outcome == Http1Reader::Head::kSilent) {
      // The time to answer begins with the end of the request.
      if (sending) continue;
      co_return unavailable("the upstream sent no answer in time", "timeout");
    }
    if (upstream_->reader.head().status / 100 != 1) co_return Done{};
  }
}

asio::awaitable<ProxyExchange::Outcome> ProxyExchange::relay_answer() {
  const Http1Head& answer = upstream_->reader.head();
  // An answer before the end of the request: the rest of the body is not worth waiting for.
  const bool early = !body_sent_;
  const bool keep = keep_alive_ && !early;
  HttpHeaders headers = client_headers(answer);
  setup_.finish_headers(headers);
  const OutgoingHead out = client_response(
      answer, std::move(headers),
      {.to_head = head_.method == "HEAD", .http10 = head_.minor_version == 0, .keep_alive = keep});
  auto relayed = co_await client_.stream.write(out.bytes, setup_.limits.write_time);
  client_gone_ = !relayed;
  if (relayed) relayed = co_await relay_body(out.framing);
  if (!relayed) {
    if (!client_gone_) {
      ++setup_.counters.upstream_failures;
      setup_.log.warning("gateway.answer_cut", {{"path", target_.path}, {"cause", relayed.error().detail}});
    }
    co_await end_pump();
    co_return Outcome::kCut;
  }
  const bool clean = body_sent_ && answer.keep_alive && !upstream_->reader.has_more();
  co_await end_pump();
  if (clean) pool_.give_back(std::move(upstream_));
  co_return keep&& out.framing != BodyFraming::kClose ? Outcome::kNext : Outcome::kClose;
}

asio::awaitable<Status> ProxyExchange::relay_body(BodyFraming framing) {
  std::string piece;
  for (bool end = false; !end;) {
    piece.clear();
    auto got = co_await upstream_->reader.read_body(piece, Deadline::after(setup_.upstream_answer));
    if (!got) co_return std::move(got).error();
    end = *got;
    if (framing == BodyFraming::kNone) continue;
    std::string out = framing == BodyFraming::kChunked && !piece.empty() ? chunk(piece) : std::move(piece);
    if (end && framing == BodyFraming::kChunked) out += kLastChunk;
    auto written = co_await client_.stream.write(out, setup_.limits.write_time);
    client_gone_ = !written;
    if (client_gone_) co_return std::move(written).error();
  }
  co_return Done{};
}

ProxyExchange::Failure ProxyExchange::judge(const Error& error) const {
  if (client_error_) {
    if (error.id == "body-too-long") return {413, "the body of the request is too long"};
    return {refusal_status(error), error.detail};
  }
  if (error.id == "timeout") return {504, "the server behind this gateway took too long to answer"};
  if (error.code == Code::kUnavailable) return {502, "the server behind this gateway does not answer"};
  return {502, "the server behind this gateway gave an answer that is no proper HTTP"};
}

asio::awaitable<ProxyExchange::Outcome> ProxyExchange::fail(const Error& error) {
  const Failure failure = judge(error);
  if (!client_error_) {
    ++setup_.counters.upstream_failures;
    setup_.log.warning("gateway.upstream_failed",
                       {{"status", failure.status}, {"path", target_.path}, {"cause", error.detail}});
  }
  HttpHeaders headers = {{"Content-Type", "text/plain; charset=utf-8"}};
  headers.add("Date", to_http_date(SystemClock().now()));
  setup_.finish_headers(headers);
  const std::string body = failure.text + "\n";
  headers.add("Content-Length", std::to_string(body.size()));
  const bool keep = keep_alive_ && framing_ == BodyFraming::kNone && !client_error_;
  if (!keep) headers.add("Connection", "close");
  std::string out = response_head(failure.status, headers);
  if (head_.method != "HEAD") out += body;
  const auto written = co_await client_.stream.write(out, setup_.limits.write_time);
  if (!written) co_return Outcome::kCut;
  co_return keep ? Outcome::kNext : Outcome::kClose;
}

}  // namespace certstead
