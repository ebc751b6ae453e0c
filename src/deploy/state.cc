#include "deploy/state.h"

#include <unistd.h>

#include "base/text.h"
#include "deploy/report_json.h"
#include "deploy/safe_directory.h"
#include "json/json.h"
#include "json/json_object.h"

namespace certstead {
namespace {

std::string file_of(const std::string& name) { return name + ".json"; }

Result<DeployState> from_json(const boost::json::value& value, const std::string& name) {
  TRY(const JsonObject from, JsonObject::of(value));
  DeployState state;
  TRY(state.complete, from.string("complete"));
  TRY(state.digest_of_config, from.string("config"));
  TRY(const auto files, from.objects("written"));
  for (const JsonObject& file : files) {
    TRY(const std::string path, file.string("path"));
    WrittenFile& written = state.written[path];
    TRY(written.leaf, file.string("leaf"));
    TRY(written.content, file.string("content"));
  }
  TRY(const std::optional<bool> told, from.optional_boolean("told"));
  state.told = told.value_or(false);
  const boost::json::value* report = from.find("report");
  if (report != nullptr && !report->is_null()) {
    TRY(state.report, report_from_json(*report, name));
  }
  return state;
}

boost::json::object to_json(const DeployState& state) {
  boost::json::array written;
  for (const auto& [path, file] : state.written) {
    written.push_back(boost::json::object{{"path", path}, {"leaf", file.leaf}, {"content", file.content}});
  }
  boost::json::object out{
      {"complete", state.complete}, {"config", state.digest_of_config}, {"told", state.told}};
  out["written"] = std::move(written);
  out["report"] = state.report ? boost::json::value(report_to_json(*state.report)) : boost::json::value();
  return out;
}

}  // namespace

Result<DeployState> read_state(const std::filesystem::path& directory, const std::string& name) {
  const auto opened = SafeDirectory::open(directory, {});
  if (!opened && opened.error().code == Code::kNotFound) return DeployState{};
  if (!opened) return opened.error();
  auto text = opened->read(file_of(name));
  if (!text && text.error().code == Code::kNotFound) return DeployState{};
  if (!text) return text.error();
  const auto parsed = parse_json(to_text(text->reveal()));
  auto state = parsed ? from_json(*parsed, name) : Result<DeployState>(parsed.error());
  if (state) return state;
  return state.error().within(printable((directory / file_of(name)).string()) +
                              " is damaged; remove it, and the next run deploys anew");
}

Status write_state(const std::filesystem::path& directory, const std::string& name,
                   const DeployState& state) {
  TRY(const SafeDirectory where, SafeDirectory::open(directory, {}, 0700));
  const std::string fresh = "." + file_of(name) + ".new";
  CHECK_OK(where.remove(fresh));
  const std::string text = to_json_text(to_json(state));
  CHECK_OK(where.write_new(fresh, view_bytes(text), {}, 0600));
  TRY(const Entry old, where.look(file_of(name)));
  if (!old.exists) {
    CHECK_OK(where.rename_new(fresh, file_of(name)));
  } else {
    CHECK_OK(where.exchange(fresh, file_of(name)));
    CHECK_OK(where.remove(fresh));
  }
  return where.sync();
}

Status remove_state(const std::filesystem::path& directory, const std::string& name) {
  const auto where = SafeDirectory::open(directory, {});
  if (!where) return where.error().code == Code::kNotFound ? Status(Done{}) : Status(where.error());
  return where->remove(file_of(name));
}

}  // namespace certstead
