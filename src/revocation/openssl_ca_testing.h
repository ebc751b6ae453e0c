// For tests: a CA and its OCSP responder made by the openssl program.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "base/temp_dir.h"
#include "crypto/certificate.h"

namespace certstead {

class OpensslCa {
 public:
  // A CA whose certificates name these places (http URLs; "": none).
  OpensslCa(const std::string& crl_url, const std::string& ocsp_url, const std::string& issuer_url = "");

  // Runs openssl in the CA's directory; the test ends if that fails.
  void openssl(const std::string& arguments) const;
  std::filesystem::path file(const std::string& name) const { return dir_.path() / name; }
  Certificate root() const { return read("ca.pem"); }
  Certificate read(const std::string& name) const;
  Bytes bytes(const std::string& name) const;

  // Issues NAME.pem with NAME.key; with `eku` that extended key usage.
  Certificate issue(const std::string& name, const std::string& eku = "serverAuth");
  void revoke(const std::string& name, const std::string& reason);
  // A CRL in DER; `options` as for `openssl ca -gencrl`.
  Bytes crl(const std::string& options = "-crldays 7");
  // A response in DER for `leaf`, signed with SIGNER.pem and SIGNER.key.
  Bytes ocsp_response(const std::string& leaf, const std::string& signer,
                      const std::string& options = "-ndays 1");

 private:
  TempDir dir_;
};

// The responder of the openssl program, as a process that ends with the test. It signs with responder.pem and
// responder.key. `options` as for `openssl ocsp`.
class OpensslResponder {
 public:
  // Returns once it answers.
  OpensslResponder(const OpensslCa& ca, std::uint16_t port, const std::string& options = "-ndays 1");
  OpensslResponder(const OpensslResponder&) = delete;
  OpensslResponder& operator=(const OpensslResponder&) = delete;
  ~OpensslResponder();

 private:
  pid_t pid_ = 0;
};

}  // namespace certstead
