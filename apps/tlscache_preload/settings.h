// What the environment says of how an unmodified program serves.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "base/result.h"
#include "tlscache/policy.h"

namespace certstead {

struct PreloadSettings {
  std::string view;  // directory; empty: the program runs as without us
  std::string log;   // a file, "syslog", or empty for nothing
  std::size_t cache_bytes = std::size_t{64} << 20;
  ServePolicy policy = {};
};

// The value of a variable of the environment; empty if it is not set.
using Variables = std::function<std::string(const std::string& name)>;

// `program` is the name of the running program, from which the protocol follows where none is set. kInvalid
// names the variable that can't be understood.
//
//   TLSCACHE_VIEW                  directory of the view
//   TLSCACHE_DISABLE               1: do nothing
//   TLSCACHE_PROTOCOL              http, smtp, imap, ...
//   TLSCACHE_PREFER                ecdsa or rsa, where the client can verify both
//   TLSCACHE_<PROTO>_PREFER_ECDSA  1 or 0, where the client names no signature algorithm
//   TLSCACHE_ON_UNKNOWN            own, default or refuse
//   TLSCACHE_TAG                   for clients that send no name: a tag, a host name or "*.name"
//   TLSCACHE_DEFAULT_NAME          whose credentials the default is; this machine's name if absent
//   TLSCACHE_OPEN                  start: open the view when the program starts, not with its first context
//   TLSCACHE_LOG                   a file, or syslog
//   TLSCACHE_CACHE_BYTES           bound of what is kept parsed
Result<PreloadSettings> read_preload_settings(const Variables& variables, const std::string& program);

// True for programs that make their contexts only after they have given away what opens the view, as
// Dovecot's login processes do; and for those with TLSCACHE_OPEN=start.
bool opens_at_start(const Variables& variables, const std::string& program);

// "imap" for "imap-login", "smtp" for "smtpd", "http" for what is not known.
std::string protocol_of(const std::string& program);

}  // namespace certstead
