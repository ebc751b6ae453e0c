#include "crypto/certificate_fields.h"

#include <arpa/inet.h>

#include <array>

#include "base/text.h"

namespace certstead {
namespace {

// Long enough for every honest name.
constexpr std::size_t kMaxNameText = 1000;

std::string address_text(const ASN1_OCTET_STRING* address) {
  std::array<char, INET6_ADDRSTRLEN> text = {};
  const int length = ASN1_STRING_length(address);
  const int family = length == 4 ? AF_INET : AF_INET6;
  if ((length != 4 && length != 16) ||
      inet_ntop(family, ASN1_STRING_get0_data(address), text.data(), text.size()) == nullptr)
    return {};
  return text.data();
}

}  // namespace

Bytes octets_of(const ASN1_STRING* text) {
  if (text == nullptr || ASN1_STRING_length(text) <= 0) return {};
  const std::uint8_t* const data = ASN1_STRING_get0_data(text);
  return {data, data + ASN1_STRING_length(text)};
}

std::string name_text(const X509_NAME* name) {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  // UTF-8 stays readable; printable() takes out what could fool the reader.
  const unsigned long flags = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  if (!bio || X509_NAME_print_ex(bio.get(), name, 0, flags) < 0) return {};
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  return length <= 0 ? std::string() : printable({text, static_cast<std::size_t>(length)}, kMaxNameText);
}

std::string last_common_name(const X509_NAME* name) {
  int last = -1;
  for (int at = -1; (at = X509_NAME_get_index_by_NID(name, NID_commonName, at)) >= 0;) last = at;
  if (last < 0) return {};
  std::uint8_t* utf8 = nullptr;
  const int length = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)));
  if (length < 0) return {};
  std::string text = printable(view_text({utf8, static_cast<std::size_t>(length)}), kMaxNameText);
  OPENSSL_free(utf8);
  return text;
}

Result<Instant> read_time(const ASN1_TIME* time) {
  using namespace std::chrono;
  std::tm parts = {};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return invalid("a time is not readable");
  const year_month_day date(year(parts.tm_year + 1900), month(static_cast<unsigned>(parts.tm_mon + 1)),
                            day(static_cast<unsigned>(parts.tm_mday)));
  if (!date.ok()) return invalid("a time is not in the calendar");
  return Instant(sys_days(date) + hours(parts.tm_hour) + minutes(parts.tm_min) + seconds(parts.tm_sec));
}

AlternativeNames read_alternative_names(const GENERAL_NAMES* names) {
  AlternativeNames read;
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names, i);
    if (name->type == GEN_DNS) {
      read.dns_names.push_back(lower_ascii(printable(view_text(octets_of(name->d.dNSName)), kMaxNameText)));
      continue;
    }
    const std::string address = name->type == GEN_IPADD ? address_text(name->d.iPAddress) : std::string();
    if (address.empty()) {
      read.others = true;
    } else {
      read.ip_addresses.push_back(address);
    }
  }
  return read;
}

}  // namespace certstead
