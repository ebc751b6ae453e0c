// What every use case is given: the ports and the clock.
#pragma once

#include "base/log_sink.h"
#include "model/ca_signer.h"
#include "model/chain_builder.h"
#include "model/issuer.h"
#include "model/key_maker.h"
#include "model/manifest_signer.h"
#include "model/member_progress.h"
#include "model/registered_domains.h"
#include "model/sealer.h"
#include "model/store_ports.h"

namespace certstead {

class DnsRecords;

// References to what `main` built; all of it outlives the use cases. Safe from any thread.
struct Context {
  StorePorts store;
  Sealer& sealer;
  ManifestSigner& signer;
  KeyMaker& key_maker;
  ChainBuilder& chains;
  Inspector& inspector;
  Issuer& acme;
  AccountAuthority& authority;
  CaSigner& ca;
  MemberProgress& members;
  const RegisteredDomains& domains;
  const Clock& clock;
  LogSink& log;
  DnsRecords* dns = nullptr;  // null: names are proved over HTTP only
};

// Who asks: goes into the audit log. "uid:1000", "scheduler".
struct Actor {
  std::string name;
};

}  // namespace certstead
