// What views hold of sets, beside what the store knows of them.
#pragma once

#include "manager/context.h"
#include "model/set_page.h"

namespace certstead {

// Fills in SetParts::views. Reads the views of this host, two look-ups for a set and view.
inline void add_holdings(const Context& context, SetParts& parts) {
  parts.views = context.members.holdings(parts.set);
}

}  // namespace certstead
