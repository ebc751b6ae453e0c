#include "deploy/view_source.h"

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::size_t kPage = 500;

}  // namespace

Result<ViewSource> ViewSource::open(const std::filesystem::path& directory) {
  TRY(auto reader, ViewReader::open(directory));
  TRY(ViewKey key, ViewKey::load(directory));
  return ViewSource(std::move(reader), std::move(key));
}

Result<std::uint64_t> ViewSource::position() const {
  TRY(const ViewStats stats, reader_->stats());
  return stats.last_transaction;
}

Result<DeployCredential> ViewSource::open_record(const CredentialRecord& record) const {
  TRY(StoredCredential stored, reader_->load(record.id));
  TRY(const SecretBytes der, key_.open(stored.record.id, stored.record.version, stored.record.sealed_key));
  TRY(PrivateKey key, PrivateKey::from_der(der.reveal()));
  TRY(Certificate leaf, Certificate::from_der(stored.record.leaf));
  if (!leaf.matches(key)) {
    return invalid(
        "the view holds a key that is not that of its certificate; nothing of this set is deployed",
        "key-mismatch");
  }
  return DeployCredential{std::move(key), std::move(leaf), std::move(stored.intermediates),
                          std::move(stored.record.names)};
}

Result<std::map<std::string, std::vector<DeployCredential>>> ViewSource::credentials_of(
    const std::set<std::string>& sets) const {
  std::map<std::string, std::vector<DeployCredential>> out;
  std::string after;
  for (;;) {
    TRY(const std::vector<CredentialRecord> page, reader_->list(after, kPage));
    for (const CredentialRecord& record : page) {
      if (!sets.contains(record.set_name)) continue;
      auto opened = open_record(record);
      if (!opened) return opened.error().within("set " + printable(record.set_name, 100));
      out[record.set_name].push_back(std::move(*opened));
    }
    if (page.size() < kPage) return out;
    after = page.back().id;
  }
}

}  // namespace certstead
