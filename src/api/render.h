// Records as JSON. Times are RFC 3339; what is absent is null. Nothing sealed, no grant, no key, no envelope.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "manager/manager.h"
#include "net/http_server.h"

namespace certstead {

// "2026-11-22T08:15:46Z", or null.
boost::json::value json_time(const std::optional<Instant>& at);
boost::json::array json_strings(const std::vector<std::string>& texts);
boost::json::array json_key_types(const std::vector<KeyType>& types);
// {"ascii": "xn--bcher-kva.example", "unicode": "bücher.example"}
boost::json::object json_name(const HostPattern& name);
// The same of a name that is no HostPattern yet; both forms are the text if it can't be one.
boost::json::object json_name(std::string_view ascii);

boost::json::object render(const Job& job);
boost::json::object render(const JobProgress& progress);
boost::json::object render(const IssuerRecord& issuer);
boost::json::object render(const DirectoryFacts& facts);
boost::json::object render(const Account& account);
boost::json::object render(const TrustedRoot& root);
boost::json::object render(const AuditRecord& record);
boost::json::object render(const MemberRecord& member);
boost::json::object render(const ViewEntry& entry);
boost::json::object render(const ViewLookup& lookup);

// The elements of `records`, each rendered.
template <class Record>
boost::json::array render_all(const std::vector<Record>& records) {
  boost::json::array out;
  for (const Record& record : records) out.push_back(render(record));
  return out;
}

HttpReply json_reply(int status, const boost::json::value& value);

}  // namespace certstead
