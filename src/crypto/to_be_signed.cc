#include "crypto/to_be_signed.h"

#include <algorithm>
#include <array>

#include "crypto/der.h"
#include "crypto/der_writer.h"
#include "crypto/digest.h"
#include "crypto/openssl.h"
#include "crypto/random.h"

namespace certstead {
namespace {

using Oid = std::initializer_list<std::uint8_t>;

constexpr std::uint8_t kUtf8 = 0x0c;
constexpr std::uint8_t kEnumerated = 0x0a;
// Context tags of GeneralName and of implicit primitives.
constexpr std::uint8_t kContext0 = 0x80;
constexpr std::uint8_t kDnsName = 0x82;
constexpr std::uint8_t kUri = 0x86;

DerWriter oid(BytesView content) {
  DerWriter out;
  out.element(kDerOid, content);
  return out;
}

// id-ce: 2.5.29.N
Bytes ce(std::uint8_t last) { return {0x55, 0x1d, last}; }
constexpr std::uint8_t kSubjectKeyId = 14, kKeyUsage = 15, kSubjectAltName = 17, kBasicConstraints = 19,
                       kCrlNumber = 20, kReasonCode = 21, kNameConstraints = 30, kCrlPoints = 31,
                       kAuthorityKeyId = 35, kExtendedKeyUsage = 37;

void add_extension(DerWriter& list, std::uint8_t id, bool critical, const DerWriter& value) {
  DerWriter one = oid(ce(id));
  if (critical) one.truth();
  one.element(kDerOctetString, value);
  list.element(kDerSequence, one);
}

DerWriter sequence(const DerWriter& content) {
  DerWriter out;
  out.element(kDerSequence, content);
  return out;
}

DerWriter algorithm(KeyType type) {
  static constexpr std::array<std::uint8_t, 8> kEcdsa256 = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
  static constexpr std::array<std::uint8_t, 8> kEcdsa384 = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03};
  static constexpr std::array<std::uint8_t, 9> kRsa256 = {0x2a, 0x86, 0x48, 0x86, 0xf7,
                                                          0x0d, 0x01, 0x01, 0x0b};
  DerWriter id;
  if (is_rsa(type)) {
    id.element(kDerOid, kRsa256).element(kDerNull, BytesView());
  } else {
    id.element(kDerOid, type == KeyType::kP256 ? kEcdsa256 : kEcdsa384);
  }
  return sequence(id);
}

DerWriter name_of(const std::string& common_name) {
  static constexpr std::array<std::uint8_t, 3> kCommonName = {0x55, 0x04, 0x03};
  DerWriter set;
  if (!common_name.empty()) {
    DerWriter attribute = oid(kCommonName);
    attribute.text(kUtf8, common_name);
    set.element(kDerSet, sequence(attribute));
  }
  return sequence(set);
}

void add_key_usage(DerWriter& list, const CertificateContent& content) {
  DerWriter usage;
  const auto type = content.public_key.type();
  if (content.is_ca) {
    usage.bits(Bytes{0x06}, 1);  // keyCertSign, cRLSign
  } else if (type && !is_rsa(*type)) {
    usage.bits(Bytes{0x80}, 7);  // digitalSignature
  } else {
    usage.bits(Bytes{0xa0}, 5);  // digitalSignature, keyEncipherment
  }
  add_extension(list, kKeyUsage, true, usage);
}

void add_basic_constraints(DerWriter& list, bool is_ca, std::optional<int> path_length) {
  DerWriter basic;
  if (is_ca) basic.truth();
  if (is_ca && path_length) basic.number(static_cast<std::uint64_t>(*path_length));
  add_extension(list, kBasicConstraints, true, sequence(basic));
}

void add_extended_usages(DerWriter& list, const CertificateContent& content) {
  DerWriter usages;
  const auto purpose = [&](std::uint8_t last) {
    usages.element(kDerOid, Bytes{0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, last});
  };
  if (content.server_auth) purpose(1);
  if (content.client_auth) purpose(2);
  if (!usages.out().empty()) add_extension(list, kExtendedKeyUsage, false, sequence(usages));
}

void add_names(DerWriter& list, const CertificateContent& content) {
  if (content.dns_names.empty()) return;
  DerWriter names;
  for (const std::string& name : content.dns_names) names.text(kDnsName, name);
  add_extension(list, kSubjectAltName, content.common_name.empty(), sequence(names));
}

void add_permitted(DerWriter& list, const std::vector<std::string>& permitted) {
  if (permitted.empty()) return;
  DerWriter trees;
  for (const std::string& tree : permitted) {
    DerWriter base;
    base.text(kDnsName, tree);
    trees.element(kDerSequence, base);
  }
  DerWriter constraints;
  constraints.element(der_context(0), trees);
  add_extension(list, kNameConstraints, true, sequence(constraints));
}

void add_crl_point(DerWriter& list, const std::string& url) {
  if (url.empty()) return;
  DerWriter uri;
  uri.text(kUri, url);
  DerWriter full_name;
  full_name.element(der_context(0), uri);
  DerWriter point;
  point.element(der_context(0), full_name);
  add_extension(list, kCrlPoints, false, sequence(sequence(point)));
}

void add_authority(DerWriter& list, BytesView key_id) {
  DerWriter id;
  id.element(kContext0, key_id);
  add_extension(list, kAuthorityKeyId, false, sequence(id));
}

DerWriter extensions_of(const CertificateContent& content, const SignerName& signer) {
  DerWriter list;
  add_basic_constraints(list, content.is_ca, content.path_length);
  add_key_usage(list, content);
  add_extended_usages(list, content);
  add_names(list, content);
  add_permitted(list, content.permitted);
  DerWriter subject_id;
  subject_id.element(kDerOctetString, key_id_of(content.public_key));
  add_extension(list, kSubjectKeyId, false, subject_id);
  add_authority(list, signer.key_id);
  add_crl_point(list, content.crl_url);
  return sequence(list);
}

}  // namespace

