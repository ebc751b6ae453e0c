#include "tlscache/client_hello.h"

#include <algorithm>

namespace certstead {
namespace {

constexpr std::uint16_t kTls13 = 0x0304;

std::size_t number_at(BytesView bytes, std::size_t at, int size) {
  std::size_t value = 0;
  for (int i = 0; i < size; ++i) value = (value << 8) | bytes[at + static_cast<std::size_t>(i)];
  return value;
}

std::optional<BytesView> extension(SSL* ssl, unsigned type) {
  const unsigned char* data = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(ssl, type, &data, &size) != 1) return {};
  return BytesView(data, size);
}

std::optional<std::vector<std::uint16_t>> numbers_of(SSL* ssl, unsigned type) {
  const std::optional<BytesView> body = extension(ssl, type);
  if (!body) return {};
  return parse_numbers(*body, 2);
}

bool allows_tls13(const SSL* ssl) {
  const long most = SSL_get_max_proto_version(const_cast<SSL*>(ssl));
  return (most == 0 || most >= TLS1_3_VERSION) && (SSL_get_options(ssl) & SSL_OP_NO_TLSv1_3) == 0;
}

bool speaks_tls13(SSL* ssl) {
  const std::optional<BytesView> body = extension(ssl, TLSEXT_TYPE_supported_versions);
  if (!body || !allows_tls13(ssl)) return false;
  const auto versions = parse_numbers(*body, 1);
  return versions && std::find(versions->begin(), versions->end(), kTls13) != versions->end();
}

// A TLS 1.2 suite names the kind of key that the server proves itself with.
void read_suites(SSL* ssl, ClientHello& hello) {
  hello.ecdsa_suites = hello.rsa_suites = false;
  const unsigned char* data = nullptr;
  const std::size_t size = SSL_client_hello_get0_ciphers(ssl, &data);
  const STACK_OF(SSL_CIPHER)* ours = SSL_get_ciphers(ssl);
  for (std::size_t at = 0; at + 2 <= size && !(hello.ecdsa_suites && hello.rsa_suites); at += 2) {
    const SSL_CIPHER* const suite = SSL_CIPHER_find(ssl, data + at);
    if (suite == nullptr) continue;
    bool& kind = SSL_CIPHER_get_auth_nid(suite) == NID_auth_ecdsa ? hello.ecdsa_suites : hello.rsa_suites;
    const int auth = SSL_CIPHER_get_auth_nid(suite);
    if (kind || (auth != NID_auth_ecdsa && auth != NID_auth_rsa)) continue;
    for (int i = 0; i < sk_SSL_CIPHER_num(ours) && !kind; ++i) kind = sk_SSL_CIPHER_value(ours, i) == suite;
  }
}

}  // namespace

std::optional<std::string> parse_server_name(BytesView body) {
  constexpr std::uint8_t kHostName = 0;
  if (body.size() < 2 || number_at(body, 0, 2) != body.size() - 2) return {};
  BytesView rest = body.subspan(2);
  while (rest.size() >= 3) {
    const std::size_t size = number_at(rest, 1, 2);
    if (size > rest.size() - 3) return {};
    if (rest[0] == kHostName) return to_text(rest.subspan(3, size));
    rest = rest.subspan(3 + size);
  }
  return {};
}

std::optional<std::vector<std::uint16_t>> parse_numbers(BytesView body, int length_bytes) {
  const auto header = static_cast<std::size_t>(length_bytes);
  if (body.size() < header || number_at(body, 0, length_bytes) != body.size() - header) return {};
  if ((body.size() - header) % 2 != 0) return {};
  std::vector<std::uint16_t> out;
  out.reserve((body.size() - header) / 2);
  for (std::size_t at = header; at < body.size(); at += 2) {
    out.push_back(static_cast<std::uint16_t>(number_at(body, at, 2)));
  }
  return out;
}

ClientHello read_client_hello(SSL* ssl) {
  ClientHello out;
  if (const std::optional<BytesView> body = extension(ssl, TLSEXT_TYPE_server_name)) {
    out.server_name_text = parse_server_name(*body).value_or("");
    if (Result<DomainName> name = DomainName::parse(*out.server_name_text))
      out.server_name = std::move(*name);
  }
  out.tls13 = speaks_tls13(ssl);
  out.signature_algorithms = numbers_of(ssl, TLSEXT_TYPE_signature_algorithms);
  out.groups = numbers_of(ssl, TLSEXT_TYPE_supported_groups);
  if (!out.tls13) read_suites(ssl, out);
  return out;
}

}  // namespace certstead
