// The call-backs behind the choice: keys of session tickets, and OCSP responses.
#include <openssl/core_names.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstring>
#include <exception>

#include "tlscache/connection.h"

namespace certstead {
namespace {

// What OpenSSL's ticket call-back answers.
constexpr int kFailed = -1, kUnknownKey = 0, kGood = 1, kGoodButRenew = 2;

// Fetched once; never freed, since handshakes may end after everything else.
const EVP_CIPHER* ticket_cipher() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr);
  return cipher;
}

bool set_mac(EVP_MAC_CTX* mac, const TicketKey& key) {
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                               OSSL_PARAM_construct_end()};
  return EVP_MAC_init(mac, key.mac.reveal().data(), key.mac.size(), params) == 1;
}

std::shared_ptr<const TicketKeyRing> ring_for(Connection& connection) {
  CredentialSource& source = connection.attachment->cache->source;
  if (connection.credential != nullptr) {
    return source.ticket_keys(connection.credential->set_id, connection.bound,
                              connection.credential->last_ring.get());
  }
  // Resumed: no certificate was asked for.
  const Result<std::string> set_id = source.set_of(connection.selection.credential);
  return set_id ? source.ticket_keys(*set_id, connection.bound) : nullptr;
}

int make_ticket(const TicketKeyRing& ring, unsigned char* key_name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                EVP_MAC_CTX* mac) {
  const TicketKey& key = ring.keys[ring.current];
  const int size = EVP_CIPHER_get_iv_length(ticket_cipher());
  std::copy(key.name.begin(), key.name.end(), key_name);
  const bool ready =
      RAND_bytes(iv, size) == 1 &&
      EVP_EncryptInit_ex2(cipher, ticket_cipher(), key.cipher.reveal().data(), iv, nullptr) == 1 &&
      set_mac(mac, key);
  return ready ? kGood : kFailed;
}

int open_ticket(const TicketKeyRing& ring, const unsigned char* key_name, const unsigned char* iv,
                EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) {
  const auto found = std::find_if(ring.keys.begin(), ring.keys.end(), [&](const TicketKey& key) {
    return std::memcmp(key.name.data(), key_name, key.name.size()) == 0;
  });
  if (found == ring.keys.end()) return kUnknownKey;
  if (EVP_DecryptInit_ex2(cipher, ticket_cipher(), found->cipher.reveal().data(), iv, nullptr) != 1 ||
      !set_mac(mac, *found)) {
    return kFailed;
  }
  const bool is_current = static_cast<std::size_t>(found - ring.keys.begin()) == ring.current;
  return is_current ? kGood : kGoodButRenew;
}

int answer_ticket_key(SSL* ssl, unsigned char* key_name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                      EVP_MAC_CTX* mac, bool encrypt) {
  Connection* const connection = connection_of(ssl);
  if (connection == nullptr || connection->attachment == nullptr ||
      connection->selection.outcome != Outcome::kChosen) {
    return TlsCache::kNotOurs;
  }
  // Two tickets are made of one look at the view.
  if (connection->ring == nullptr) connection->ring = ring_for(*connection);
  const std::shared_ptr<const TicketKeyRing>& ring = connection->ring;
  if (ring == nullptr) return encrypt ? kFailed : kUnknownKey;
  if (encrypt) return make_ticket(*ring, key_name, iv, cipher, mac);
  const int answer = open_ticket(*ring, key_name, iv, cipher, mac);
  if (answer > kUnknownKey) ++connection->attachment->cache->counters.resumed_tickets;
  // A ticket of TLS 1.3 is used once: without another one the next session would begin anew.
  return answer == kGood && SSL_version(ssl) == TLS1_3_VERSION ? kGoodButRenew : answer;
}

int answer_status(SSL* ssl) {
  const Connection* const connection = connection_of(ssl);
  if (connection == nullptr || connection->credential == nullptr) return SSL_TLSEXT_ERR_NOACK;
  TlsCache::Impl& cache = *connection->attachment->cache;
  const std::optional<Bytes> response = cache.source.staple(connection->credential->leaf_sha256);
  if (!response) return SSL_TLSEXT_ERR_NOACK;
  // OpenSSL takes the copy over.
  auto* const copy = static_cast<unsigned char*>(OPENSSL_memdup(response->data(), response->size()));
  if (copy == nullptr) return SSL_TLSEXT_ERR_NOACK;
  if (SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(response->size())) != 1) {
    OPENSSL_free(copy);
    return SSL_TLSEXT_ERR_NOACK;
  }
  ++cache.counters.staples;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

int TlsCache::on_ticket_key(SSL* ssl, unsigned char* key_name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                            EVP_MAC_CTX* mac, int encrypt) {
  try {
    return answer_ticket_key(ssl, key_name, iv, cipher, mac, encrypt != 0);
  } catch (const std::exception&) {
    return kFailed;
  }
}

int TlsCache::on_status(SSL* ssl) {
  try {
    return answer_status(ssl);
  } catch (const std::exception&) {
    return SSL_TLSEXT_ERR_NOACK;
  }
}

}  // namespace certstead
