#include "tlscache/local_address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "base/file.h"
#include "tlscache/test_handshake.h"

namespace certstead {
namespace {

TEST(LocalAddress, IsReadFromTheSocket) {
  const Fd fd(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const ContextHandle context = server_context();
  const SslHandle ssl(SSL_new(context.get()));
  EXPECT_EQ(socket_address(ssl.get()), "");
  SSL_set_fd(ssl.get(), fd.get());
  EXPECT_EQ(socket_address(ssl.get()), "127.0.0.1");
}

}  // namespace
}  // namespace certstead
