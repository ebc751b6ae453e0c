/* libtlscache: serves the TLS credentials of a Certstead view from any OpenSSL server, with no reload.
 *
 * A view is a directory that a Certstead member fills (LMDB file and key). Attach it to an SSL_CTX, and each
 * handshake is given the certificate for the name that the client asks for: exact name, wildcard, tag or
 * address, ECDSA or RSA by what the client can verify. What the member writes is served at the next
 * handshake.
 *
 * Errors: functions that can fail return TLSCACHE_OK (0) or a negative code; tlscache_error() has the
 *   sentence. No C++ exception leaves the library, and it never ends the process.
 * Threads: every function may be called from any thread, with the same cache, except tlscache_close(). The
 *   library starts no thread and registers nothing to run at exit. Nothing blocks but for page faults on the
 *   view's file; a writer of the view never makes a handshake wait.
 * Forks: a cache may be used in the child of a fork(). The view is opened again in each child by itself
 *   (pthread_atfork), so a child may give up privileges or chroot() right after. Open the cache before the
 *   process gives up the right to read the view's directory.
 * Ownership: strings and structures that are passed in are only read during the call and stay the caller's.
 * Units: bytes, and seconds since 1970 (UTC).
 * Structures begin with their size, set by the TLSCACHE_..._INIT macros, so that later versions can add
 *   fields; fields that are zero have their defaults.
 * Programs that use it must be linked with the same libssl (3.x) as the library.
 */
#ifndef TLSCACHE_TLSCACHE_H
#define TLSCACHE_TLSCACHE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ssl_st;     /* SSL of <openssl/ssl.h> */
struct ssl_ctx_st; /* SSL_CTX */

/* An open view with what was parsed of it. Opaque. */
typedef struct tlscache tlscache;

/* What functions return. */
#define TLSCACHE_OK 0
#define TLSCACHE_ABSENT (-1)      /* there is no view in that directory yet, or no such thing in it */
#define TLSCACHE_DENIED (-2)      /* this process may not read it, or everybody may read its key */
#define TLSCACHE_INVALID (-3)     /* an argument is wrong, or the view is damaged or of another format */
#define TLSCACHE_CONFLICT (-4)    /* the context is served by a cache already */
#define TLSCACHE_UNAVAILABLE (-5) /* the system says no: memory, reader slots, address space */
#define TLSCACHE_INTERNAL (-6)    /* a defect of the library */

/* Kinds of lines for the log call-back. */
#define TLSCACHE_LOG_ERROR 0  /* something can't be served */
#define TLSCACHE_LOG_NOTICE 1 /* a state has changed */
#define TLSCACHE_LOG_LOOKUP 2 /* request and result of a look-up, while `certstead cache log on` holds */

/* Called from the threads that shake hands; must not block, and must not call this library. `line` has no
 * line end, holds printable characters only, and is valid during the call. */
typedef void (*tlscache_log_function)(void* user, int kind, const char* line);

/* How a cache is opened. */
typedef struct tlscache_options {
  size_t size;               /* of this structure */
  size_t cache_bytes;        /* most that parsed credentials may take, about 9 KiB each; 0: 64 MiB */
  int may_be_absent;         /* not 0: open although there is no readable view yet; look-ups try again each
                                second and find nothing until then */
  tlscache_log_function log; /* NULL: nothing is logged; must be callable until tlscache_close() and the end
                                of all attached contexts */
  void* log_user;            /* handed to `log` */
} tlscache_options;
#define TLSCACHE_OPTIONS_INIT \
  { sizeof(tlscache_options), 0, 0, NULL, NULL }

#define TLSCACHE_PREFER_DEFAULT 0
#define TLSCACHE_PREFER_ECDSA 1
#define TLSCACHE_PREFER_RSA 2

/* How one listener (one SSL_CTX) serves. */
typedef struct tlscache_policy {
  size_t size;          /* of this structure */
  const char* protocol; /* "http" (NULL means it), "smtp", "imap", ...: for the log, and for what clients
                           get that name no signature algorithm */
  int prefer;           /* TLSCACHE_PREFER_..., where the client can verify both; default: ECDSA */
  int prefer_unasked;   /* the same where it names no signature algorithm; default: what the environment
                           says (TLSCACHE_<PROTOCOL>_PREFER_ECDSA=0|1), else ECDSA for http and RSA for
                           every other protocol */
  int serve_unknown;    /* a name for which there is nothing; 0: refuse it with the alert
                           unrecognized_name; not 0: serve the default credentials */
  const char* tag;      /* what clients without SNI get, after what has their address; NULL: the default */
  const char* default_name; /* host name of the default credentials; NULL: none */
  const char* default_tag;  /* their tag; NULL: "keyfile.kyr" */
  int least_tls;            /* 0: leave to the context; 12: TLS 1.2; 13: TLS 1.3 */
  int tickets;              /* session tickets after a full handshake; 0: leave to the context; 1 or 2; -1:
                               none */
} tlscache_policy;
#define TLSCACHE_POLICY_INIT \
  { sizeof(tlscache_policy), NULL, 0, 0, 0, NULL, NULL, NULL, 0, 0 }

