#include "dns/fake_zone.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <thread>

#include "base/file.h"
#include "dns/url.h"
#include "json/json.h"
#include "json/json_object.h"

namespace certstead {
namespace {

std::unique_ptr<HttpClient> loopback_client() {
  HttpClientOptions options;
  options.egress = EgressPolicy::anywhere();
  auto client = make_http_client(std::move(options));
  EXPECT_TRUE(client);
  return std::move(*client);
}

std::map<std::string, std::string> texts_of(const JsonObject& object) {
  std::map<std::string, std::string> out;
  for (const auto& member : object.members())
    out[std::string(member.key())] = std::string(member.value().as_string());
  return out;
}

// The first line that the server printed, once it is whole.
std::string first_line(const std::filesystem::path& path, Process& process) {
  for (const Deadline deadline = Deadline::after(std::chrono::seconds{60}); !deadline.passed();) {
    const auto text = read_text_file(path);
    if (text && text->find('\n') != std::string::npos) return text->substr(0, text->find('\n'));
    if (!process.running()) return text ? *text : "";
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return "";
}

}  // namespace

RewritingClient::RewritingClient(std::uint16_t port) : port_(port), client_(loopback_client()) {}

Result<HttpResponse> RewritingClient::send(const HttpRequest& request, Deadline deadline) {
  HttpRequest sent = request;
  TRY(const Url url, parse_url(request.url));
  sent.headers.set("X-Meant-Url", request.url);
  sent.url =
      "http://127.0.0.1:" + std::to_string(port_) + url.path + (url.query.empty() ? "" : "?" + url.query);
  return client_->send(sent, deadline);
}

FakeZone::FakeZone(const std::string& provider, std::vector<std::string> environment)
    : provider_(provider), direct_(loopback_client()) {
  const std::filesystem::path output = directory_.path() / "output";
  auto process =
      Process::start({.command = {"python3", "-B", "tests/fake_zones/fake_zone.py", "--provider", provider},
                      .environment = std::move(environment),
                      .output = output});
  if (!process) {
    ADD_FAILURE() << process.error().detail;
    return;
  }
  process_ = std::move(*process);
  const std::string line = first_line(output, *process_);
  const auto facts = parse_json(line);
  if (!facts) {
    ADD_FAILURE() << "the fake zone of " << provider << " says: " << line << *read_text_file(output);
    return;
  }
  const JsonObject object = *JsonObject::of(*facts);
  port_ = static_cast<std::uint16_t>(*object.integer("port"));
  settings_ = texts_of(*object.object("settings"));
  wrong_ = texts_of(*object.object("wrong"));
  denied_ = *object.string("denied");
  limit_ = *object.integer("limit");
  stays_ = *object.boolean("stays");
  client_ = std::make_unique<RewritingClient>(port_);
  auto factory = ProviderFactory::make({.clients = {client_.get(), client_.get()}, .clock = &clock_});
  if (!factory) {
    ADD_FAILURE() << factory.error().detail;
    return;
  }
  factory_ = std::move(*factory);
}

std::string FakeZone::ask(const std::string& method, const std::string& path) {
  HttpRequest request;
  request.method = method;
  request.url = "http://127.0.0.1:" + std::to_string(port_) + path;
  const auto response = direct_->send(request, Deadline::after(std::chrono::seconds{60}));
  EXPECT_TRUE(response) << response.error().detail;
  return response ? response->body : "{}";
}

FakeZone::Rows FakeZone::records() {
  Rows out;
  const auto answer = parse_json(ask("GET", "/_zone"));
  for (const auto& row : answer->at("records").as_array()) {
    std::vector<std::string> fields;
    for (const auto& field : row.as_array()) fields.emplace_back(field.as_string());
    out.push_back(std::move(fields));
  }
  return out;
}

std::vector<std::string> FakeZone::values() {
  std::vector<std::string> out;
  for (const auto& row : records()) {
    if (row[0] == kChallengeName && row[1] == "TXT") out.push_back(row[2]);
  }
  return out;
}

void FakeZone::fail(const std::string& how) { ask("POST", "/_fail?how=" + how); }

void FakeZone::split_settings(bool right, DnsAccount& account, DnsSecrets& secrets) const {
  const auto facts = factory_->built_in();
  const auto own = std::ranges::find(facts, provider_, &DnsProviderFacts::code);
  ASSERT_NE(own, facts.end()) << "there is no recipe " << provider_;
  for (const DnsSettingFacts& setting : own->settings) {
    const auto value = settings_.find(setting.name);
    if (value == settings_.end()) continue;
    std::string text = value->second;
    if (!right && setting.secret) {
      const auto wrong = wrong_.find(setting.name);
      text = wrong == wrong_.end() ? "quite-wrong-" + setting.name : wrong->second;
    }
    if (setting.secret) {
      secrets.emplace(setting.name, SecretBytes(to_bytes(text)));
    } else {
      account.settings[setting.name] = text;
    }
  }
}

Result<std::unique_ptr<DnsProvider>> FakeZone::open(bool right, DnsTrace trace) {
  DnsAccount account;
  account.name = "test";
  account.provider = provider_;
  account.domains = {*DomainName::parse(kZoneName)};
  DnsSecrets secrets;
  split_settings(right, account, secrets);
  return factory_->open(account, secrets, nullptr, std::move(trace));
}

std::vector<std::string> FakeZone::wrong_secrets() const {
  DnsAccount account;
  DnsSecrets secrets;
  split_settings(false, account, secrets);
  std::vector<std::string> out;
  for (const auto& [name, value] : secrets) out.push_back(to_text(value.reveal()));
  return out;
}

std::vector<std::string> FakeZone::right_secrets() const {
  DnsAccount account;
  DnsSecrets secrets;
  split_settings(true, account, secrets);
  std::vector<std::string> out;
  for (const auto& [name, value] : secrets) out.push_back(to_text(value.reveal()));
  return out;
}

TxtRecord challenge(const std::string& value) { return {kChallengeName, kZoneName, value}; }

}  // namespace certstead
