#include "crypto/x509_build.h"

#include <algorithm>

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::size_t kMaxDnsName = 253;

bool fits_dns(std::string_view name) {
  return !name.empty() && name.size() <= kMaxDnsName && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '*' || c == '_';
  });
}

}  // namespace

Result<NameHandle> make_name(const std::string& common_name) {
  NameHandle name(X509_NAME_new());
  if (!name) return openssl_error("making a name");
  if (common_name.empty()) return name;
  // OpenSSL counts the characters itself.
  if (X509_NAME_add_entry_by_NID(name.get(), NID_commonName, MBSTRING_UTF8,
                                 reinterpret_cast<const std::uint8_t*>(common_name.data()),
                                 static_cast<int>(common_name.size()), -1, 0) != 1) {
    clear_openssl_errors();
    return invalid("\"" + printable(common_name, 80) +
                   "\" can't be a common name: it must be UTF-8 text of at most 64 characters");
  }
  return name;
}

Result<GeneralNames> make_dns_names(const std::vector<std::string>& names) {
  GeneralNames list(GENERAL_NAMES_new());
  for (const std::string& text : names) {
    if (!fits_dns(text)) return invalid("\"" + printable(text, 80) + "\" is no DNS name in ASCII form");
    GENERAL_NAME* const entry = GENERAL_NAME_new();
    if (!list || entry == nullptr || sk_GENERAL_NAME_push(list.get(), entry) == 0) {
      GENERAL_NAME_free(entry);
      return openssl_error("making a list of names");
    }
    ASN1_IA5STRING* const value = ASN1_IA5STRING_new();
    GENERAL_NAME_set0_value(entry, GEN_DNS, value);
    if (value == nullptr || ASN1_STRING_set(value, text.data(), static_cast<int>(text.size())) != 1)
      return openssl_error("making a list of names");
  }
  return list;
}

}  // namespace certstead
