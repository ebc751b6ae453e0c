#include "base/text.h"
#include "manager/health_context.h"

namespace certstead {
namespace {

struct NumberField {
  std::string_view name;
  std::int64_t least, most;
  std::int64_t (*read)(const HealthSettings&);
  void (*write)(HealthSettings&, std::int64_t);
};

std::int64_t hours_of(Duration span) { return span / std::chrono::hours{1}; }

constexpr NumberField kFields[] = {
    {"notify-failures", 1, 100, [](const HealthSettings& s) { return std::int64_t{s.notify.failures}; },
     [](HealthSettings& s, std::int64_t v) { s.notify.failures = static_cast<int>(v); }},
    {"notify-repeat-hours", 1, 720, [](const HealthSettings& s) { return hours_of(s.notify.repeat); },
     [](HealthSettings& s, std::int64_t v) { s.notify.repeat = std::chrono::hours{v}; }},
    {"notify-digest", 0, 1, [](const HealthSettings& s) { return std::int64_t{s.notify.digest}; },
     [](HealthSettings& s, std::int64_t v) { s.notify.digest = v == 1; }},
    {"notify-digest-hour", 0, 23, [](const HealthSettings& s) { return std::int64_t{s.notify.digest_hour}; },
     [](HealthSettings& s, std::int64_t v) { s.notify.digest_hour = static_cast<int>(v); }},
    {"heartbeat-minutes", 1, 1440,
     [](const HealthSettings& s) { return std::int64_t{s.notify.heartbeat / std::chrono::minutes{1}}; },
     [](HealthSettings& s, std::int64_t v) { s.notify.heartbeat = std::chrono::minutes{v}; }},
    {"watch-hours", 1, 720, [](const HealthSettings& s) { return hours_of(s.watch_interval); },
     [](HealthSettings& s, std::int64_t v) { s.watch_interval = std::chrono::hours{v}; }},
};

}  // namespace

Result<HealthSettings> read_health_settings(Settings& store) {
  HealthSettings out;
  for (const NumberField& field : kFields) {
    TRY(const auto text, store.setting(field.name));
    const auto value = text ? parse_number(*text) : std::nullopt;
    if (value && static_cast<std::int64_t>(*value) <= field.most) {
      field.write(out, static_cast<std::int64_t>(*value));
    }
  }
  TRY(const auto networks, store.setting(kRevocationNetworks));
  out.revocation_networks = networks.value_or("");
  return out;
}

Status write_health_settings(Settings& store, const HealthSettings& before, const HealthSettings& after,
                             const Actor& actor) {
  for (const NumberField& field : kFields) {
    const std::int64_t value = field.read(after);
    if (value >= field.least && value <= field.most) continue;
    return invalid("the setting " + std::string(field.name) + " must be from " + std::to_string(field.least) +
                       " to " + std::to_string(field.most) + ", not " + std::to_string(value),
                   "setting-range");
  }
  for (const NumberField& field : kFields) {
    const std::int64_t value = field.read(after);
    if (value == field.read(before)) continue;
    const std::string text = std::to_string(value);
    CHECK_OK(
        store.set_setting(field.name, text, {actor.name, "setting.change", std::string(field.name), text}));
  }
  if (before.revocation_networks == after.revocation_networks) return Done{};
  return store.set_setting(
      kRevocationNetworks, after.revocation_networks,
      {actor.name, "setting.change", std::string(kRevocationNetworks), printable(after.revocation_networks)});
}

}  // namespace certstead
