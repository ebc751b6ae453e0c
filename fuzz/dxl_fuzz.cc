// What is read from DXL survives writing and reading again, but for sealed values, which are not written; and
// so does each typed view of it.
#include <cstdlib>

#include "base/bytes.h"
#include "dxl/accounts.h"
#include "dxl/dxl.h"
#include "dxl/provider_config.h"

namespace {

using namespace certstead;

template <class View>
void check_view(const DxlDocument& document) {
  Result<View> view = View::from(document);
  if (!view) return;
  const Result<std::vector<DxlDocument>> again = parse_dxl(write_dxl({view->to_document()}));
  if (!again || again->size() != 1 || !View::from(again->at(0))) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Result<std::vector<DxlDocument>> documents = parse_dxl(view_text({data, size}));
  if (!documents) return 0;
  for (DxlDocument& document : *documents) {
    check_view<DxlProviderConfig>(document);
    check_view<DxlProviderAccount>(document);
    check_view<DxlAcmeAccount>(document);
    check_view<DxlAcmeChallenge>(document);
    for (DxlItem& item : document.items)
      if (item.sealed) item = {item.name, DxlItem::Kind::kUnreadable, {}, {}, true};
  }
  const Result<std::vector<DxlDocument>> again = parse_dxl(write_dxl(*documents));
  if (!again || *again != *documents) std::abort();
  return 0;
}
