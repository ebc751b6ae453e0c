// Owners for OpenSSL's handles, and its error queue as an Error. For .cc files of modules that must speak
// OpenSSL.
#pragma once

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "base/bytes.h"
#include "base/result.h"

namespace certstead {

template <auto Free>
struct Freed {
  template <class P>
  void operator()(P* p) const {
    Free(p);
  }
};
using EvpKey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using EvpKeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using EvpMdContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using EvpCipherContext = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX_free>>;
using X509Handle = std::unique_ptr<X509, Freed<X509_free>>;
using X509ReqHandle = std::unique_ptr<X509_REQ, Freed<X509_REQ_free>>;
using BioHandle = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using CmsHandle = std::unique_ptr<CMS_ContentInfo, Freed<CMS_ContentInfo_free>>;

// Empties OpenSSL's error queue of this thread. Call it before a sequence whose failure is read with
// openssl_error().
void clear_openssl_errors();
// "`what` failed: <first reason in the queue>", kInternal unless said otherwise; empties the queue.
Error openssl_error(std::string_view what, Code code = Code::kInternal);

}  // namespace certstead
