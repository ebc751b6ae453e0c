#include "pki/import_reader.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/der.h"
#include "pki/import_pkcs12.h"

namespace certstead {
namespace {

constexpr int kMaxWrapping = 2;  // base64 in base64 is nobody's habit

class FileReader {
 public:
  FileReader(const PasswordCandidates& passwords, Finds& finds) : passwords_(passwords), finds_(finds) {}
  void read(BytesView bytes, int depth);

 private:
  bool read_text(std::string_view text);
  void read_block(const PemBlock& block);
  void read_binary_block(const PemBlock& block, BytesView der);
  bool read_binary(BytesView der);
  bool read_elements(BytesView bytes);
  bool read_base64(std::string_view text, int depth);

  const PasswordCandidates& passwords_;
  Finds& finds_;
};

bool ends_with_ignoring_case(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && equals_ignoring_case(text.substr(text.size() - end.size()), end);
}

// Domino's key ring has no published form; its own tool prints what is in it as PEM.
std::string kyr_advice(std::string_view name) {
  std::string ring = printable(name, 200);
  if (ends_with_ignoring_case(ring, ".sth")) ring.replace(ring.size() - 4, 4, ".kyr");
  std::string advice = "this is a Domino key ring, which only Domino's own program reads; run";
  for (const char* part : {"keys", "certs", "roots"})
    advice += std::string(part == std::string_view("keys") ? " " : " && ") + "kyrtool show " + part +
              " -k '" + ring + "'";
  return advice + " on the Domino server (the .sth file beside it), and import what it prints";
}

// UTF-16 with a byte order mark, as Notepad and PowerShell write it; characters beyond ASCII become '?'.
std::optional<SecretBytes> from_utf16(BytesView bytes) {
  if (bytes.size() < 2) return {};
  const bool little = bytes[0] == 0xff && bytes[1] == 0xfe;
  const bool big = bytes[0] == 0xfe && bytes[1] == 0xff;
  if (!little && !big) return {};
  Bytes text;
  text.reserve(bytes.size() / 2);
  for (std::size_t i = 2; i + 1 < bytes.size(); i += 2) {
    const std::uint8_t low = bytes[little ? i : i + 1], high = bytes[little ? i + 1 : i];
    text.push_back(high == 0 && low < 0x80 ? low : '?');
  }
  return SecretBytes(std::move(text));
}

// The first element of `der` with its header: what OpenSSL appends to a TRUSTED CERTIFICATE stays out.
BytesView first_element(BytesView der) {
  DerReader reader(der);
  if (!reader.take(kDerSequence)) return der;
  return der.first(der.size() - reader.rest().size());
}

// A SEQUENCE, and not a text that begins with the digit 0.
bool looks_binary(BytesView bytes) {
  constexpr std::size_t kHead = 16;
  if (bytes.size() < 2 || bytes[0] != kDerSequence) return false;
  const BytesView head = bytes.first(std::min(kHead, bytes.size()));
  return std::ranges::any_of(head,
                             [](std::uint8_t b) { return b >= 0x80 || b < 0x09 || (b > 0x0d && b < 0x20); });
}

template <std::size_t N>
bool is_one_of(std::string_view label, const std::array<std::string_view, N>& labels) {
  return std::ranges::find(labels, label) != labels.end();
}
constexpr std::array<std::string_view, 4> kClearKeys = {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY",
                                                        "ANY PRIVATE KEY"};
constexpr std::array<std::string_view, 3> kCertificates = {"CERTIFICATE", "X509 CERTIFICATE",
                                                           "TRUSTED CERTIFICATE"};
constexpr std::array<std::string_view, 4> kContainers = {"PKCS7", "PKCS #7 SIGNED DATA", "CMS", "PKCS12"};
constexpr std::array<std::string_view, 7> kKnownStrays = {
    "EC PARAMETERS",           "DH PARAMETERS",       "X509 CRL",  "CERTIFICATE REQUEST",
    "NEW CERTIFICATE REQUEST", "X9.42 DH PARAMETERS", "PUBLIC KEY"};

void FileReader::read_binary_block(const PemBlock& block, BytesView der) {
  if (is_one_of(block.label, kCertificates)) return finds_.certificate(first_element(der));
  if (is_one_of(block.label, kClearKeys)) return finds_.key(der);
  if (block.label == "ENCRYPTED PRIVATE KEY" || is_one_of(block.label, kContainers)) {
    if (!read_binary(der)) {
      finds_.refuse("other", "unreadable",
                    "the block \"" + printable(block.label, 40) + "\" is damaged: it holds something else");
    }
    return;
  }
  finds_.refuse(
      "key", "key-kind",
      "the block \"" + printable(block.label, 40) +
          "\" is a key of a kind that is not held; make one of p256, p384, rsa2048, rsa3072, rsa4096");
}

void FileReader::read_block(const PemBlock& block) {
  const bool key = block.label.ends_with("PRIVATE KEY");
  const bool wanted = key || is_one_of(block.label, kCertificates) || is_one_of(block.label, kContainers);
  if (!wanted) {
    const bool known = is_one_of(block.label, kKnownStrays);
    return finds_.refuse("other", "not-needed",
                         "the block \"" + printable(block.label, 40) +
                             (known ? "\" is not needed for serving" : "\" is nothing that can be imported"));
  }
  if (key && block.has_headers()) return read_old_encrypted_key(block, passwords_, finds_);
  const auto der = decode_pem(block);
  if (!der) return finds_.refuse(key ? "key" : "certificate", "unreadable", der.error().detail);
  read_binary_block(block, der->reveal());
}

bool FileReader::read_text(std::string_view text) {
  bool found = false;
  while (const auto block = next_pem_block(text)) {
    found = true;
    read_block(*block);
  }
  return found;
}

bool FileReader::read_binary(BytesView der) {
  if (der.size() < 2 || der[0] != kDerSequence) return false;
  // BER without lengths is written by old programs for containers only.
  DerReader outer(der);
  DerReader inside(outer.take(kDerSequence).value_or(BytesView()));
  if (inside.next_is(kDerInteger)) {
    DerReader ahead = inside;
    const bool version_three = ahead.take_number(3);
    if (!version_three || !read_pkcs12(der, passwords_, finds_)) finds_.key(der);
    return true;
  }
  if (inside.next_is(kDerSequence)) {
    DerReader ahead = inside;
    (void)ahead.take(kDerSequence);
    if (!ahead.next_is(kDerOctetString)) {
      finds_.certificate(der);
      return true;
    }
    const std::uint8_t* at = der.data();
    const std::unique_ptr<X509_SIG, Freed<X509_SIG_free>> sealed(
        d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size())));
    clear_openssl_errors();
    if (!sealed) return false;
    read_encrypted_key(sealed.get(), passwords_, finds_);
    return true;
  }
  return read_pkcs7(der, finds_) || read_pkcs12(der, passwords_, finds_);
}

