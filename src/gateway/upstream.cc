#include "gateway/upstream.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/text.h"
#include "net/http1_request.h"

namespace certstead {
namespace {

constexpr std::chrono::seconds kLongestIdle{30};
constexpr std::chrono::seconds kResolveAgain{30};

}  // namespace

Result<UpstreamAddress> UpstreamAddress::parse(std::string_view url) {
  const Error wrong = invalid("\"" + printable(url, 100) + "\" is no upstream: write http://host:port");
  if (!url.starts_with("http://")) return wrong;
  std::string_view authority = url.substr(7);
  if (authority.ends_with('/')) authority.remove_suffix(1);
  if (!is_authority(authority)) return wrong;
  UpstreamAddress out;
  const std::size_t colon = authority.rfind(':');
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    out.host = authority.substr(1, close - 1);
    if (colon > close && colon != std::string_view::npos) {
      out.port = static_cast<std::uint16_t>(*parse_number(authority.substr(colon + 1)));
    }
    return out;
  }
  out.host = authority.substr(0, colon);
  if (colon != std::string_view::npos) {
    out.port = static_cast<std::uint16_t>(*parse_number(authority.substr(colon + 1)));
  }
  return out;
}

std::unique_ptr<UpstreamConnection> UpstreamPool::take_idle() {
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    const bool old = std::chrono::steady_clock::now() - connection->idle_since > kLongestIdle;
    if (!old && !connection->stream->is_stale()) return connection;
  }
  return nullptr;
}

asio::awaitable<Result<std::vector<IpAddress>>> UpstreamPool::resolve() {
  if (auto literal = IpAddress::parse(options_.address.host)) co_return std::vector<IpAddress>{*literal};
  const auto now = std::chrono::steady_clock::now();
  if (!addresses_.empty() && now - resolved_at_ < kResolveAgain) co_return addresses_;
  asio::ip::tcp::resolver resolver(context_);
  boost::system::error_code code;
  const auto found = co_await resolver.async_resolve(options_.address.host, "",
                                                     asio::redirect_error(asio::use_awaitable, code));
  std::vector<IpAddress> addresses;
  for (const auto& entry : found) {
    if (auto ip = IpAddress::from(entry.endpoint().data())) addresses.push_back(*ip);
  }
  if (addresses.empty()) co_return unavailable("the upstream's name has no address");
  addresses_ = addresses;
  resolved_at_ = now;
  co_return addresses;
}

asio::awaitable<Result<std::unique_ptr<UpstreamConnection>>> UpstreamPool::take(bool fresh) {
  if (!fresh) {
    if (auto kept = take_idle()) {
      kept->reused = true;
      co_return kept;
    }
  }
  const Deadline deadline = Deadline::after(options_.connect_time);
  auto addresses = co_await resolve();
  if (!addresses) co_return std::move(addresses).error();
  Error last = unavailable("the upstream was not reached");
  for (const IpAddress& address : *addresses) {
    auto stream = co_await Stream::connect(context_, address, options_.address.port, deadline);
    if (stream)
      co_return std::make_unique<UpstreamConnection>(std::move(*stream), Http1Parser::Limits{64 * 1024, 200});
    last = stream.error();
  }
  co_return last;
}

void UpstreamPool::give_back(std::unique_ptr<UpstreamConnection> connection) {
  if (idle_.size() >= options_.idle) return;
  connection->idle_since = std::chrono::steady_clock::now();
  idle_.push_back(std::move(connection));
}

}  // namespace certstead
