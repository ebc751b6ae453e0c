// Notices as people and programs read them. Pure.
#pragma once

#include "model/notify.h"

namespace certstead {

// "certstead: RED www.example.test: the p256 certificate expires in 20 h", "certstead: 3 notices, RED".
std::string subject_line(const Notifier::Message& message);
// Plain text in lines of UTF-8.
std::string body_text(const Notifier::Message& message);
// {"type": "notices" | "heartbeat" | "test", "store", "at", "notices": [...]}
std::string body_json(const Notifier::Message& message);

}  // namespace certstead
