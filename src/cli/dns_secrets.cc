#include "cli/dns_secrets.h"

#include "base/text.h"
#include "cli/json_view.h"
#include "cli/verbs.h"

namespace certstead {
namespace {

Error wrong(std::string detail) { return invalid(std::move(detail), std::string(kWrongUsage)); }

struct Setting {
  std::string name, environment;
  bool secret = false, required = false;
};

std::vector<Setting> settings_of(const boost::json::value& provider) {
  std::vector<Setting> out;
  for (const boost::json::value& one : json_elements(provider, "settings"))
    out.push_back({json_text(one, "name"), json_text(one, "environment"), json_flag(one, "secret"),
                   json_flag(one, "required")});
  return out;
}

// One and the same thing may be called by either name.
const Setting* find_setting(const std::vector<Setting>& all, std::string_view name) {
  for (const Setting& one : all) {
    if (one.name == name || (!one.environment.empty() && one.environment == name)) return &one;
  }
  return nullptr;
}

Status take_secret(Session& session, const std::string& text, boost::json::object& into) {
  const std::size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  if (name.empty()) return wrong("--secret wants NAME=@FILE, or NAME to be asked for it");
  SecretBytes value;
  if (equals == std::string::npos) {
    TRY(value, session.ask_secret(name + ": "));
  } else if (text.size() > equals + 2 && text[equals + 1] == '@') {
    TRY(value, read_secret(session, text.substr(equals + 2)));
  } else {
    return wrong("a secret on the command line can be read by everybody on this host; write --secret " +
                 name + "=@FILE, or --secret " + name + " to be asked for it");
  }
  into[name] = view_text(value.reveal());
  return Done{};
}

// NAME or NAME_FILE of the environment.
Result<std::optional<SecretBytes>> from_environment(Session& session, const std::string& name) {
  const auto& environment = session.world().environment;
  if (name.empty() || !environment) return std::optional<SecretBytes>();
  if (const auto file = environment(name + "_FILE"); file && !file->empty()) {
    TRY(SecretBytes value, read_secret(session, *file));
    return std::optional<SecretBytes>(std::move(value));
  }
  const auto value = environment(name);
  if (!value || value->empty()) return std::optional<SecretBytes>();
  return std::optional<SecretBytes>(SecretBytes(view_bytes(*value)));
}

Result<boost::json::object> given_secrets(Session& session, const std::vector<Setting>& all,
                                          const DnsSettingFlags& flags) {
  boost::json::object out;
  for (const std::string& text : flags.secrets) CHECK_OK(take_secret(session, text, out));
  if (flags.secret_file.empty()) return out;
  std::vector<const Setting*> needed;
  for (const Setting& one : all) {
    if (one.secret && one.required) needed.push_back(&one);
  }
  if (needed.size() != 1)
    return wrong("--secret-file is for providers that need one secret; write --secret NAME=@FILE for each");
  TRY(const SecretBytes value, read_secret(session, flags.secret_file));
  out[needed.front()->name] = view_text(value.reveal());
  return out;
}

bool is_given(const boost::json::object& values, const Setting& setting) {
  return values.contains(setting.name) ||
         (!setting.environment.empty() && values.contains(setting.environment));
}

}  // namespace

Result<boost::json::object> dns_secrets_for_body(Session& session, const boost::json::value& provider,
                                                 const DnsSettingFlags& flags) {
  const auto all = settings_of(provider);
  TRY(boost::json::object secrets, given_secrets(session, all, flags));
  for (const Setting& one : all) {
    if (!one.secret || is_given(secrets, one)) continue;
    TRY(const auto value, from_environment(session, one.environment));
    if (value) secrets[one.name] = view_text(value->reveal());
  }
  return secrets;
}

Result<boost::json::object> dns_settings_for_body(Session& session, const boost::json::value& provider,
                                                  const DnsSettingFlags& flags, bool asks) {
  const auto all = settings_of(provider);
  boost::json::object settings;
  for (const std::string& text : flags.set) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      return wrong("--set wants NAME=VALUE, not " + printable(text, 60));
    const std::string name = text.substr(0, equals);
    const Setting* known = find_setting(all, name);
    if (known != nullptr && known->secret)
      return wrong(name + " is a secret; write --secret " + name + "=@FILE");
    settings[name] = text.substr(equals + 1);
  }
  TRY(boost::json::object secrets, dns_secrets_for_body(session, provider, flags));
  for (const Setting& one : all) {
    if (one.secret) {
      if (!asks || !one.required || is_given(secrets, one)) continue;
      TRY(const SecretBytes value, session.ask_secret(one.name + ": "));
      secrets[one.name] = view_text(value.reveal());
    } else if (!is_given(settings, one)) {
      TRY(const auto value, from_environment(session, one.environment));
      if (value) settings[one.name] = view_text(value->reveal());
    }
  }
  return boost::json::object{{"settings", std::move(settings)}, {"secrets", std::move(secrets)}};
}

}  // namespace certstead
