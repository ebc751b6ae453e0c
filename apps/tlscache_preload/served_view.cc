#include "served_view.h"

#include <cerrno>
#include <cstdlib>

namespace certstead {
namespace {

// Nothing for programs that run with more rights than who started them.
std::string variable(const std::string& name) {
  const char* const value = ::secure_getenv(name.c_str());
  return value == nullptr ? "" : value;
}

}  // namespace

ServedView& ServedView::instance() {
  static ServedView* const instance = new ServedView;
  return *instance;
}

void ServedView::start() {
  if (opens_at_start(variable, ::program_invocation_short_name)) instance().open();
}

ServedView::ServedView() {
  Result<PreloadSettings> read = read_preload_settings(variable, ::program_invocation_short_name);
  log_.open(variable("TLSCACHE_LOG"));
  if (read) {
    settings_ = std::move(*read);
  } else {
    log_.error("tlscache.settings", {{"error", read.error().detail}, {"serving", "own certificate"}});
  }
}

std::shared_ptr<const Attachment> ServedView::attachment() const {
  const auto* const held = attachment_.load(std::memory_order_acquire);
  return held == nullptr ? nullptr : *held;
}

void ServedView::open() {
  if (!wanted() || attachment_.load(std::memory_order_acquire) != nullptr) return;
  const std::unique_lock<std::mutex> hold(mutex_, std::try_to_lock);
  if (!hold || attachment_.load(std::memory_order_acquire) != nullptr) return;
  if (const Status opened = open_locked(); !opened) {
    log_.error("tlscache.closed", {{"error", opened.error().detail}, {"serving", "own certificate"}});
  }
}

Status ServedView::open_locked() {
  TlsCacheOptions options;
  options.cache_bytes = settings_.cache_bytes;
  options.log = &log_;
  options.may_be_absent = true;
  options.reopen_in_child = true;
  options.lookup_log = [this](std::string_view line) { log_.info("tlscache.lookup", {{"line", line}}); };
  if (cache_ == nullptr) {
    TRY(cache_, TlsCache::open(settings_.view, options));
  }
  TRY(std::shared_ptr<const Attachment> attachment, cache_->attachment(settings_.policy));
  attachment_.store(new std::shared_ptr<const Attachment>(std::move(attachment)), std::memory_order_release);
  log_.info("tlscache.open", {{"view", settings_.view}, {"protocol", settings_.policy.protocol}});
  return Done{};
}

}  // namespace certstead
