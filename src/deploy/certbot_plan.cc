// The directory of certbot: live/NAME holds links to numbered files in archive/NAME.
#include <array>

#include "base/text.h"
#include "deploy/plan_parts.h"

namespace certstead {
namespace {

constexpr std::array<const char*, 4> kRoles = {"cert", "chain", "fullchain", "privkey"};

constexpr std::string_view kReadme =
    "This directory holds the keys and certificates of one name, kept up to date by Certstead.\n"
    "\n"
    "privkey.pem    the private key of the certificate\n"
    "fullchain.pem  the certificate and its intermediates: what most servers want\n"
    "chain.pem      the intermediates alone, for OCSP stapling\n"
    "cert.pem       the certificate alone; few programs want it\n"
    "\n"
    "The files are links to numbered ones in ../../archive. Point programs at the links, and don't move "
    "them.\n";

// N of "certN.pem"; 0 for anything else.
std::uint64_t number_of(std::string_view name, std::string_view role) {
  if (!name.starts_with(role) || !name.ends_with(".pem") || name.size() < role.size() + 5) return 0;
  const auto number = parse_number(name.substr(role.size(), name.size() - role.size() - 4));
  return number.value_or(0);
}

std::uint64_t greatest_number(const std::vector<std::string>& names) {
  std::uint64_t greatest = 0;
  for (const std::string& name : names) {
    for (const char* role : kRoles) greatest = std::max(greatest, number_of(name, role));
  }
  return greatest;
}

std::string numbered(const char* role, std::uint64_t number) {
  return std::string(role) + std::to_string(number) + ".pem";
}

SecretBytes content_of(std::string_view role, const DeployCredential& credential) {
  if (role == "cert") return leaf_pem(credential);
  if (role == "chain") return chain_pem(credential);
  if (role == "fullchain") return fullchain_pem(credential);
  return SecretBytes(credential.key.to_pkcs8_pem());
}

// The four files under this number are those of the credential, with the right modes and owner.
bool is_archived(const SafeDirectory& archive, std::uint64_t number, const std::vector<Addition>& wanted,
                 const Owner& owner) {
  for (std::size_t i = 0; i < kRoles.size(); ++i) {
    const std::string name = numbered(kRoles[i], number);
    const auto entry = archive.look(name);
    const auto content = archive.read(name);
    if (!entry || !content || !std::ranges::equal(content->reveal(), wanted[i].content.reveal()))
      return false;
    const struct stat& info = entry->info;
    if ((info.st_mode & 07777) != wanted[i].mode || info.st_uid != owner.user.value_or(info.st_uid) ||
        info.st_gid != owner.group.value_or(info.st_gid)) {
      return false;
    }
  }
  return true;
}

// The number that live/NAME shows; 0 if it shows none.
std::uint64_t live_number(const std::filesystem::path& live, const Owner& owner) {
  const auto directory = SafeDirectory::open(live, owner);
  if (!directory) return 0;
  const auto target = directory->link_target("privkey.pem");
  if (!target) return 0;
  return number_of(std::filesystem::path(*target).filename().string(), "privkey");
}

}  // namespace

Status plan_certbot(const Deployment& d, const DeployCredential& credential, const Owner& owner,
                    DeployPlan& plan) {
  DeployedPaths paths;
  paths.kind = kind_of(credential.type());
  const std::string lineage = with_kind(d.lineage, paths.kind);
  const std::filesystem::path root = with_kind(d.path, paths.kind);
  const std::filesystem::path archive_path = root / "archive" / lineage;
  paths.lineage = root / "live" / lineage;

  std::vector<Addition> wanted;
  for (const char* role : kRoles) {
    const bool is_key = std::string_view(role) == "privkey";
    const auto mode = static_cast<mode_t>(is_key ? d.permissions.mode : d.permissions.public_mode);
    wanted.push_back({archive_path, "", content_of(role, credential), mode});
  }
  std::uint64_t number = 0;
  auto archive = SafeDirectory::open(archive_path, owner);
  if (!archive && archive.error().code != Code::kNotFound) return archive.error();
  if (archive) {
    number = live_number(paths.lineage, owner);
    if (number > 0 && is_archived(*archive, number, wanted, owner)) {
      wanted.clear();
    } else {
      TRY(const auto names, archive->names());
      number = greatest_number(names);
    }
  }
  if (!wanted.empty()) ++number;

  Placement live;
  live.path = paths.lineage;
  live.is_directory = true;
  live.entries.push_back({"README", SecretBytes(view_bytes(kReadme)), 0644});
  for (std::size_t i = 0; i < kRoles.size(); ++i) {
    const std::string name = numbered(kRoles[i], number);
    if (!wanted.empty()) wanted[i].name = name;
    live.entries.push_back({std::string(kRoles[i]) + ".pem", {}, 0, "../../archive/" + lineage + "/" + name});
  }
  for (Addition& addition : wanted) plan.additions.push_back(std::move(addition));
  plan.placements.push_back(std::move(live));
  paths.key = paths.lineage / "privkey.pem";
  paths.leaf = paths.lineage / "fullchain.pem";
  paths.chain = paths.lineage / "chain.pem";
  plan.paths.push_back(std::move(paths));

  std::error_code ignored;
  const std::filesystem::path renewal = root / "renewal" / (lineage + ".conf");
  if (std::filesystem::exists(renewal, ignored)) {
    plan.warnings.push_back(
        printable(renewal.string()) +
        " makes certbot renew the same lineage; move that file away, else the two take turns");
  }
  return Done{};
}

}  // namespace certstead
