// The path cases of x509-limbo (https://x509-limbo.com), where they lie beside the project.
#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include <boost/json.hpp>
#include <cstdio>
#include <map>

#include "base/file.h"
#include "pki/path_builder.h"

namespace certstead {
namespace {

namespace json = boost::json;

constexpr const char* kCases = "../shared/data/limbo-subset.json";

// Cases that we judge otherwise, each with the reason.
// None of them is accepted wrongly.
constexpr const char* kAnchor = "rejected: only self-signed certificates are anchors of trust";
constexpr const char* kKeyUsage = "rejected: a key with the usage keyCertSign alone can't serve TLS";
const std::map<std::string, std::string> kDiffering = {
    {"cve::cve-2024-0567", kAnchor},
    {"rfc5280::root-and-intermediate-swapped", kAnchor},
    {"pathlen::validation-ignores-pathlen-in-leaf", kKeyUsage},
    {"rfc5280::ca-as-leaf", kKeyUsage},
};

std::string text(const json::object& object, std::string_view name) {
  const json::value& value = object.at(name);
  return value.is_null() ? "" : std::string(value.as_string());
}

// Certificates of limbo that do not even parse strictly count as absent.
std::vector<Certificate> certificates(const json::object& object, std::string_view name) {
  std::vector<Certificate> out;
  for (const json::value& pem : object.at(name).as_array()) {
    auto one = Certificate::from_pem(std::string(pem.as_string()));
    if (one) out.push_back(std::move(*one));
  }
  return out;
}

bool has_name(const Certificate& leaf, const json::object& name) {
  const std::string value = text(name, "value");
  if (text(name, "kind") == "IP") return X509_check_ip_asc(leaf.native(), value.c_str(), 0) == 1;
  if (text(name, "kind") == "RFC822") return X509_check_email(leaf.native(), value.c_str(), 0, 0) == 1;
  constexpr unsigned kFlags = X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
  return X509_check_host(leaf.native(), value.c_str(), value.size(), kFlags, nullptr) == 1;
}

// "" if the case is accepted, else why not.
std::string judge(const json::object& one) {
  const auto leaf = Certificate::from_pem(text(one, "peer_certificate"));
  if (!leaf) return leaf.error().detail;
  const std::string time = text(one, "validation_time");
  const Instant now = time.empty() ? from_unix_seconds(1'800'000'000) : parse_rfc3339(time).value();
  const bool server = text(one, "validation_kind") == "SERVER";
  const auto path =
      build_path(*leaf, certificates(one, "untrusted_intermediates"), certificates(one, "trusted_certs"), now,
                 {.purpose = server ? PathPurpose::kServer : PathPurpose::kClient});
  if (!path) return path.error().detail;
  // Limbo counts the certificates between leaf and root, self-issued ones aside.
  if (const json::value& depth = one.at("max_chain_depth"); !depth.is_null()) {
    std::int64_t between = 0;
    for (std::size_t i = 1; i + 1 < path->size(); ++i) {
      const Certificate& middle = (*path)[i];
      between += middle.subject() == middle.issuer() ? 0 : 1;
    }
    if (between > depth.as_int64()) return "deeper than asked for";
  }
  const json::value& name = one.at("expected_peer_name");
  if (!name.is_null() && !has_name(*leaf, name.as_object())) return "the leaf has another name";
  for (const json::value& other : one.at("expected_peer_names").as_array()) {
    if (!has_name(*leaf, other.as_object())) return "the leaf has another name";
  }
  return "";
}

TEST(Limbo, NoCaseIsWronglyAcceptedButTheNamedOnes) {
  const auto file = read_text_file(kCases);
  if (!file) GTEST_SKIP() << "x509-limbo's cases are not at " << kCases;
  const json::value document = json::parse(*file);
  int right = 0, accepted = 0, rejected = 0;
  for (const json::value& item : document.at("testcases").as_array()) {
    const json::object& one = item.as_object();
    const std::string id = text(one, "id");
    const std::string refusal = judge(one);
    const bool good = text(one, "expected_result") == "SUCCESS";
    if (refusal.empty() == good) {
      ++right;
      EXPECT_FALSE(kDiffering.contains(id)) << id << " is judged as limbo does; take it off the list";
      continue;
    }
    ++(good ? rejected : accepted);
    EXPECT_TRUE(kDiffering.contains(id)) << id << (good ? " rejected: " : " accepted") << refusal;
  }
  std::printf("x509-limbo: %d right, %d wrongly accepted, %d wrongly rejected\n", right, accepted, rejected);
}

}  // namespace
}  // namespace certstead
