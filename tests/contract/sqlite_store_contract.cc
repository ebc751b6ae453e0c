#include "contract/store_contract.h"
#include "store/sqlite_store.h"

namespace certstead {

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, testing::Values(StoreFactory{"sqlite", open_sqlite_store}),
                         [](const auto& suite) { return suite.param.name; });

}  // namespace certstead
