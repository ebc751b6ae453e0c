#include "password.h"

#include "base/file.h"
#include "base/secret_line.h"
#include "cli/ask_secret.h"

namespace certstead {
namespace {

constexpr std::size_t kLongest = 4096;  // of a password file

Result<SecretBytes> ask(const std::string& prompt) {
  auto answer = ask_secret(prompt);
  if (answer) return answer;
  return invalid(answer.error().detail + "; give --password-file FILE", "password-absent");
}

}  // namespace

Result<SecretBytes> read_password(const std::string& file, const std::string& what, bool twice) {
  if (!file.empty()) {
    TRY(const SecretBytes text, read_secret_file(file, kLongest));
    return first_line(text);
  }
  TRY(SecretBytes password, ask("Password of " + what + ": "));
  if (!twice) return password;
  TRY(const SecretBytes again, ask("The same again: "));
  if (!equal_constant_time(password.reveal(), again.reveal()))
    return invalid("the two passwords differ; nothing was made", "password-differs");
  return password;
}

}  // namespace certstead
