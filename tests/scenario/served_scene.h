// A real manager that proves what is served of www.lab.test, as an administrator asks it.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "json/json.h"
#include "support/command.h"
#include "support/fleet_processes.h"

namespace certstead {

inline void expect_ok(const CommandResult& result) { EXPECT_EQ(result.exit, 0) << result.out << result.err; }

class ServedScene : public FleetProcesses {
 public:
  using FleetProcesses::FleetProcesses;

  // The value of one member of the set's line of `status -o json`.
  std::string status(const std::string& member) const {
    const CommandResult shown = cli({"status", "-o", "json"});
    const auto value = parse_json(shown.out);
    if (!value) return shown.out + shown.err;
    for (const auto& line : value->at("sets").as_array()) {
      if (line.at("name") == "www.lab.test") return std::string(line.at(member).as_string());
    }
    return "no such set";
  }
  // Until a proof says so; a minute of patience.
  bool served_becomes(const std::string& wanted) const {
    return becomes([&] { return status("served") == wanted; });
  }
  // The same for a part of what `show` prints.
  bool shown_becomes(const std::string& wanted) const {
    return becomes([&] { return cli({"show", "www.lab.test"}).out.find(wanted) != std::string::npos; });
  }
  // A copy of the view in directory()/NAME: what serves from it does not hear of what is new.
  void freeze_view(const std::string& name) const {
    const auto frozen = directory() / name;
    std::filesystem::copy(directory() / "view", frozen, std::filesystem::copy_options::recursive);
    give_to_nobody(frozen);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(frozen))
      give_to_nobody(entry.path());
  }

 private:
  static bool becomes(const std::function<bool()>& condition) {
    for (const Deadline limit = Deadline::after(std::chrono::seconds{60}); !limit.passed();) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds{250});
    }
    return false;
  }
};

}  // namespace certstead
