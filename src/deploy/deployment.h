// One deployment as its file in deploy.d says it: which credentials go where on this host, what is run, and
// what proves it.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/key_type.h"

namespace certstead {

enum class Layout { kCertbot, kCombined, kFiles, kPkcs12, kHaproxy };
// "certbot", "combined", "files", "pkcs12", "haproxy".
std::string_view layout_name(Layout layout);
Result<Layout> parse_layout(std::string_view text);

enum class KeyKind { kEcdsa, kRsa };
// "ecdsa", "rsa"
std::string_view key_kind_name(KeyKind kind);
inline KeyKind kind_of(KeyType type) { return is_rsa(type) ? KeyKind::kRsa : KeyKind::kEcdsa; }

// Owner and mode of what is written.
struct Permissions {
  std::string owner, group;  // names or numbers; empty: who runs this
  int mode = 0600;           // of files with a private key
  int public_mode = 0644;    // of files without
};

// Commands, each a program by its full path or a name in /usr/sbin:/usr/bin:/sbin:/bin, and its arguments.
// Empty: none. No shell reads them.
struct Hooks {
  std::vector<std::string> pre;     // before anything is written; its failure ends the deployment
  std::vector<std::string> check;   // with the new files in place; its failure takes them back
  std::vector<std::string> reload;  // tells the service; its failure takes the files back
  std::vector<std::string> post;    // when all is done; its failure is reported, no more
  std::chrono::seconds limit{60};   // for each; then its process group is killed
};

// Paths, the lineage and "chain" may have {key} in them, which stands for "ecdsa" or "rsa"; where two kinds
// of key are deployed it has to be there (but in the layout haproxy, which names files by kind itself).
struct Deployment {
  std::string name;            // of the file, without .toml
  std::string set;             // whose credentials
  std::vector<KeyKind> kinds;  // empty: all that the set has
  Layout layout = Layout::kCombined;
  std::string
      path;  // certbot: the directory of live and archive; combined, pkcs12: the file; haproxy: a directory
  std::string
      lineage;  // certbot: the name in live and archive; haproxy: the name of the bundle; default: the set
  std::string key_path, cert_path, chain_path, fullchain_path;  // files: where each is wanted; empty: not
  std::string password_file;                                    // pkcs12: its first line is the password
  bool legacy_pkcs12 = false;
  Permissions permissions;
  Hooks hooks;
  std::string haproxy_socket;  // haproxy, combined: the stats socket to which the new certificates are given
  std::string haproxy_path;    // the directory by which HAProxy calls the files; default: where they are
  std::vector<std::string> proofs;  // targets (probe/target.h)
  std::chrono::seconds proof_within{15};
  std::string digest;  // SHA-256 of the text, hex: another text is another deployment
};

// "/etc/ssl/{key}.pem" with the kind in the place of {key}.
std::string with_kind(std::string text, KeyKind kind);

}  // namespace certstead
