#include "pki/certificate_files.h"

#include "crypto/der.h"
#include "crypto/openssl.h"
#include "crypto/pem.h"

namespace certstead {
namespace {

constexpr std::size_t kMaxCertificates = 200;
constexpr std::size_t kMaxRequestFile = std::size_t{1} << 18;

struct FreeCertificates {
  void operator()(STACK_OF(X509) * all) const { sk_X509_pop_free(all, X509_free); }
};

Error garbage(const std::string& why) { return invalid(why, "certificate-garbage"); }

bool is_pem(BytesView file) { return view_text(file).find("-----BEGIN ") != std::string_view::npos; }

Result<std::vector<Certificate>> from_pkcs7(BytesView der) {
  clear_openssl_errors();
  const std::uint8_t* at = der.data();
  const CmsHandle message(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(der.size())));
  const std::unique_ptr<STACK_OF(X509), FreeCertificates> all(message ? CMS_get1_certs(message.get())
                                                                      : nullptr);
  clear_openssl_errors();
  if (!all) return garbage("there is no certificate in it, or it is neither PEM nor DER nor PKCS#7");
  std::vector<Certificate> out;
  for (int i = 0; i < sk_X509_num(all.get()); ++i) {
    std::uint8_t* bytes = nullptr;
    const int length = i2d_X509(sk_X509_value(all.get(), i), &bytes);
    if (length <= 0) return garbage("a certificate in the PKCS#7 is damaged");
    auto one = Certificate::from_der({bytes, static_cast<std::size_t>(length)});
    OPENSSL_free(bytes);
    if (!one) return garbage("a certificate in the PKCS#7 is damaged: " + one.error().detail);
    out.push_back(std::move(*one));
  }
  return out;
}

Result<std::vector<Certificate>> from_pem(std::string_view text) {
  std::vector<Certificate> out;
  while (const auto block = next_pem_block(text)) {
    const bool single = block->label == "CERTIFICATE";
    if (!single && block->label != "PKCS7" && block->label != "CMS") continue;
    const auto der = decode_pem(*block);
    if (!der) return garbage(der.error().detail);
    if (!single) {
      TRY(const auto more, from_pkcs7(der->reveal()));
      out.insert(out.end(), more.begin(), more.end());
    } else {
      auto one = Certificate::from_der(der->reveal());
      if (!one) return garbage("a CERTIFICATE block is damaged: " + one.error().detail);
      out.push_back(std::move(*one));
    }
    if (out.size() > kMaxCertificates) return garbage("there are more than 200 certificates in it");
  }
  return out;
}

}  // namespace

Result<std::vector<Certificate>> certificates_in_file(BytesView file) {
  if (file.size() > kMaxAnswerFile) return garbage("the file is larger than 4 MiB");
  std::vector<Certificate> out;
  if (is_pem(file)) {
    TRY(out, from_pem(view_text(file)));
  } else if (auto one = Certificate::from_der(file)) {
    out.push_back(std::move(*one));
  } else {
    TRY(out, from_pkcs7(file));
  }
  if (out.empty()) return garbage("there is no certificate in it");
  if (out.size() > kMaxCertificates) return garbage("there are more than 200 certificates in it");
  return out;
}

Result<Bytes> request_in_file(BytesView file) {
  if (file.size() > kMaxRequestFile)
    return invalid("the file is larger than 256 KiB, which no certification request is", "csr-unreadable");
  if (!is_pem(file)) return Bytes(file.begin(), file.end());
  std::string_view text = view_text(file);
  while (const auto block = next_pem_block(text)) {
    if (block->label != "CERTIFICATE REQUEST" && block->label != "NEW CERTIFICATE REQUEST") continue;
    const auto der = decode_pem(*block);
    if (!der) return invalid(der.error().detail, "csr-unreadable");
    return Bytes(der->reveal().begin(), der->reveal().end());
  }
  return invalid(
      "there is no certification request in it; it must hold a block \"BEGIN CERTIFICATE REQUEST\"",
      "csr-unreadable");
}

}  // namespace certstead
