#include "api/render.h"
#include "api/routes.h"

namespace certstead {

Result<HttpReply> list_audit(const Call& call) {
  TRY(const std::int64_t after, call.query.number("after", 0, 0, std::numeric_limits<std::int64_t>::max()));
  TRY(const std::int64_t limit, call.query.number("limit", 100, 1, 1000));
  TRY(const std::vector<AuditRecord> records,
      call.manager.audit.audit_after(after, static_cast<std::size_t>(limit)));
  boost::json::object page{{"records", render_all(records)}};
  const bool more = records.size() == static_cast<std::size_t>(limit);
  page["next"] = more ? boost::json::value(records.back().number) : boost::json::value();
  return json_reply(200, page);
}

Result<HttpReply> verify_audit(const Call& call) {
  TRY(const std::int64_t records, call.manager.audit.verify_audit());
  boost::json::object out{{"records", records}};
  out["intact"] = true;
  return json_reply(200, out);
}

}  // namespace certstead
