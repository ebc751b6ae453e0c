// DNS accounts, providers, tests and records to set, for people.
#pragma once

#include "cli/session.h"

namespace certstead {

Table dns_accounts_table(const boost::json::value& answer);
Table dns_providers_table(const boost::json::value& answer);
Table dns_trace_table(const boost::json::value& answer);
void print_dns_account(Session& session, const boost::json::value& account);
void print_dns_provider(Session& session, const boost::json::value& provider);
// With what became of the accounts that came along.
void print_dns_import(Session& session, const boost::json::value& report);
// Every exchange, what the servers show, and how it ended; the exit code that belongs to that.
int print_dns_trial(Session& session, const boost::json::value& report);
// The records in the form of a zone file, each with its state.
void print_dns_assist(Session& session, const boost::json::value& report);

}  // namespace certstead