/* What a client says, for tlscache_lookup(). */
typedef struct tlscache_query {
  size_t size;                          /* of this structure */
  const char* server_name;              /* as in SNI; NULL: the client sends none */
  const char* local_address;            /* that it reached, in any spelling; NULL: not known */
  int tls12;                            /* not 0: it speaks TLS 1.2 at most */
  const uint16_t* signature_algorithms; /* code points (RFC 8446 section 4.2.3); NULL: it names none */
  size_t signature_algorithm_count;     /* how many */
  const uint16_t* groups;               /* code points (RFC 8446 section 4.2.7); NULL: it names none */
  size_t group_count;                   /* how many */
} tlscache_query;
#define TLSCACHE_QUERY_INIT \
  { sizeof(tlscache_query), NULL, NULL, 0, NULL, 0, NULL, 0 }

/* What was chosen. Texts end with a zero byte; longer ones are cut. */
typedef struct tlscache_answer {
  size_t size;          /* of this structure; set it before the call */
  char match[16];       /* why: "exact", "wildcard", "tag", "address", "default"; "none": nothing chosen */
  char credential[256]; /* id of the credential's version; "" if none, and on resumed sessions */
  char key[24];         /* "p256", "p384", "rsa2048", "rsa3072", "rsa4096"; "" if none, and for
                           tlscache_served() */
  int64_t version;      /* of the credential in its set, from 1; 0 if none */
  int64_t not_after;    /* seconds since 1970; 0 if none, and for tlscache_served() */
} tlscache_answer;
#define TLSCACHE_ANSWER_INIT \
  { sizeof(tlscache_answer), "", "", "", 0, 0 }

/* Counters since the cache was opened, of this process (a child goes on from those of its parent). */
typedef struct tlscache_statistics {
  size_t size;                                        /* of this structure; set it before the call */
  uint64_t lookups;                                   /* client hellos seen */
  uint64_t exact, wildcard, tag, address, by_default; /* how they were answered */
  uint64_t refused;                                   /* there was nothing for them */
  uint64_t unusable;                                  /* nothing that the client can verify */
  uint64_t failed;                                    /* view or credential could not be read */
  uint64_t kept;                                      /* of these: served with what was loaded before */
  uint64_t view_failures;                             /* reads of the view that failed */
  uint64_t view_failing;                              /* 1 while it can't be read; 0 otherwise */
  uint64_t resumed;                                   /* tickets that were opened */
  uint64_t staples;                                   /* OCSP responses that were served */
  uint64_t hits, loads, evictions;                    /* of parsed credentials */
  uint64_t cached, cached_bytes;                      /* parsed credentials now, and what they take */
} tlscache_statistics;
#define TLSCACHE_STATISTICS_INIT \
  { sizeof(tlscache_statistics), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/* Version of the library, "0.1.0". Static. */
const char* tlscache_version(void);

/* The sentence for the last failure on this thread, "" if there was none. Valid until the next call on this
 * thread; never NULL. */
const char* tlscache_error(void);

/* Opens the view in `directory` and puts a cache into *out, which tlscache_close() takes back. Takes as long
 * for a million credentials as for one. `options` may be NULL. On failure *out is NULL.
 * A program that writes the view itself must have it open for writing before. */
int tlscache_open(tlscache** out, const char* directory, const tlscache_options* options);

/* From now on `context` serves from `cache`: sets its client-hello, certificate, ticket-key and status
 * call-backs. It needs no certificate of its own. Call it once for each context, before handshakes begin.
 * `policy` may be NULL. */
int tlscache_attach(tlscache* cache, struct ssl_ctx_st* context, const tlscache_policy* policy);

/* The address that a client without SNI reached, for connections whose SSL has no socket of its own. Call it
 * before the handshake. */
int tlscache_set_local_address(struct ssl_st* ssl, const char* address);

/* What a client would get now. `policy` may be NULL. TLSCACHE_ABSENT if nothing would be chosen; `answer` is
 * filled in all the same. */
int tlscache_lookup(tlscache* cache, const tlscache_query* query, const tlscache_policy* policy,
                    tlscache_answer* answer);

/* What this connection was given; call it after the handshake. TLSCACHE_ABSENT if its context is not attached
 * or nothing was chosen. */
int tlscache_served(const struct ssl_st* ssl, tlscache_answer* answer);

/* Fills in `statistics`. */
int tlscache_get_statistics(tlscache* cache, tlscache_statistics* statistics);

/* Opens the view again in the child of a fork() now, which happens by itself otherwise: for children that
 * were made past pthread_atfork (clone(), vfork()) and lose the path. No effect in the process that opened
 * it. */
int tlscache_reopen(tlscache* cache);

/* Lets the cache go; NULL is allowed. Contexts that are attached keep what they need and go on serving; it is
 * freed with the last of them. Nothing may use `cache` after this call began. */
void tlscache_close(tlscache* cache);

#ifdef __cplusplus
}
#endif

#endif
