// What the library shows to the programs that load it, and what it brings along.
#include <gtest/gtest.h>

#include <string>

#include "base/program.h"

namespace certstead {
namespace {

std::string output_of(const std::vector<std::string>& argv) {
  const auto ran = run_program(argv, {.most_output = 1U << 20});
  EXPECT_TRUE(ran && ran->ok) << argv.back();
  return ran ? ran->output : "";
}

TEST(PreloadLibrary, ShowsNothingButWhatItStandsInFrontOf) {
  // Some linkers show the name of the version as well, as an absolute symbol.
  const std::string shown =
      output_of({"sh", "-c", "nm -D --defined-only " TLSCACHE_PRELOAD " | awk '$2 != \"A\" {print $3}'"});
  EXPECT_EQ(shown,
            "SSL_CTX_callback_ctrl@@OPENSSL_3.0.0\n"
            "SSL_CTX_new@@OPENSSL_3.0.0\n"
            "SSL_CTX_new_ex@@OPENSSL_3.0.0\n"
            "SSL_CTX_sess_get_get_cb@@OPENSSL_3.0.0\n"
            "SSL_CTX_sess_get_new_cb@@OPENSSL_3.0.0\n"
            "SSL_CTX_sess_set_get_cb@@OPENSSL_3.0.0\n"
            "SSL_CTX_sess_set_new_cb@@OPENSSL_3.0.0\n"
            "SSL_CTX_set_cert_cb@@OPENSSL_3.0.0\n"
            "SSL_CTX_set_client_hello_cb@@OPENSSL_3.0.0\n"
            "SSL_CTX_set_session_id_context@@OPENSSL_3.0.0\n"
            "SSL_CTX_set_tlsext_ticket_key_evp_cb@@OPENSSL_3.0.0\n"
            "SSL_set_cert_cb@@OPENSSL_3.0.0\n"
            "SSL_set_session_id_context@@OPENSSL_3.0.0\n");
}

TEST(PreloadLibrary, StartsNoThreadRunsNothingAtExitAndNeedsFewLibraries) {
  const std::string used = output_of({"nm", "-D", "-u", TLSCACHE_PRELOAD});
  ASSERT_NE(used.find("mdb_env_open"), std::string::npos) << used;
  for (const char* name : {"pthread_create", "atexit", "asan"}) {
    EXPECT_EQ(used.find(name), std::string::npos) << name;
  }
  const std::string needed = output_of({"sh", "-c", "objdump -p " TLSCACHE_PRELOAD " | grep NEEDED"});
  for (const char* name : {"libboost", "libfmt", "libspdlog", "libcurl", "libasan"}) {
    EXPECT_EQ(needed.find(name), std::string::npos) << needed;
  }
}

}  // namespace
}  // namespace certstead
