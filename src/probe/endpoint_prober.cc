#include "probe/endpoint_prober.h"

namespace certstead {
namespace {

Result<ProbeRequest> request_for(const UrlWatch& watch) {
  ProbeRequest request;
  if (!watch.starttls.empty()) {
    const auto protocol = parse_starttls(watch.starttls);
    if (!protocol) return invalid(protocol.error().detail, "watch-starttls");
    request.starttls = *protocol;
  }
  request.host = watch.host;
  request.port = watch.port;
  request.server_name = watch.server_name.empty() ? watch.host : watch.server_name;
  return request;
}

}  // namespace

Status EndpointProber::check(const UrlWatch& watch) {
  CHECK_OK(request_for(watch));
  return Done{};
}

Result<ProbeFacts> EndpointProber::probe(const UrlWatch& watch, const std::string& store_roots_pem,
                                         Instant now, Deadline deadline) {
  TRY(ProbeRequest request, request_for(watch));
  std::string roots = store_roots_pem;
  if (watch.roots == "system") roots += "\n" + system_roots_pem_;
  const bool any = roots.find("BEGIN CERTIFICATE") != std::string::npos;
  if (any) request.trusted_roots = std::move(roots);
  request.at = now;
  request.deadline = deadline;
  TRY(const ProbeReport seen, certstead::probe(request));
  ProbeFacts out{seen.address, seen.protocol, seen.chain, {}, seen.names_server, seen.verified, seen.problem};
  out.leaf.subject = seen.leaf.subject();
  out.leaf.issuer = seen.leaf.issuer();
  out.leaf.serial = seen.leaf.serial();
  out.leaf.fingerprint = seen.leaf.fingerprint();
  out.leaf.names = seen.leaf.dns_names();
  const auto& addresses = seen.leaf.ip_addresses();
  out.leaf.names.insert(out.leaf.names.end(), addresses.begin(), addresses.end());
  out.leaf.key_type = seen.key_type;
  out.leaf.not_before = seen.leaf.not_before();
  out.leaf.not_after = seen.leaf.not_after();
  return out;
}

}  // namespace certstead
