// The verbs, each declared beside what it does.
#pragma once

#include <boost/json/array.hpp>
#include <list>

#include "base/secret.h"
#include "cli/cli.h"
#include "cli/session.h"
#include "cli/verb.h"

namespace certstead {

// Credential sets
Verb request_verb();
Verb import_verb();
Verb list_verb();
Verb show_verb();
Verb status_verb();
Verb renew_verb();
Verb revoke_verb();
Verb delete_verb();
Verb export_verb();
Verb csr_verb();
Verb complete_verb();
Verb cancel_verb();
// CAs
Verb issuer_verb();
Verb account_verb();
Verb roots_verb();
Verb micro_ca_verb();
// Names proved over DNS
Verb dns_verb();
// Health
Verb health_verb();
Verb notify_verb();
// The manager
Verb jobs_verb();
Verb audit_verb();
Verb members_verb();
Verb cache_verb();
Verb version_verb();
Verb probe_verb();
// Backups, and what works without a manager
Verb backup_verb(const LocalVerbs& local);
Verb offline_verb(const LocalVerbs& local);
Verb setup_verb(const LocalVerbs& local, const GlobalOptions& globals);
// This host
Verb deploy_verb(const ServerVerbs& servers);
Verb preload_verb();
// Servers
Verb manager_verb(const ServerVerbs& servers, const GlobalOptions& globals);
Verb gateway_verb(const ServerVerbs& servers);
Verb lab_verb(const ServerVerbs& servers);

// Prints facts and rows, as a table or as JSON.
void print_local(Session& session, const LocalAnswer& answer);
// Shared between verbs: all pages of the list of sets.
Result<std::vector<boost::json::value>> all_sets(Session& session);
// Prints the answer of a plain GET, as JSON or as the table made of it.
Result<int> print_answer(Session& session, const std::string& path,
                         const std::function<Table(const boost::json::value&)>& table);
// The text of a file, "-" being standard input, at most 1 MiB.
Result<std::string> read_file_or_input(Session& session, const std::string& path);
// The same for a secret in one line, without the blanks around it; our copies of it are wiped. What can't be
// wiped is what it is sent in: the JSON body, its text, and the buffers of the HTTP client.
Result<SecretBytes> read_secret(Session& session, const std::string& path);

// `answer` to a call that sent these files. Its error names them if it is about what is in them, and has its
// id behind the sentence: scripts tell failures apart by it.
Result<boost::json::value> about_files(Result<boost::json::value> answer,
                                       const std::vector<std::string>& paths);
// The contents of files ("-": standard input) as an array of base64, for a body.
Result<boost::json::array> files_for_body(Session& session, const std::vector<std::string>& paths);

}  // namespace certstead
