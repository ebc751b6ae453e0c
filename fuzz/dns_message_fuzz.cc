// DNS messages: whatever is accepted survives a round trip, names as texts included.
#include <cstdlib>

#include "resolver/dns_message.h"

namespace {

void check_name(const certstead::DnsName& name) {
  const auto again = certstead::DnsName::parse(name.text());
  if (!again || *again != name) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace certstead;
  auto message = decode_dns({data, size});
  if (!message) return 0;
  const auto bytes = encode_dns(*message);
  // Without compression it may be longer than a message can be.
  if (!bytes) return 0;
  auto again = decode_dns(*bytes);
  if (!again) std::abort();
  again->unsigned_size = message->unsigned_size;
  if (*again != *message) std::abort();
  for (const DnsQuestion& question : message->questions) check_name(question.name);
  for (const DnsRecord& record : message->answers) {
    check_name(record.name);
    static_cast<void>(data_text(record));
  }
  return 0;
}
