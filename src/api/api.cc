#include "api/api.h"

#include <exception>

#include "api/problem.h"
#include "api/router.h"
#include "base/text.h"

namespace certstead {

bool LongPolls::enter() {
  const std::lock_guard hold(mutex_);
  if (stopping_ || waiting_ >= most_) return false;
  ++waiting_;
  return true;
}

void LongPolls::leave() {
  const std::lock_guard hold(mutex_);
  --waiting_;
}

bool LongPolls::pause() {
  std::unique_lock hold(mutex_);
  return !wake_.wait_for(hold, interval_, [this] { return stopping_; });
}

void LongPolls::stop() {
  {
    const std::lock_guard hold(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
}

struct Api::Impl {
  Impl(Manager use_cases, ApiOptions given, LogSink& sink)
      : manager(std::move(use_cases)), options(std::move(given)), log(sink) {}

  Manager manager;
  ApiOptions options;
  LogSink& log;
  LongPolls polls{options.long_polls, options.poll_interval};

  Result<HttpReply> run(const HttpExchange& http, const Match& match);
  HttpReply answer(const HttpExchange& http);
  HttpReply refuse(const HttpExchange& http, const Error& error);
};

namespace {

constexpr std::string_view kInterfacePrefix = "/api/";

Result<Actor> actor_of(const HttpExchange& http) {
  if (http.peer) return Actor{"uid:" + std::to_string(http.peer->uid)};
  if (!http.path.starts_with(kInterfacePrefix)) return Actor{"unknown"};
  return denied("the manager takes orders over its Unix socket only");
}

}  // namespace

Result<HttpReply> Api::Impl::run(const HttpExchange& http, const Match& match) {
  TRY(const Actor actor, actor_of(http));
  TRY(const Query query, Query::parse(http.query, match.route->query));
  return match.route->run({http, match.params, query, actor, manager, polls, options});
}

HttpReply Api::Impl::refuse(const HttpExchange& http, const Error& error) {
  if (error.code == Code::kInternal) {
    log.error("api.failed", {{"method", http.method}, {"path", http.path}, {"detail", error.detail}});
  }
  return to_reply(error);
}

HttpReply Api::Impl::answer(const HttpExchange& http) {
  const auto match = find_route(routes(), http.method, http.path);
  if (!match) {
    HttpReply reply = refuse(http, match.error().error);
    if (!match.error().allow.empty()) reply.headers.add("Allow", match.error().allow);
    return reply;
  }
  Result<HttpReply> reply = run(http, *match);
  return reply ? *std::move(reply) : refuse(http, reply.error());
}

Api::Api(Manager manager, ApiOptions options, LogSink& log)
    : impl_(std::make_unique<Impl>(std::move(manager), std::move(options), log)) {}

Api::~Api() { stop(); }

void Api::stop() { impl_->polls.stop(); }

HttpReply Api::handle(const HttpExchange& http) {
  HttpReply reply;
  try {
    reply = impl_->answer(http);
  } catch (const std::exception& problem) {
    reply = impl_->refuse(http, internal(problem.what()));
  }
  reply.headers.set("Cache-Control", "no-store");
  return reply;
}

}  // namespace certstead
