// The files of identities and of the fleet CA: PEM, 0600, judged by their modes before they are believed.
#pragma once

#include <filesystem>

#include "crypto/certificate.h"

namespace certstead {

inline constexpr std::string_view kFleetRootFile = "fleet-ca.pem";

// A private key file that only its owner can read, at most 64 KiB. kNotFound; kDenied ("key-file-open") with
// the way out.
Result<PrivateKey> load_private_key_file(const std::filesystem::path& path);
Status save_private_key_file(const PrivateKey& key, const std::filesystem::path& path);
Result<Certificate> load_certificate_file(const std::filesystem::path& path);
Status save_certificate_file(const Certificate& certificate, const std::filesystem::path& path);
// kConflict if `directory` has the root of another fleet, so that no identity is torn in two.
Status claim_directory(const std::filesystem::path& directory, const Certificate& root);

}  // namespace certstead