Bytes random_serial() {
  Bytes serial = {0x40};
  const Bytes random = random_bytes(16);
  serial.insert(serial.end(), random.begin(), random.end());
  return serial;
}

Bytes key_id_of(const PublicKey& key) {
  // The bits are what follows the algorithm in the SubjectPublicKeyInfo.
  const Bytes spki = key.spki();
  DerReader outer(spki);
  DerReader inner(outer.take(kDerSequence).value_or(BytesView()));
  inner.take(kDerSequence);
  const BytesView bits = inner.take(kDerBitString).value_or(BytesView());
  Bytes id = sha256(bits.empty() ? bits : bits.subspan(1));
  id.resize(20);
  return id;
}

SignerName signer_of(const Certificate& certificate, KeyType key_type) {
  std::uint8_t* der = nullptr;
  const int length = i2d_X509_NAME(X509_get_subject_name(certificate.native()), &der);
  SignerName out{{der, der + std::max(length, 0)}, certificate.subject_key_id(), key_type};
  OPENSSL_free(der);
  if (out.key_id.empty()) out.key_id = key_id_of(certificate.public_key());
  return out;
}

SignerName signer_of(const std::string& common_name, const PrivateKey& key) {
  return {name_of(common_name).take(), key_id_of(key.public_key()), key.type()};
}

Bytes encode_certificate(const CertificateContent& content, const SignerName& signer) {
  DerWriter version;
  version.number(2);
  DerWriter validity;
  validity.time(content.not_before).time(content.not_after);
  DerWriter body;
  body.element(der_context(0), version).integer(content.serial).raw(algorithm(signer.key_type).out());
  body.raw(signer.name).element(kDerSequence, validity).raw(name_of(content.common_name).out());
  body.raw(content.public_key.spki()).element(der_context(3), extensions_of(content, signer));
  return sequence(body).take();
}

Bytes encode_ca_request(const std::string& common_name, const PublicKey& key,
                        const std::vector<std::string>& permitted) {
  static constexpr std::array<std::uint8_t, 9> kExtensionRequest = {0x2a, 0x86, 0x48, 0x86, 0xf7,
                                                                    0x0d, 0x01, 0x09, 0x0e};
  DerWriter list;
  add_basic_constraints(list, true, std::nullopt);
  DerWriter usage;
  usage.bits(Bytes{0x06}, 1);
  add_extension(list, kKeyUsage, true, usage);
  add_permitted(list, permitted);
  DerWriter values;
  values.element(kDerSet, sequence(list));
  DerWriter attribute = oid(kExtensionRequest);
  attribute.raw(values.out());
  DerWriter body;
  body.number(0).raw(name_of(common_name).out()).raw(key.spki());
  body.element(der_context(0), sequence(attribute));
  return sequence(body).take();
}

Bytes encode_crl(const CrlContent& content, const SignerName& signer) {
  DerWriter entries;
  for (const RevokedEntry& revoked : content.revoked) {
    DerWriter entry;
    entry.integer(revoked.serial).time(revoked.at);
    if (revoked.reason != 0) {
      DerWriter reason;
      reason.element(kEnumerated, Bytes{static_cast<std::uint8_t>(revoked.reason)});
      DerWriter list;
      add_extension(list, kReasonCode, false, reason);
      entry.element(kDerSequence, list);
    }
    entries.element(kDerSequence, entry);
  }
  DerWriter list;
  add_authority(list, signer.key_id);
  DerWriter number;
  number.number(content.number);
  add_extension(list, kCrlNumber, false, number);
  DerWriter body;
  body.number(1).raw(algorithm(signer.key_type).out()).raw(signer.name);
  body.time(content.this_update).time(content.next_update);
  if (!entries.out().empty()) body.element(kDerSequence, entries);
  body.element(der_context(0), sequence(list));
  return sequence(body).take();
}

Result<Bytes> sign_encoded(BytesView to_be_signed, const PrivateKey& key) {
  TRY(const Bytes signature, key.sign(to_be_signed));
  DerWriter body;
  body.raw(to_be_signed).raw(algorithm(key.type()).out()).bits(signature);
  return sequence(body).take();
}

}  // namespace certstead
