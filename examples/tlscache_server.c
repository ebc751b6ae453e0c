/* A TLS server of one page that serves every name of a view:
 *   cc tlscache_server.c $(pkg-config --cflags --libs tlscache libssl libcrypto) -o tlscache_server
 *   ./tlscache_server VIEW-DIRECTORY PORT     (port 0: any; it is printed) */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <tlscache/tlscache.h>
#include <unistd.h>

static void log_line(void *user, int kind, const char *line) {
  (void)user;
  fprintf(stderr, "%s%s\n", kind == TLSCACHE_LOG_ERROR ? "error: " : "", line);
}

static int listen_on(unsigned short port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  socklen_t size = sizeof address;
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, 64) != 0) return -1;
  if (getsockname(fd, (struct sockaddr *)&address, &size) != 0) return -1;
  printf("listening on port %d\n", ntohs(address.sin_port));
  fflush(stdout);
  return fd;
}

static void serve(SSL_CTX *context, int client) {
  static const char page[] = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhello\n";
  tlscache_answer answer = TLSCACHE_ANSWER_INIT;
  char request[4096];
  SSL *ssl = SSL_new(context);
  if (ssl != NULL && SSL_set_fd(ssl, client) == 1 && SSL_accept(ssl) == 1) {
    if (tlscache_served(ssl, &answer) == TLSCACHE_OK) {
      printf("served %s, match %s\n", answer.credential, answer.match);
      fflush(stdout);
    }
    if (SSL_read(ssl, request, sizeof request) > 0) SSL_write(ssl, page, sizeof page - 1);
    SSL_shutdown(ssl);
  }
  ERR_clear_error();
  SSL_free(ssl);
  close(client);
}

int main(int argc, char **argv) {
  tlscache_options options = TLSCACHE_OPTIONS_INIT;
  tlscache_policy policy = TLSCACHE_POLICY_INIT;
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  tlscache *cache = NULL;
  int fd;
  if (argc != 3 || context == NULL) return 2;
  signal(SIGPIPE, SIG_IGN);
  options.log = log_line;
  policy.least_tls = 12;
  if (tlscache_open(&cache, argv[1], &options) != TLSCACHE_OK ||
      tlscache_attach(cache, context, &policy) != TLSCACHE_OK) {
    fprintf(stderr, "%s\n", tlscache_error());
    return 1;
  }
  fd = listen_on((unsigned short)atoi(argv[2]));
  if (fd < 0) return 1;
  for (;;) {
    const int client = accept(fd, NULL, NULL);
    if (client >= 0) serve(context, client);
  }
}
