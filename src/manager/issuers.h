// Use cases of issuers and trusted roots.
#pragma once

#include "manager/context.h"

namespace certstead {

class IssuerDesk {
 public:
  explicit IssuerDesk(Context context) : context_(context) {}

  // Adds an issuer; its directory is read first, so that a wrong URL is found now. kInvalid for a URL that is
  // not https, and ("issuer-trust") for roots of its own that can't be read; the same goes for changing it.
  Result<IssuerRecord> add(IssuerRecord issuer, const Actor& actor);
  Result<IssuerRecord> change(const IssuerRecord& issuer, const Actor& actor);
  Status remove(std::string_view name,
                const Actor& actor);  // kConflict while it is used, or if it is built in
  Result<std::vector<IssuerRecord>> list();
  Result<IssuerRecord> show(std::string_view name);
  // What its directory says now.
  Result<DirectoryFacts> directory(std::string_view name);
  // Adds those of `known` and the manual one where they are absent, and brings built-in ones up to date.
  Status install_known(const std::vector<IssuerRecord>& known);

  // Every certificate in `pem`, or none; `name` for a single one ("": its common name). Returns what was
  // added. kInvalid ("not-a-ca") if one is no CA, unless `leaves` are wanted: trusted as themselves, they
  // vouch for no other.
  Result<std::vector<TrustedRoot>> add_roots(std::string_view pem, std::string_view name, bool leaves,
                                             const Actor& actor);
  Result<std::vector<TrustedRoot>> list_roots();
  Status remove_root(std::string_view name, const Actor& actor);

 private:
  Status check_trusted(const IssuerRecord& issuer);
  Status check_cas(const std::vector<Bytes>& certificates);

  Context context_;
};

}  // namespace certstead
