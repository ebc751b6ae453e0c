#include "password.h"

#include "base/secret_line.h"
#include "cli/ask_secret.h"

namespace certstead {
namespace {

Result<SecretBytes> ask(const std::string& prompt) {
  auto answer = ask_secret(prompt);
  if (answer) return answer;
  return invalid(answer.error().detail + "; give --password-file FILE", "password-absent");
}

}  // namespace

Result<SecretBytes> read_password(const std::string& file, const std::string& what, bool twice) {
  if (!file.empty()) return read_secret_line(file);
  TRY(SecretBytes password, ask("Password of " + what + ": "));
  if (!twice) return password;
  TRY(const SecretBytes again, ask("The same again: "));
  if (!equal_constant_time(password.reveal(), again.reveal()))
    return invalid("the two passwords differ; nothing was made", "password-differs");
  return password;
}

}  // namespace certstead
