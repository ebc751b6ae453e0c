// Whom the client trusts over TLS, and whom it shows itself to.
#include <gtest/gtest.h>

#include <iomanip>
#include <mutex>
#include <sstream>

#include "base/file.h"
#include "base/temp_dir.h"
#include "net/http_client_testing.h"
#include "net/test_tls.h"

namespace certstead {
namespace {

using namespace std::chrono_literals;

TEST(HttpClient, TrustsTheGivenRootsOnly) {
  const TestRoot root = make_test_root();
  const auto context = make_test_server_context(make_test_leaf(root, {"good.test"}));
  Server server(
      [](const HttpExchange& exchange) {
        return HttpReply{200, {}, exchange.tls_server_name};
      },
      context.get());
  const auto ask = [&](const std::string& roots, const std::string& host) {
    HttpClientOptions options;
    options.egress = EgressPolicy::anywhere();
    options.trusted_roots_pem = roots;
    options.resolve = {server.resolve(host)};
    return client_with(std::move(options))->send({.url = server.secure_url(host)}, soon());
  };
  const auto good = ask(root.certificate.to_pem(), "good.test");
  ASSERT_TRUE(good) << good.error().detail;
  EXPECT_EQ(good->body, "good.test");
  for (const auto& [roots, host] : {std::pair{root.certificate.to_pem(), std::string("other.test")},
                                    {make_test_root().certificate.to_pem(), "good.test"},
                                    {std::string(), "good.test"}}) {
    const auto bad = ask(roots, host);
    ASSERT_FALSE(bad) << host;
    EXPECT_EQ(bad.error().code, Code::kDenied);
    EXPECT_EQ(bad.error().id, "tls-not-trusted") << bad.error().detail;
  }
}

TEST(HttpClient, TrustsTheRootsOfTheDirectoryBesideTheGivenOnes) {
  const TestRoot given = make_test_root("Given Root");
  const TestRoot system = make_test_root("System Root");
  const TempDir directory;
  std::ostringstream hash;
  hash << std::hex << std::setw(8) << std::setfill('0')
       << X509_subject_name_hash(system.certificate.native());
  ASSERT_TRUE(
      write_file_atomic(directory.path() / (hash.str() + ".0"), view_bytes(system.certificate.to_pem())));
  for (const TestRoot* root : {&given, &system}) {
    const auto context = make_test_server_context(make_test_leaf(*root, {"good.test"}));
    Server server([](const HttpExchange&) { return HttpReply{}; }, context.get());
    HttpClientOptions options;
    options.egress = EgressPolicy::anywhere();
    options.trusted_roots_pem = given.certificate.to_pem();
    options.trusted_roots_directory = directory.path();
    options.resolve = {server.resolve("good.test")};
    const auto answer =
        client_with(std::move(options))->send({.url = server.secure_url("good.test")}, soon());
    EXPECT_TRUE(answer) << root->certificate.subject() << ": " << answer.error().detail;
  }
}

TEST(HttpClient, ExpiredCertificatesAreRefused) {
  const TestRoot root = make_test_root();
  const auto context = make_test_server_context(make_test_leaf(root, {"old.test"}, -1min));
  Server server([](const HttpExchange&) { return HttpReply{}; }, context.get());
  HttpClientOptions options;
  options.egress = EgressPolicy::anywhere();
  options.trusted_roots_pem = root.certificate.to_pem();
  options.resolve = {server.resolve("old.test")};
  const auto answer = client_with(std::move(options))->send({.url = server.secure_url("old.test")}, soon());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kDenied);
}

TEST(HttpClient, OldTlsIsNotSpoken) {
  const TestRoot root = make_test_root();
  const auto context = make_test_server_context(make_test_leaf(root, {"a.test"}));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
  SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0");
  Server server([](const HttpExchange&) { return HttpReply{}; }, context.get());
  HttpClientOptions options;
  options.egress = EgressPolicy::anywhere();
  options.trusted_roots_pem = root.certificate.to_pem();
  options.resolve = {server.resolve("a.test")};
  EXPECT_FALSE(client_with(std::move(options))->send({.url = server.secure_url("a.test")}, soon()));
}

TEST(HttpClient, ClientCertificateReachesTheHandler) {
  const TestRoot root = make_test_root();
  const TestLeaf member = make_test_leaf(root, {"member.test"});
  const auto context = make_test_server_context(make_test_leaf(root, {"manager.test"}), &root.certificate);
  std::mutex mutex;
  Bytes seen;
  Server server(
      [&](const HttpExchange& exchange) {
        const std::lock_guard hold(mutex);
        seen = exchange.client_certificate;
        return HttpReply{};
      },
      context.get());
  const auto options = [&] {
    HttpClientOptions out;
    out.egress = EgressPolicy::anywhere();
    out.trusted_roots_pem = root.certificate.to_pem();
    out.resolve = {server.resolve("manager.test")};
    return out;
  };
  EXPECT_FALSE(client_with(options())->send({.url = server.secure_url("manager.test")}, soon()));
  HttpClientOptions with = options();
  with.client_certificate_pem = member.certificate.to_pem();
  with.client_key_pem = member.key.to_pkcs8_pem();
  const auto answer = client_with(std::move(with))->send({.url = server.secure_url("manager.test")}, soon());
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(seen, member.certificate.der());
}

}  // namespace
}  // namespace certstead
