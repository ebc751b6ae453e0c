// What a CA may answer: directory, order, authorization, challenge, problem, renewal information, Link,
// Retry-After.
#include "acme_client/acme_objects.h"
#include "acme_client/chain_choice.h"
#include "acme_client/retry_after.h"

namespace {

using namespace certstead;

void must_hold(bool held) {
  if (!held) __builtin_trap();
}

bool is_harmless(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  return true;
}

void check_problem(const Problem& problem) {
  must_hold(is_harmless(describe(problem)) && describe(problem).size() < 8000);
  must_hold(is_harmless(error_id(problem)));
  must_hold(!to_error(problem, "x").detail.empty());
}

void check_url(const std::string& url) {
  must_hold(url.empty() || (url.starts_with("https://") && url.size() <= 2000 && is_harmless(url)));
}

void read_objects(std::string_view text) {
  const CaUrlRule urls("https://ca.test/dir");
  if (const auto directory = read_directory(text, urls)) {
    check_url(directory->new_order);
    check_url(directory->renewal_info);
    for (const std::string& profile : directory->facts.profiles) must_hold(is_harmless(profile));
  }
  if (const auto order = read_order(text, urls)) {
    check_url(order->finalize);
    check_url(order->certificate);
    for (const std::string& url : order->authorizations) check_url(url);
    if (order->error) check_problem(*order->error);
  }
  if (const auto authorization = read_authorization(text, urls)) {
    for (const AcmeChallenge& one : authorization->challenges) {
      check_url(one.url);
      must_hold(is_harmless(one.type));
    }
  }
  (void)read_challenge(text, urls);
  (void)read_account_status(text);
  if (const auto info = read_renewal_info(text)) must_hold(info->window_start < info->window_end);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = view_text({data, size});
  read_objects(text);
  const Instant now = from_unix_seconds(1'800'000'000);
  HttpResponse response{
      400, {{"Retry-After", std::string(text)}, {"Link", std::string(text)}}, std::string(text), {}};
  check_problem(*problem_of(response, now));
  if (const auto wait = read_retry_after(text, now)) must_hold(*wait >= Duration{0});
  must_hold(alternate_urls(response.headers, "https://ca.test/cert/1").size() <= kMaxAlternates);
  return 0;
}
