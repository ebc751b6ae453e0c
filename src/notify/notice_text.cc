#include "notify/notice_text.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/text.h"
#include "json/json.h"

namespace certstead {
namespace {

std::string word_of(const Notice& notice) {
  if (notice.event == "over") return "OVER";
  return notice.severity == Health::kRed ? "RED" : "YELLOW";
}

}  // namespace

std::string subject_line(const Notifier::Message& message) {
  if (message.test) return "certstead: test message";
  if (message.notices.empty()) return "certstead: all goes well";
  if (message.notices.size() == 1) {
    const Notice& one = message.notices.front();
    return printable("certstead: " + word_of(one) + " " + one.subject + ": " + one.detail, 150);
  }
  const bool red = std::ranges::any_of(message.notices, [](const Notice& n) { return word_of(n) == "RED"; });
  return "certstead: " + std::to_string(message.notices.size()) + " notices" + (red ? ", RED" : "");
}

std::string body_text(const Notifier::Message& message) {
  std::string out;
  if (message.test) out += "This is a test message. Notices of this certstore will arrive like this one.\n";
  for (const Notice& notice : message.notices) {
    out += word_of(notice) + "  " + printable(notice.subject, 300) + "\n    " +
           printable(notice.detail, 2000) + "\n    " +
           (notice.event == "again" ? "still so at " : "seen at ") + to_rfc3339(notice.at) + " (" +
           printable(notice.id, 60) + ")\n\n";
  }
  return out + "\n-- \nSent by certstead, certstore " + printable(message.store_id, 60) + ", " +
         to_rfc3339(message.at) + ".\n`certstead health` shows all that is wrong now.\n";
}

std::string body_json(const Notifier::Message& message) {
  boost::json::array notices;
  for (const Notice& notice : message.notices) {
    notices.push_back(boost::json::object{{"subject", printable(notice.subject, 300)},
                                          {"id", notice.id},
                                          {"event", notice.event},
                                          {"severity", health_name(notice.severity)},
                                          {"detail", printable(notice.detail, 2000)},
                                          {"at", to_rfc3339(notice.at)}});
  }
  const char* const type = message.test ? "test" : message.notices.empty() ? "heartbeat" : "notices";
  return to_json_text(boost::json::object{{"type", type},
                                          {"store", message.store_id},
                                          {"at", to_rfc3339(message.at)},
                                          {"notices", std::move(notices)}});
}

}  // namespace certstead
