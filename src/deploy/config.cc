#include "deploy/config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <functional>
#include <map>

#include "base/text.h"
#include "base/toml_guard.h"
#include "crypto/digest.h"
#include "deploy/config_rules.h"

namespace certstead {
namespace {

Error wrong(std::string detail) { return invalid(std::move(detail), "deploy-config"); }

Result<std::string> text_of(const toml::node& node) {
  if (const auto* text = node.as_string()) {
    if (text->get().find('\0') != std::string::npos) return wrong("it must not hold a NUL");
    return text->get();
  }
  return wrong("it must be a text in quotes");
}

Result<std::vector<std::string>> texts_of(const toml::node& node) {
  const toml::array* list = node.as_array();
  if (list == nullptr) return wrong("it must be a list of texts, [\"like\", \"this\"]");
  std::vector<std::string> out;
  for (const toml::node& one : *list) {
    TRY(std::string text, text_of(one));
    out.push_back(std::move(text));
  }
  return out;
}

Result<std::chrono::seconds> seconds_of(const toml::node& node) {
  const auto* number = node.as_integer();
  if (number == nullptr || number->get() < 1 || number->get() > 3600) {
    return wrong("it must be a number of seconds from 1 to 3600");
  }
  return std::chrono::seconds(number->get());
}

// "0640"
Result<int> mode_of(const toml::node& node) {
  TRY(const std::string text, text_of(node));
  int mode = 0;
  for (const char c : text) {
    if (c < '0' || c > '7' || text.size() > 4 || text.size() < 3)
      return wrong("it must be a mode such as \"0640\"");
    mode = mode * 8 + (c - '0');
  }
  if (text.empty() || mode > 0777) return wrong("it must be a mode such as \"0640\"");
  return mode;
}

Result<std::vector<KeyKind>> kinds_of(const toml::node& node) {
  TRY(const auto texts, texts_of(node));
  std::vector<KeyKind> kinds;
  for (const std::string& text : texts) {
    if (text != "ecdsa" && text != "rsa") return wrong("there are the kinds \"ecdsa\" and \"rsa\"");
    const KeyKind kind = text == "rsa" ? KeyKind::kRsa : KeyKind::kEcdsa;
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.push_back(kind);
  }
  return kinds;
}

using Reader = std::function<Status(const toml::node&)>;

template <class T>
Reader into(T& member, Result<T> (*read)(const toml::node&)) {
  return [&member, read](const toml::node& node) -> Status {
    TRY(member, read(node));
    return Done{};
  };
}

std::map<std::string_view, Reader> readers_for(Deployment& d) {
  return {{"set", into(d.set, text_of)},
          {"keys", into(d.kinds, kinds_of)},
          {"layout",
           [&d](const toml::node& node) -> Status {
             TRY(const std::string text, text_of(node));
             TRY(d.layout, parse_layout(text));
             return Done{};
           }},
          {"path", into(d.path, text_of)},
          {"lineage", into(d.lineage, text_of)},
          {"key", into(d.key_path, text_of)},
          {"cert", into(d.cert_path, text_of)},
          {"chain", into(d.chain_path, text_of)},
          {"fullchain", into(d.fullchain_path, text_of)},
          {"password_file", into(d.password_file, text_of)},
          {"pkcs12",
           [&d](const toml::node& node) -> Status {
             TRY(const std::string text, text_of(node));
             if (text != "modern" && text != "legacy") return wrong("it must be \"modern\" or \"legacy\"");
             d.legacy_pkcs12 = text == "legacy";
             return Done{};
           }},
          {"owner", into(d.permissions.owner, text_of)},
          {"group", into(d.permissions.group, text_of)},
          {"mode", into(d.permissions.mode, mode_of)},
          {"public_mode", into(d.permissions.public_mode, mode_of)},
          {"pre", into(d.hooks.pre, texts_of)},
          {"check", into(d.hooks.check, texts_of)},
          {"reload", into(d.hooks.reload, texts_of)},
          {"post", into(d.hooks.post, texts_of)},
          {"hook_seconds", into(d.hooks.limit, seconds_of)},
          {"haproxy_socket", into(d.haproxy_socket, text_of)},
          {"haproxy_path", into(d.haproxy_path, text_of)},
          {"prove", into(d.proofs, texts_of)},
          {"prove_seconds", into(d.proof_within, seconds_of)}};
}

std::string at_line(std::string_view path, const toml::source_region& where) {
  return printable(path) + ", line " + std::to_string(where.begin.line) + ": ";
}

Status read_table(const toml::table& table, std::string_view path, Deployment& out) {
  const auto readers = readers_for(out);
  for (const auto& [key, node] : table) {
    const auto reader = readers.find(key.str());
    const std::string where = at_line(path, node.source());
    if (reader == readers.end()) {
      std::vector<std::string> known;
      for (const auto& [name, unused] : readers) known.emplace_back(name);
      return wrong(where + "there is no setting '" + printable(key.str(), 60) +
                   "'; there is: " + join(known, ", "));
    }
    const Status read = reader->second(node);
    if (!read) return wrong(where + "'" + std::string(key.str()) + "': " + read.error().detail);
  }
  return Done{};
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += std::string("\\") + c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += std::string("\\u00") + kHex[byte >> 4] + kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string octal(int mode) {
  std::string out = "\"0";
  for (const int shift : {6, 3, 0}) out += static_cast<char>('0' + (mode >> shift & 7));
  return out + "\"";
}

class Text {
 public:
  void line(std::string_view key, const std::string& value) {
    out_ += std::string(key) + " = " + value + "\n";
  }
  void text(std::string_view key, const std::string& value) {
    if (!value.empty()) line(key, quoted(value));
  }
  void texts(std::string_view key, const std::vector<std::string>& values) {
    std::vector<std::string> parts;
    for (const std::string& value : values) parts.push_back(quoted(value));
    if (!values.empty()) line(key, "[" + join(parts, ", ") + "]");
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

}  // namespace

Result<Deployment> parse_deployment(std::string_view text, std::string name, std::string_view path) {
  CHECK_OK(check_deployment_name(name));
  CHECK_OK(check_toml(text, "deploy-config", path));
  toml::table table;
  try {
    table = toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    return wrong(at_line(path, error.source()) + printable(error.description()));
  }
  Deployment out;
  out.name = std::move(name);
  out.digest = sha256_hex(view_bytes(text));
  CHECK_OK(read_table(table, path, out));
  if (out.lineage.empty()) out.lineage = out.set;
  const Status sound = check_deployment(out);
  if (!sound) return sound.error().within(printable(path));
  return out;
}

std::string deployment_text(const Deployment& d) {
  const Deployment standard;
  Text out;
  out.text("set", d.set);
  std::vector<std::string> kinds;
  for (const KeyKind kind : d.kinds) kinds.emplace_back(key_kind_name(kind));
  out.texts("keys", kinds);
  out.text("layout", std::string(layout_name(d.layout)));
  out.text("path", d.path);
  if (d.lineage != d.set) out.text("lineage", d.lineage);
  out.text("key", d.key_path);
  out.text("cert", d.cert_path);
  out.text("chain", d.chain_path);
  out.text("fullchain", d.fullchain_path);
  out.text("password_file", d.password_file);
  if (d.legacy_pkcs12) out.text("pkcs12", "legacy");
  out.text("owner", d.permissions.owner);
  out.text("group", d.permissions.group);
  if (d.permissions.mode != standard.permissions.mode) out.line("mode", octal(d.permissions.mode));
  if (d.permissions.public_mode != standard.permissions.public_mode) {
    out.line("public_mode", octal(d.permissions.public_mode));
  }
  out.texts("pre", d.hooks.pre);
  out.texts("check", d.hooks.check);
  out.texts("reload", d.hooks.reload);
  out.texts("post", d.hooks.post);
  if (d.hooks.limit != standard.hooks.limit) out.line("hook_seconds", std::to_string(d.hooks.limit.count()));
  out.text("haproxy_socket", d.haproxy_socket);
  out.text("haproxy_path", d.haproxy_path);
  out.texts("prove", d.proofs);
  if (d.proof_within != standard.proof_within)
    out.line("prove_seconds", std::to_string(d.proof_within.count()));
  return out.take();
}

}  // namespace certstead
