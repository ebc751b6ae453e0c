#include "ca/profiles.h"

#include <array>

#include "base/text.h"

namespace certstead {
namespace {

// Servers keep to what browsers accept (397 days); clients are our own business.
constexpr std::array kProfiles = {
    LeafProfile{"server", true, false, 90, 397},
    LeafProfile{"client", false, true, 90, 825},
    LeafProfile{"server+client", true, true, 90, 397},
};

}  // namespace

Result<LeafProfile> find_profile(std::string_view name) {
  std::string known;
  for (const LeafProfile& profile : kProfiles) {
    if (profile.name == name || (name.empty() && profile.name == "server")) return profile;
    known += (known.empty() ? "" : ", ") + std::string(profile.name);
  }
  return invalid("there is no profile \"" + printable(name, 40) + "\"; choose from " + known,
                 "profile-unknown");
}

}  // namespace certstead
