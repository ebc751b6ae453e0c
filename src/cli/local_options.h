// What the program does by itself on this host's files, without asking a manager.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cli/server_options.h"

namespace certstead {

// Single facts, or rows under heads, or both.
struct LocalAnswer {
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<std::string> heads;
  std::vector<std::vector<std::string>> rows;
};

// A new recipient of backups: the key file that is to be made.
struct NewRecipient {
  std::string name, key_file, password_file;
  std::string fleet_root;  // PEM
};

struct BackupFileOptions {
  std::string file, key_file, password_file;
  std::string data, identity, config;  // where to restore to
  std::string only, out;               // one set, and the file for its key and chain
};

struct OfflineOptions {
  std::string data = "/var/lib/certstead";
  std::string identity = "/etc/certstead/identity";
  std::string set, out;
};

struct SetupOptions {
  std::string data = "/var/lib/certstead";
  std::string identity = "/etc/certstead/identity";
  std::string config, socket;
  std::string user = "certstead";
};

// Each does one thing and says what came out. One that is empty takes its verb away. Passwords come from the
// file named, or are asked for on the terminal.
struct LocalVerbs {
  // Writes the key file; yields the certificate, PEM.
  std::function<Result<std::string>(const NewRecipient&)> make_recipient;
  std::function<Result<LocalAnswer>(const BackupFileOptions&)> verify_backup, restore_backup,
      extract_credential;
  std::function<Result<LocalAnswer>(const OfflineOptions&)> offline_list, offline_verify, offline_export;
  std::function<Result<LocalAnswer>(const SetupOptions&)> setup;
};

}  // namespace certstead
