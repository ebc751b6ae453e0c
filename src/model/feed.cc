#include "model/feed.h"

#include <algorithm>

#include "model/credential.h"

namespace certstead {

FeedCredential feed_credential(const CredentialSet& set, const CredentialVersion& version) {
  FeedCredential out;
  out.version_id = version.id;
  out.set_id = set.id;
  out.version = version.version;
  out.key_type = version.key_type;
  out.names = version.facts.names;
  out.chain = version.chain;
  out.not_before = version.facts.not_before;
  out.not_after = version.facts.not_after;
  out.key = version.key;
  out.signer = version.signer;
  out.signature = version.signature;
  out.set_name = set.name;
  out.tags = set.tags;
  return out;
}

}  // namespace certstead
