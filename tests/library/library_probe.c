/* Uses the installed libtlscache the way a foreign program would. Says what is wrong and ends with 1.
 *   library_probe api DIRECTORY       every function, good and bad arguments
 *   library_probe fork DIRECTORY      children without privileges in an empty root (needs root)
 *   library_probe late DIRECTORY      opened before there is a view: waits for a line on standard input */
#define _GNU_SOURCE
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <tlscache/tlscache.h>
#include <unistd.h>

#define REQUIRE(condition)                                                                  \
  do {                                                                                      \
    if (!(condition)) {                                                                     \
      fprintf(stderr, "line %d: %s (%s)\n", __LINE__, #condition, tlscache_error());        \
      exit(1);                                                                              \
    }                                                                                       \
  } while (0)

static int notices, lookups_logged;
static void count_lines(void *user, int kind, const char *line) {
  REQUIRE(user == &notices && line != NULL);
  if (kind == TLSCACHE_LOG_LOOKUP) {
    ++lookups_logged;
  } else {
    ++notices;
  }
}

/* One handshake in memory. Not 0 if it succeeds. */
static int shake(SSL_CTX *server_context, const char *name) {
  SSL_CTX *client_context = SSL_CTX_new(TLS_client_method());
  SSL *client = SSL_new(client_context), *server = SSL_new(server_context);
  BIO *one, *other;
  int good = 0, turn;
  REQUIRE(BIO_new_bio_pair(&one, 1 << 16, &other, 1 << 16) == 1);
  SSL_set_bio(client, one, one);
  SSL_set_bio(server, other, other);
  SSL_set_connect_state(client);
  SSL_set_accept_state(server);
  SSL_set_tlsext_host_name(client, name);
  for (turn = 0; turn < 10 && !good; ++turn) {
    const int there = SSL_do_handshake(client), here = SSL_do_handshake(server);
    good = there == 1 && here == 1;
  }
  if (good) {
    tlscache_answer answer = TLSCACHE_ANSWER_INIT;
    REQUIRE(tlscache_served(server, &answer) == TLSCACHE_OK);
    REQUIRE(strcmp(answer.match, "exact") == 0 && answer.version == 1 && answer.credential[0] != '\0');
  }
  ERR_clear_error();
  SSL_free(client);
  SSL_free(server);
  SSL_CTX_free(client_context);
  return good;
}

static SSL_CTX *attached(tlscache *cache) {
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  REQUIRE(tlscache_attach(cache, context, NULL) == TLSCACHE_OK);
  return context;
}

static void ask(tlscache *cache) {
  static const uint16_t rsa_only[] = {0x0804}, both[] = {0x0403, 0x0804};
  tlscache_query query = TLSCACHE_QUERY_INIT;
  tlscache_answer answer = TLSCACHE_ANSWER_INIT;
  tlscache_policy policy = TLSCACHE_POLICY_INIT;
  query.server_name = "WWW.example.test.";
  query.signature_algorithms = both;
  query.signature_algorithm_count = 2;
  REQUIRE(tlscache_lookup(cache, &query, NULL, &answer) == TLSCACHE_OK);
  REQUIRE(strcmp(answer.key, "p256") == 0 && answer.not_after > 1700000000);
  query.signature_algorithms = rsa_only;
  query.signature_algorithm_count = 1;
  REQUIRE(tlscache_lookup(cache, &query, NULL, &answer) == TLSCACHE_OK);
  REQUIRE(strcmp(answer.key, "rsa2048") == 0);
  query.server_name = "other.test";
  REQUIRE(tlscache_lookup(cache, &query, NULL, &answer) == TLSCACHE_ABSENT);
  REQUIRE(strcmp(answer.match, "none") == 0);
  policy.serve_unknown = 1;
  policy.default_name = "www.example.test";
  REQUIRE(tlscache_lookup(cache, &query, &policy, &answer) == TLSCACHE_OK);
  REQUIRE(strcmp(answer.match, "default") == 0);
  query.server_name = NULL;
  query.local_address = "[2001:0DB8::0:1]";
  REQUIRE(tlscache_lookup(cache, &query, &policy, &answer) == TLSCACHE_OK);
  REQUIRE(strcmp(answer.match, "address") == 0 && strcmp(answer.key, "rsa2048") == 0);
  query.local_address = "nonsense";
  REQUIRE(tlscache_lookup(cache, &query, &policy, &answer) == TLSCACHE_INVALID);
  query.local_address = NULL;
  policy.default_name = "no name";
  REQUIRE(tlscache_lookup(cache, &query, &policy, &answer) == TLSCACHE_INVALID);
  REQUIRE(tlscache_lookup(cache, NULL, NULL, &answer) == TLSCACHE_INVALID);
  answer.size = 0;
  policy.default_name = NULL;
  REQUIRE(tlscache_lookup(cache, &query, &policy, &answer) == TLSCACHE_INVALID);
  REQUIRE(tlscache_lookup(cache, &query, &policy, NULL) == TLSCACHE_INVALID);
}

static void refuse(tlscache *cache, const char *directory) {
  tlscache *none = (tlscache *)&none;
  tlscache_policy policy = TLSCACHE_POLICY_INIT;
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  SSL *ssl = SSL_new(context);
  REQUIRE(tlscache_open(&none, "/nowhere/at/all", NULL) == TLSCACHE_ABSENT && none == NULL);
  REQUIRE(strstr(tlscache_error(), "/nowhere/at/all") != NULL);
  REQUIRE(tlscache_open(NULL, directory, NULL) == TLSCACHE_INVALID);
  REQUIRE(tlscache_open(&none, NULL, NULL) == TLSCACHE_INVALID);
  REQUIRE(tlscache_attach(NULL, context, NULL) == TLSCACHE_INVALID);
  REQUIRE(tlscache_attach(cache, NULL, NULL) == TLSCACHE_INVALID);
  policy.least_tls = 11;
  REQUIRE(tlscache_attach(cache, context, &policy) == TLSCACHE_INVALID);
  REQUIRE(tlscache_attach(cache, context, NULL) == TLSCACHE_OK);
  REQUIRE(tlscache_attach(cache, context, NULL) == TLSCACHE_CONFLICT);
  REQUIRE(tlscache_set_local_address(ssl, "nonsense") == TLSCACHE_INVALID);
  REQUIRE(tlscache_set_local_address(ssl, "192.0.2.1") == TLSCACHE_OK);
  REQUIRE(tlscache_get_statistics(NULL, NULL) == TLSCACHE_INVALID);
  tlscache_close(NULL);
  SSL_free(ssl);
  SSL_CTX_free(context);
}

static void use_everything(const char *directory) {
  tlscache_options options = TLSCACHE_OPTIONS_INIT;
  tlscache_statistics statistics = TLSCACHE_STATISTICS_INIT;
  tlscache *cache = NULL;
  SSL_CTX *context;
  options.log = count_lines;
  options.log_user = &notices;
  REQUIRE(strlen(tlscache_version()) > 2);
  REQUIRE(tlscache_open(&cache, directory, &options) == TLSCACHE_OK);
  refuse(cache, directory);
  ask(cache);
  context = attached(cache);
  REQUIRE(shake(context, "www.example.test"));
  REQUIRE(!shake(context, "other.test"));
  REQUIRE(tlscache_get_statistics(cache, &statistics) == TLSCACHE_OK);
  REQUIRE(statistics.lookups == 2 && statistics.exact == 1 && statistics.refused == 1);
  REQUIRE(statistics.cached == 1 && statistics.cached_bytes > 1000);
  REQUIRE(lookups_logged == 4); /* the test has switched it on */
  statistics.size = offsetof(tlscache_statistics, exact);
  statistics.exact = 77;
  REQUIRE(tlscache_get_statistics(cache, &statistics) == TLSCACHE_OK && statistics.exact == 77);
  REQUIRE(tlscache_reopen(cache) == TLSCACHE_OK);
  tlscache_close(cache);
  REQUIRE(shake(context, "www.example.test"));
  SSL_CTX_free(context);
}

static void leave_everything(void) {
  char empty[] = "/tmp/tlscache-probe-XXXXXX";
  REQUIRE(mkdtemp(empty) != NULL && chdir(empty) == 0 && rmdir(empty) == 0 && chroot(".") == 0);
  REQUIRE(setgid(65534) == 0 && setuid(65534) == 0);
  REQUIRE(access("/tmp", F_OK) != 0);
}

/* The cache is opened and used in the parent; workers give everything up and read the view all the same. */
static void serve_in_children(const char *directory) {
  tlscache_statistics statistics = TLSCACHE_STATISTICS_INIT;
  tlscache *cache = NULL;
  SSL_CTX *context;
  int round, status;
  REQUIRE(tlscache_open(&cache, directory, NULL) == TLSCACHE_OK);
  context = attached(cache);
  REQUIRE(shake(context, "www.example.test"));
  for (round = 0; round < 3; ++round) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      leave_everything();
      REQUIRE(shake(context, "www.example.test"));
      REQUIRE(shake(context, "fresh.example.test")); /* not loaded before */
      REQUIRE(!shake(context, "other.test"));
      REQUIRE(tlscache_get_statistics(cache, &statistics) == TLSCACHE_OK && statistics.view_failures == 0);
      _exit(0);
    }
    REQUIRE(waitpid(child, &status, 0) == child && status == 0);
  }
  REQUIRE(shake(context, "www.example.test"));
  SSL_CTX_free(context);
  tlscache_close(cache);
}

static void open_late(const char *directory) {
  tlscache_options options = TLSCACHE_OPTIONS_INIT;
  tlscache *cache = NULL;
  SSL_CTX *context;
  char line[16];
  options.may_be_absent = 1;
  REQUIRE(tlscache_open(&cache, directory, NULL) == TLSCACHE_ABSENT);
  REQUIRE(tlscache_open(&cache, directory, &options) == TLSCACHE_OK);
  context = attached(cache);
  REQUIRE(!shake(context, "www.example.test"));
  printf("waiting\n");
  fflush(stdout);
  REQUIRE(fgets(line, sizeof line, stdin) != NULL);
  while (!shake(context, "www.example.test")) usleep(100000);
  SSL_CTX_free(context);
  tlscache_close(cache);
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "api") == 0) {
    use_everything(argv[2]);
  } else if (argc == 3 && strcmp(argv[1], "fork") == 0) {
    serve_in_children(argv[2]);
  } else if (argc == 3 && strcmp(argv[1], "late") == 0) {
    open_late(argv[2]);
  } else {
    return 2;
  }
  printf("good\n");
  return 0;
}
