#include "session_binding.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace certstead {
namespace {

// Before the session-id context, in what OpenSSL encodes with a session for applications.
constexpr std::string_view kMark = "tlscache binding";

std::string_view application_data(SSL_SESSION* session) {
  void* data = nullptr;
  std::size_t size = 0;
  if (SSL_SESSION_get0_ticket_appdata(session, &data, &size) != 1 || data == nullptr) return {};
  return {static_cast<const char*>(data), size};
}

}  // namespace

void keep_binding(SSL* ssl) {
  SSL_SESSION* const session = SSL_get_session(ssl);
  if (session == nullptr || !application_data(session).empty()) return;
  unsigned size = 0;
  const unsigned char* const context = SSL_SESSION_get0_id_context(session, &size);
  std::array<unsigned char, kMark.size() + SSL_MAX_SID_CTX_LENGTH> out{};
  if (size > SSL_MAX_SID_CTX_LENGTH) return;
  std::copy(kMark.begin(), kMark.end(), out.begin());
  std::copy_n(context, size, out.begin() + kMark.size());
  SSL_SESSION_set1_ticket_appdata(session, out.data(), kMark.size() + size);
}

void restore_binding(SSL_SESSION* session) {
  if (session == nullptr) return;
  std::string_view kept = application_data(session);
  if (!kept.starts_with(kMark)) return;
  kept.remove_prefix(kMark.size());
  unsigned size = 0;
  const unsigned char* const context = SSL_SESSION_get0_id_context(session, &size);
  // Not written for nothing: others may read it.
  if (kept == std::string_view(reinterpret_cast<const char*>(context), size)) return;
  SSL_SESSION_set1_id_context(session, reinterpret_cast<const unsigned char*>(kept.data()),
                              static_cast<unsigned>(kept.size()));
}

}  // namespace certstead
