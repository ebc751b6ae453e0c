#include "net/http1_parser.h"

#include <llhttp/llhttp.h>

#include <algorithm>
#include <array>

#include "net/http1_head.h"

namespace certstead {

struct Http1Parser::Impl {
  enum class State { kHead, kBody, kEnd, kBroken };

  Impl(Kind which, Limits most) : kind(which), limits(most) { llhttp_settings_init(&settings); }

  const Kind kind;
  const Limits limits;
  llhttp_settings_t settings{};
  llhttp_t parser{};
  State state = State::kHead;
  Http1HeadScanner scanner;
  std::string head_text;
  Http1Head head;
  bool to_head = false;
  std::string* body = nullptr;  // where call-backs put body bytes, during one call only
  std::size_t overhead = 0;     // bytes of chunk lines and trailers taken since a body byte came

  static Impl& of(llhttp_t* parser) { return *static_cast<Impl*>(parser->data); }
  Result<Progress> take_head(std::string_view data, std::string& out);
  Status read_head();
  Result<Progress> take_body(std::string_view data, std::string& out);
  Error broken(Error error) {
    state = State::kBroken;
    return error;
  }
};

namespace {

bool has_no_body(const Http1Head& head, bool to_head) {
  return to_head || head.status / 100 == 1 || head.status == 204 || head.status == 304;
}

}  // namespace

Http1Parser::Http1Parser(Kind kind, Limits limits) : impl_(std::make_unique<Impl>(kind, limits)) {
  llhttp_settings_t& settings = impl_->settings;
  settings.on_headers_complete = [](llhttp_t* parser) -> int {
    Impl& self = Impl::of(parser);
    parser->upgrade = 0;  // another protocol is never taken up, so bytes after the head are HTTP
    self.head.keep_alive = llhttp_should_keep_alive(parser) != 0;
    const bool skip = parser->type == HTTP_RESPONSE && has_no_body(self.head, self.to_head);
    return skip ? 1 : 0;
  };
  settings.on_message_complete = [](llhttp_t*) -> int { return HPE_PAUSED; };
  settings.on_body = [](llhttp_t* parser, const char* at, std::size_t size) -> int {
    Impl& self = Impl::of(parser);
    self.body->append(at, size);
    return 0;
  };
  begin();
}

Http1Parser::~Http1Parser() = default;

void Http1Parser::begin(bool to_head) {
  Impl& self = *impl_;
  llhttp_init(&self.parser, self.kind == Kind::kRequest ? HTTP_REQUEST : HTTP_RESPONSE, &self.settings);
  self.parser.data = &self;
  self.state = Impl::State::kHead;
  self.scanner = {};
  self.head_text.clear();
  self.head = {};
  self.to_head = to_head;
  self.overhead = 0;
}

const Http1Head& Http1Parser::head() const { return impl_->head; }
bool Http1Parser::started() const { return impl_->state != Impl::State::kHead || !impl_->head_text.empty(); }

Result<Http1Parser::Progress> Http1Parser::feed(std::string_view data, std::string& body) {
  switch (impl_->state) {
    case Impl::State::kHead:
      return impl_->take_head(data, body);
    case Impl::State::kBody:
      return impl_->take_body(data, body);
    case Impl::State::kEnd:
      return Progress{0, Event::kEnd};
    case Impl::State::kBroken:
      break;
  }
  return internal("an HTTP message was read on after an error");
}

Result<Http1Parser::Progress> Http1Parser::Impl::take_head(std::string_view data, std::string& out) {
  const std::size_t room = limits.header_bytes - std::min(head_text.size(), limits.header_bytes);
  const auto used = scanner.scan(data.substr(0, room + 1));
  if (!used) return broken(used.error());
  head_text.append(data.substr(0, *used));
  if (head_text.size() > limits.header_bytes) {
    return broken({Code::kLimited,
                   "the message head is longer than " + std::to_string(limits.header_bytes) + " bytes"});
  }
  if (!scanner.complete()) return Progress{*used, Event::kMore};
  body = &out;
  if (auto read = read_head(); !read) return broken(std::move(read).error());
  return Progress{*used, Event::kHead};
}

// Both readers have to agree: our own on every line, llhttp on what it means.
Status Http1Parser::Impl::read_head() {
  auto checked = check_http1_head(head_text, kind, limits.header_count);
  if (!checked) return std::move(checked).error();
  head = std::move(*checked);
  if (kind == Kind::kRequest && head.method == "CONNECT") return invalid("CONNECT is not served here");
  if (kind == Kind::kResponse && head.status == 101)
    return invalid("the answer changes the protocol unasked");
  const llhttp_errno_t code = llhttp_execute(&parser, head_text.data(), head_text.size());
  if (code != HPE_OK && code != HPE_PAUSED) {
    return invalid(std::string("the message head is no proper HTTP: ") + llhttp_errno_name(code));
  }
  const bool ended = code == HPE_PAUSED;
  head.has_body = !ended;
  state = State::kBody;
  if (ended) state = State::kEnd;
  return Done{};
}

Result<Http1Parser::Progress> Http1Parser::Impl::take_body(std::string_view data, std::string& out) {
  body = &out;
  const std::size_t before = out.size();
  const llhttp_errno_t code = llhttp_execute(&parser, data.data(), data.size());
  std::size_t used = data.size();
  if (code == HPE_PAUSED) {
    used = static_cast<std::size_t>(llhttp_get_error_pos(&parser) - data.data());
    state = State::kEnd;
  } else if (code != HPE_OK) {
    return broken(invalid(std::string("the message body is no proper HTTP: ") + llhttp_errno_name(code)));
  }
  overhead = out.size() > before ? 0 : overhead + used;
  if (overhead > limits.header_bytes && state != State::kEnd) {
    return broken(invalid("the chunk lines or trailers of the message are too long"));
  }
  return Progress{used, state == State::kEnd ? Event::kEnd : Event::kMore};
}

Status Http1Parser::finish() {
  const bool until_close = impl_->kind == Kind::kResponse && impl_->state == Impl::State::kBody &&
                           !impl_->head.chunked && !impl_->head.content_length;
  if (until_close || impl_->state == Impl::State::kEnd) {
    impl_->state = Impl::State::kEnd;
    return Done{};
  }
  return unavailable("the connection ended in the middle of a message");
}

}  // namespace certstead
