#include "tlscache/connection.h"

namespace certstead {
namespace {

using AttachmentHandle = std::shared_ptr<const Attachment>;

void free_attachment(void*, void* held, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<AttachmentHandle*>(held);
}
void free_connection(void*, void* held, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<Connection*>(held);
}
// SSL_dup() must not share what one of the two will free.
int forget_on_copy(CRYPTO_EX_DATA*, const CRYPTO_EX_DATA*, void** held, int, long, void*) {
  *held = nullptr;
  return 1;
}

int context_slot() {
  static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, forget_on_copy, free_attachment);
  return slot;
}
int connection_slot() {
  static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, forget_on_copy, free_connection);
  return slot;
}

}  // namespace

Status set_attachment(SSL_CTX* context, std::shared_ptr<const Attachment> attachment) {
  if (SSL_CTX_get_ex_data(context, context_slot()) != nullptr) {
    return conflict("this SSL_CTX is served by a TLS cache already; attach each context once");
  }
  auto held = std::make_unique<AttachmentHandle>(std::move(attachment));
  if (connection_slot() < 0 || SSL_CTX_set_ex_data(context, context_slot(), held.get()) != 1) {
    return openssl_error("attaching the TLS cache");
  }
  static_cast<void>(held.release());
  return Done{};
}

std::shared_ptr<const Attachment> attachment_of(const SSL* ssl) {
  const auto* held =
      static_cast<const AttachmentHandle*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), context_slot()));
  return held == nullptr ? nullptr : *held;
}

Connection* connection_of(const SSL* ssl) {
  return static_cast<Connection*>(SSL_get_ex_data(ssl, connection_slot()));
}

Connection* make_connection(SSL* ssl) {
  if (Connection* const there = connection_of(ssl)) return there;
  auto fresh = std::make_unique<Connection>();
  if (SSL_set_ex_data(ssl, connection_slot(), fresh.get()) != 1) return nullptr;
  return fresh.release();
}

}  // namespace certstead
