#include "net/http1_io.h"

#include <array>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>

namespace certstead {
namespace {

constexpr std::size_t kBufferSize = 16 * 1024;

}  // namespace

Http1Reader::Http1Reader(Stream& stream, Http1Parser::Kind kind, Http1Parser::Limits limits)
    : stream_(stream),
      parser_(kind, limits),
      // Not zeroed: nothing is read from it that was not written before.
      buffer_(std::make_unique_for_overwrite<char[]>(kBufferSize)) {}

asio::awaitable<Result<std::size_t>> Http1Reader::fill(Deadline deadline) {
  begin_ = end_ = 0;
  auto got = co_await stream_.read({buffer_.get(), kBufferSize}, deadline);
  if (got) end_ = *got;
  co_return got;
}

Result<Http1Parser::Event> Http1Reader::feed(std::string& body) {
  TRY(const Http1Parser::Progress progress, parser_.feed({buffer_.get() + begin_, end_ - begin_}, body));
  begin_ += progress.used;
  return progress.event;
}

asio::awaitable<Result<Http1Reader::Head>> Http1Reader::read_head(Deadline idle, Duration head_time,
                                                                  bool to_head) {
  parser_.begin(to_head);
  std::string no_body;
  Deadline deadline = idle;
  bool begun = false;
  while (true) {
    if (!has_more()) {
      auto got = co_await fill(deadline);
      if (!begun && !got && got.error().id == "timeout") co_return Head::kSilent;
      if (!begun && got && *got == 0) co_return Head::kClosed;
      if (!got) co_return std::move(got).error();
      if (*got == 0) co_return unavailable("the connection ended in the middle of a message head");
    }
    if (!begun) {
      begun = true;
      deadline = Deadline::after(head_time);
    }
    auto event = feed(no_body);
    if (!event) co_return std::move(event).error();
    if (*event == Http1Parser::Event::kHead) co_return Head::kRead;
  }
}

asio::awaitable<Result<bool>> Http1Reader::read_body(std::string& out, Deadline deadline) {
  // Ends of messages need no byte of their own, so the parser is asked before the stream.
  while (true) {
    const std::size_t before = out.size();
    auto event = feed(out);
    if (!event) co_return std::move(event).error();
    if (*event == Http1Parser::Event::kEnd) co_return true;
    if (out.size() > before) co_return false;
    auto got = co_await fill(deadline);
    if (!got) co_return std::move(got).error();
    if (*got > 0) continue;
    if (auto end = parser_.finish(); !end) co_return std::move(end).error();
    co_return true;
  }
}

std::string chunk(std::string_view data) {
  std::array<char, 24> size{};
  const int digits = std::snprintf(size.data(), size.size(), "%zx\r\n", data.size());
  std::string out;
  out.reserve(data.size() + size.size());
  out.append(size.data(), static_cast<std::size_t>(digits));
  out += data;
  out += "\r\n";
  return out;
}

std::string response_head(int status, const HttpHeaders& headers) {
  std::string out = "HTTP/1.1 " + std::to_string(status) + " ";
  out += http_reason(status);
  out += "\r\n";
  for (const auto& [name, value] : headers) {
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
  }
  out += "\r\n";
  return out;
}

}  // namespace certstead
