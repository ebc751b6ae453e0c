#include "dns/exec_provider.h"

#include <algorithm>

#include "base/program.h"
#include "base/text.h"
#include "dns/redactor.h"

namespace certstead {
namespace {

constexpr Duration kLongest = std::chrono::minutes{2};
constexpr std::size_t kMostKept = 16384;

// "_acme-challenge.www.example.com" is for "www.example.com"; another name stands for itself.
std::string domain_of(const std::string& name) {
  constexpr std::string_view kPrefix = "_acme-challenge.";
  return name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : name;
}

class ExecProvider final : public DnsProvider {
 public:
  ExecProvider(std::string program, const DnsSecrets& secrets, DnsTrace trace)
      : program_(std::move(program)), trace_(std::move(trace)) {
    for (const auto& [name, value] : secrets) redactor_.add(view_text(value.reveal()));
  }

  Result<std::string> add(const TxtRecord& record, Deadline deadline) override {
    TRY(std::string output, run("add", "present", record, "", deadline));
    if (output.size() > kMostKept || redactor_.finds_in(output)) return std::string();
    return output;
  }
  Status remove(const TxtRecord& record, std::string_view kept, Deadline deadline) override {
    TRY(const std::string ignored, run("remove", "cleanup", record, std::string(kept), deadline));
    return Done{};
  }

 private:
  Result<std::string> run(const std::string& step, const std::string& verb, const TxtRecord& record,
                          const std::string& kept, Deadline deadline) {
    if (record.value.find('\0') != std::string::npos || record.name.find('\0') != std::string::npos) {
      return invalid("a TXT record for a program must not hold a NUL", "program-record");
    }
    Variables environment = {{"CERTBOT_DOMAIN", domain_of(record.name)},
                             {"CERTBOT_VALIDATION", record.value}};
    const std::string kept_text = kept.substr(0, kept.find('\0'));
    if (verb == "cleanup") environment.emplace_back("CERTBOT_AUTH_OUTPUT", trim(kept_text));
    const std::vector<std::string> argv = {program_, verb, record.name + ".", record.value};
    note(step, "$ " + join(argv, " "));
    auto ran = run_program(argv, {.variables = environment, .limit = deadline.earlier(kLongest).left()});
    if (!ran) return std::move(ran).error().within(step);
    const std::string said = redactor_.clean(ran->errors);
    note(step, ran->ended + (said.empty() ? "" : ": " + said));
    if (ran->ok) return std::move(ran->output);
    return unavailable(step + ": " + printable(program_, 200) + " " + verb + " ended with " + ran->ended +
                           (said.empty() ? "" : ": \"" + said + "\""),
                       "program-failed");
  }
  void note(const std::string& step, const std::string& text) const {
    if (trace_) trace_({step, printable(redactor_.clean(text), 2000)});
  }

  const std::string program_;
  const DnsTrace trace_;
  Redactor redactor_;
};

}  // namespace

DnsProviderFacts exec_facts() {
  DnsProviderFacts facts;
  facts.code = "exec";
  facts.title = "A program of your own";
  facts.kind = "built-in";
  facts.verified = "server";
  facts.rights = "The program runs as the manager does, so let only its administrator write to it.";
  facts.documentation = "https://go-acme.github.io/lego/dns/exec/";
  facts.help =
      "Runs PROGRAM present NAME. VALUE to add a TXT record and PROGRAM cleanup NAME. VALUE to take it away, "
      "without a "
      "shell, for two minutes at most; exit 0 means done. CERTBOT_DOMAIN, CERTBOT_VALIDATION and, at "
      "clean-up, "
      "CERTBOT_AUTH_OUTPUT are set as certbot sets them. lego's EXEC_MODE=RAW hands over the key "
      "authorization, which "
      "is not offered here: the value of the record is what a program needs.";
  facts.settings = {{.name = "program",
                     .environment = "EXEC_PATH",
                     .about = "Full path of the program.",
                     .secret = false,
                     .required = true}};
  return facts;
}

Result<std::unique_ptr<DnsProvider>> open_exec(const DnsAccount& account, const DnsSecrets& secrets,
                                               DnsTrace trace) {
  const auto program = account.settings.find("program");
  if (program == account.settings.end() || program->second.empty()) {
    return invalid("the account " + printable(account.name, 60) +
                       " has no setting 'program' (EXEC_PATH): give the full path of the program",
                   "dns-setting");
  }
  if (!program->second.starts_with('/') || program->second.find('\0') != std::string::npos) {
    return invalid("the setting 'program' must be a full path, such as /usr/local/bin/update-dns",
                   "dns-setting");
  }
  return std::unique_ptr<DnsProvider>(
      std::make_unique<ExecProvider>(program->second, secrets, std::move(trace)));
}

}  // namespace certstead
