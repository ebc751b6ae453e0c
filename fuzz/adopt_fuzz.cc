// Configurations of other programs. The first byte chooses the program; the rest is every file that it may
// look at, so that includes meet themselves too.
#include <cstdlib>

#include "adopt/fake_tree.h"
#include "adopt/scan.h"
#include "base/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace certstead;
  if (size == 0) return 0;
  const Program program = kAllPrograms[data[0] % std::size(kAllPrograms)];
  const std::string text = to_text({data + 1, size - 1});
  FakeTree tree;
  for (const char* file : {"/etc/letsencrypt/renewal/a.conf",
                           "/etc/letsencrypt/archive/a/fullchain1.pem",
                           "/root/.lego/certificates/a.crt",
                           "/root/.lego/certificates/a.json",
                           "/root/.lego/accounts/s/e/account.json",
                           "/root/.acme.sh/a/a.conf",
                           "/root/.acme.sh/account.conf",
                           "/etc/nginx/nginx.conf",
                           "/etc/nginx/a",
                           "/etc/apache2/apache2.conf",
                           "/etc/apache2/envvars",
                           "/etc/apache2/a",
                           "/etc/haproxy/haproxy.cfg",
                           "/a",
                           "/etc/postfix/main.cf",
                           "/etc/postfix/master.cf",
                           "/etc/postfix/a",
                           "/etc/dovecot/dovecot.conf",
                           "/etc/dovecot/a",
                           "/local/notesdata/a.kyr"})
    tree.files[file] = text;
  ScanOptions options;
  options.documents = text;
  for (const FoundCredential& finding : scan(program, tree, options).found) {
    if (finding.place.empty() || (finding.certificate_files.empty() && finding.problem.empty())) std::abort();
  }
  return 0;
}
