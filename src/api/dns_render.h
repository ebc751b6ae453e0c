// DNS accounts, providers and trials as JSON. No secret is ever rendered, only the names of those there are.
#pragma once

#include <boost/json/object.hpp>

#include "manager/dns_assist.h"
#include "manager/dns_desk.h"
#include "manager/dns_import.h"
#include "manager/dns_trial.h"

namespace certstead {

boost::json::object render(const DnsAccountView& view);
boost::json::object render(const DnsProviderFacts& facts);
// The provider, with what became of the accounts beside it.
boost::json::object render(const DnsImportReport& report);
boost::json::object render(const DnsTrialReport& report);
boost::json::object render(const DnsAssistReport& report);
boost::json::object render(const DnsTraced& line);
// With its text.
boost::json::object render(const DnsDefinition& definition);

}  // namespace certstead
