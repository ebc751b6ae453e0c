// Finds the route of a request.
#pragma once

#include "api/routes.h"

namespace certstead {

struct Match {
  const Route* route = nullptr;
  std::vector<std::string> params;
};
struct NoMatch {
  Error error;
  std::string allow;  // the methods that there are at this path: "GET, POST"; empty if there is no such path
};

// `path` is percent-encoded still. A path that several rows fit goes to the row with fewer placeholders.
tl::expected<Match, NoMatch> find_route(std::span<const Route> table, std::string_view method,
                                        std::string_view path);

}  // namespace certstead