// DER elements one after the other; blanks and zeros at the end are passed over.
bool FileReader::read_elements(BytesView bytes) {
  if (!looks_binary(bytes)) return false;
  for (bool first = true;; first = false) {
    const BytesView element = first_element(bytes);
    if (!read_binary(element)) {
      if (first) return false;
      finds_.refuse("other", "unreadable", "the bytes behind it are neither a key nor a certificate");
      return true;
    }
    bytes = bytes.subspan(element.size());
    while (!bytes.empty() && (bytes[0] == 0 || bytes[0] == '\n' || bytes[0] == '\r'))
      bytes = bytes.subspan(1);
    if (bytes.empty()) return true;
  }
}

// A PEM file without its boundary lines, or a whole file as base64 (a Kubernetes secret).
bool FileReader::read_base64(std::string_view text, int depth) {
  std::string plain;
  plain.reserve(text.size());
  for (const char c : text) {
    if (c != '\n' && c != '\r' && c != ' ' && c != '\t') plain += c;
  }
  auto bytes = base64_decode(plain);
  wipe({reinterpret_cast<std::uint8_t*>(plain.data()), plain.size()});
  if (!bytes || bytes->empty()) return false;
  const SecretBytes decoded(std::move(*bytes));
  read(decoded.reveal(), depth + 1);
  return true;
}

void FileReader::read(BytesView bytes, int depth) {
  if (const auto narrow = from_utf16(bytes)) return read(narrow->reveal(), depth);
  // Binary first: a certificate may quote PEM in a comment.
  if (read_elements(bytes)) return;
  const std::string_view text = view_text(bytes);
  if (read_text(text)) return;
  if (depth < kMaxWrapping && read_base64(text, depth)) return;
  finds_.refuse_file("unreadable",
                     "it holds no certificate and no key in PEM, DER, PKCS#7 or PKCS#12, or is cut off");
}

}  // namespace

void read_import_file(const PasswordCandidates& passwords, Finds& finds) {
  const ImportFile& file = finds.file();
  if (ends_with_ignoring_case(file.name, ".kyr") || ends_with_ignoring_case(file.name, ".sth"))
    return finds.refuse_file("kyr-file", kyr_advice(file.name));
  if (file.content.size() > kMaxImportFile) {
    return finds.refuse_file("too-big", "it is longer than " + std::to_string(kMaxImportFile >> 20) +
                                            " MiB, which is more than any chain; choose the right file");
  }
  if (file.content.empty()) return finds.refuse_file("unreadable", "it is empty");
  FileReader(passwords, finds).read(file.content.reveal(), 0);
}

}  // namespace certstead
