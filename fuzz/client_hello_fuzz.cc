// The extensions of a client hello that the TLS cache reads itself, and the look-up of the name in them.
#include "tlscache/lookup_log.h"

namespace {

using namespace certstead;

class NoCredentials final : public CredentialIndex {
 public:
  Result<NameMatch> find(const DomainName&) const override { return NameMatch{}; }
  Result<std::vector<CredentialRef>> find_pattern(const HostPattern&) const override {
    return std::vector<CredentialRef>{};
  }
  Result<std::vector<CredentialRef>> find_tag(std::string_view) const override {
    return std::vector<CredentialRef>{{"id", 1, KeyType::kP256, {}, {}},
                                      {"rsa", 1, KeyType::kRsa2048, {}, {}}};
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView input(data, size);
  ClientHello hello;
  hello.server_name_text = parse_server_name(input);
  if (hello.server_name_text) {
    if (Result<DomainName> name = DomainName::parse(*hello.server_name_text)) hello.server_name = *name;
  }
  hello.signature_algorithms = parse_numbers(input, 2);
  hello.groups = parse_numbers(input, 1);
  const ServePolicy policy{.on_unknown_name = OnUnknownName::kDefault};
  const Selection selection = *select_credential(hello, policy, "", NoCredentials(), Instant{});
  const std::string asked = hello.server_name_text.value_or("");
  const std::string line = result_line(policy, asked, hello, selection) + request_line(policy, asked, hello);
  if (line.find('\n') != std::string::npos) __builtin_trap();
  return 0;
}
