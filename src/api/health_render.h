// Health, watched addresses, notifications and roots as JSON. No secret, no grant.
#pragma once

#include "api/render.h"

namespace certstead {

boost::json::object render(const Finding& finding);
boost::json::object render(const HealthView& view);
boost::json::object render(const WatchRecord& record);
boost::json::object render(const HealthSettings& settings);
boost::json::object render(const NotifyTargetView& view);
boost::json::object render(const RootView& view);
boost::json::object render(const Rechained& done);
// Strength and revocation of one version, as the last look found them; null before the first.
boost::json::value render_check(const std::vector<VersionCheck>& checks, std::string_view version_id);

}  // namespace certstead
