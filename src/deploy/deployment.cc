#include "deploy/deployment.h"

#include <array>

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::array<std::pair<Layout, std::string_view>, 5> kLayouts = {{{Layout::kCertbot, "certbot"},
                                                                          {Layout::kCombined, "combined"},
                                                                          {Layout::kFiles, "files"},
                                                                          {Layout::kPkcs12, "pkcs12"},
                                                                          {Layout::kHaproxy, "haproxy"}}};
constexpr std::string_view kPlace = "{key}";

}  // namespace

std::string_view layout_name(Layout layout) { return kLayouts[static_cast<std::size_t>(layout)].second; }

Result<Layout> parse_layout(std::string_view text) {
  for (const auto& [layout, name] : kLayouts) {
    if (name == text) return layout;
  }
  return invalid(
      "\"" + printable(text, 40) + "\" is no layout; choose from certbot, combined, files, pkcs12, haproxy",
      "deploy-config");
}

std::string_view key_kind_name(KeyKind kind) { return kind == KeyKind::kRsa ? "rsa" : "ecdsa"; }

std::string with_kind(std::string text, KeyKind kind) {
  for (std::size_t at = text.find(kPlace); at != std::string::npos; at = text.find(kPlace, at)) {
    text.replace(at, kPlace.size(), key_kind_name(kind));
  }
  return text;
}

}  // namespace certstead
