// Every policy that is accepted may be set, names each header once, and leaves it exactly once in a response.
#include <cstdlib>

#include "base/bytes.h"
#include "base/text.h"
#include "headers/apply.h"
#include "headers/notes_ini.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace certstead;
  const Result<ParsedPolicy> parsed = parse_notes_ini(view_text({data, size}));
  if (!parsed) return 0;
  const std::vector<Header>& set = parsed->policy.set;
  for (const Header& header : set)
    if (!check_policy_header(header)) std::abort();
  std::vector<Header> response = set;
  response.insert(response.end(), set.begin(), set.end());
  apply(parsed->policy, true, response);
  if (response != set) std::abort();
  apply(parsed->policy, false, response);
  for (const Header& header : response)
    if (equals_ignoring_case(header.name, kHstsHeader)) std::abort();
  return 0;
}
