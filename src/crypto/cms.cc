#include "crypto/cms.h"

#include "crypto/cms_shape.h"

namespace certstead {
namespace {

constexpr std::size_t kMaxEnvelope = std::size_t{64} << 20;

Error refused() {
  return denied(
      "the envelope does not open: it is for somebody else, was changed, or is of a kind that is not "
      "accepted",
      "envelope-refused");
}

// One recipient, named by its key identifier so that a renewed certificate over the same key still opens. The
// key is derived with SHA-256 (RFC 5753 section 7); OpenSSL's habit is SHA-1.
Status add_recipient(CMS_ContentInfo* cms, const Certificate& recipient) {
  const unsigned by_key_id = recipient.subject_key_id().empty() ? 0 : CMS_USE_KEYID;
  CMS_RecipientInfo* const info = CMS_add1_recipient_cert(cms, recipient.native(), by_key_id | CMS_KEY_PARAM);
  EVP_PKEY_CTX* const context = info == nullptr ? nullptr : CMS_RecipientInfo_get0_pkey_ctx(info);
  if (context == nullptr || EVP_PKEY_CTX_set_ecdh_kdf_md(context, EVP_sha256()) != 1)
    return openssl_error("addressing an envelope");
  return Done{};
}

}  // namespace

Result<Bytes> cms_seal(const SecretBytes& content, const Certificate& recipient) {
  if (recipient.public_key().type() != KeyType::kP256)
    return invalid("envelopes are sealed for P-256 certificates only");
  if (content.size() > kMaxEnvelope / 2) return invalid("more than 32 MiB can't be sealed at once; split it");
  clear_openssl_errors();
  const BytesView clear = content.reveal();
  const BioHandle input(BIO_new_mem_buf(clear.empty() ? "" : static_cast<const void*>(clear.data()),
                                        static_cast<int>(clear.size())));
  const CmsHandle cms(CMS_encrypt(nullptr, nullptr, EVP_aes_256_gcm(), CMS_BINARY | CMS_PARTIAL));
  if (!input || !cms) return openssl_error("making an envelope");
  CHECK_OK(add_recipient(cms.get(), recipient));
  if (CMS_final(cms.get(), input.get(), nullptr, CMS_BINARY) != 1)
    return openssl_error("sealing an envelope");
  std::uint8_t* der = nullptr;
  const int length = i2d_CMS_ContentInfo(cms.get(), &der);
  if (length <= 0) return openssl_error("encoding an envelope");
  Bytes envelope(der, der + length);
  OPENSSL_free(der);
  return envelope;
}

Result<SecretBytes> cms_open(BytesView envelope, const Certificate& recipient, const PrivateKey& key) {
  // OpenSSL would open EnvelopedData with CBC as well, and can't be asked for the cipher of an
  // AuthEnvelopedData: the shape is checked before it sees a byte.
  if (envelope.size() > kMaxEnvelope || !is_gcm_envelope(envelope)) return refused();
  if (key.type() != KeyType::kP256 || !recipient.matches(key)) return refused();
  clear_openssl_errors();
  const std::uint8_t* at = envelope.data();
  const CmsHandle cms(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(envelope.size())));
  // A memory BIO wipes its buffer when it grows and when it is freed: what a failed call has left there dies
  // with it.
  const BioHandle output(BIO_new(BIO_s_mem()));
  const bool opened =
      cms && output && at == envelope.data() + envelope.size() &&
      OBJ_obj2nid(CMS_get0_type(cms.get())) == NID_id_smime_ct_authEnvelopedData &&
      CMS_decrypt(cms.get(), key.native(), recipient.native(), nullptr, output.get(), CMS_BINARY) == 1;
  clear_openssl_errors();
  if (!opened) return refused();
  char* clear = nullptr;
  const long length = BIO_get_mem_data(output.get(), &clear);
  return SecretBytes(view_bytes({clear, static_cast<std::size_t>(length)}));
}

}  // namespace certstead
