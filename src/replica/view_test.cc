#include "replica/view.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "base/file.h"
#include "base/temp_dir.h"

namespace certstead {
namespace {

NewCredential credential(const std::string& id, std::vector<std::string> names,
                         std::int64_t not_before = 1000, KeyType type = KeyType::kP256) {
  NewCredential out;
  out.record.id = id;
  out.record.set_name = "set of " + id;
  out.record.key_type = type;
  out.record.names = std::move(names);
  out.record.not_before = from_unix_seconds(not_before);
  out.record.not_after = from_unix_seconds(not_before + 1000);
  out.record.leaf = to_bytes("leaf of " + id);
  out.record.sealed_key = to_bytes("key of " + id);
  out.intermediates = {to_bytes("intermediate")};
  return out;
}

DomainName host(std::string_view text) { return *DomainName::parse(text); }

class View : public testing::Test {
 protected:
  void SetUp() override {
    Result<std::unique_ptr<ViewWriter>> writer = ViewWriter::open(dir_.path());
    ASSERT_TRUE(writer) << writer.error().detail;
    writer_ = std::move(*writer);
    Result<std::unique_ptr<ViewReader>> reader = ViewReader::open(dir_.path());
    ASSERT_TRUE(reader) << reader.error().detail;
    reader_ = std::move(*reader);
  }

  void replace(const std::string& set, const std::vector<NewCredential>& credentials) {
    ViewBatch batch = *writer_->begin();
    const Status replaced = batch.replace_set(set, credentials);
    ASSERT_TRUE(replaced) << replaced.error().detail;
    ASSERT_TRUE(batch.commit());
  }
  void remove(const std::string& set) {
    ViewBatch batch = *writer_->begin();
    ASSERT_TRUE(batch.remove_set(set));
    ASSERT_TRUE(batch.commit());
  }
  // Ids found for a host, joined with blanks.
  std::string found(std::string_view name) {
    std::string out;
    const NameMatch match = *reader_->find(host(name));
    for (const CredentialRef& ref : match.credentials) out += ref.id + " ";
    return out;
  }

  TempDir dir_;
  std::unique_ptr<ViewWriter> writer_;
  std::unique_ptr<ViewReader> reader_;
};

TEST_F(View, HostIsFoundByItsExactName) {
  replace("s", {credential("v1", {"www.example.test"})});
  const NameMatch match = *reader_->find(host("www.example.test"));
  EXPECT_EQ(match.kind, MatchKind::kExact);
  ASSERT_EQ(match.credentials.size(), 1U);
  EXPECT_EQ(match.credentials[0].id, "v1");
  EXPECT_EQ(match.credentials[0].not_before, from_unix_seconds(1000));
}

TEST_F(View, WildcardCoversOneLabelOnly) {
  replace("s", {credential("v1", {"*.example.test"})});
  EXPECT_EQ(reader_->find(host("www.example.test"))->kind, MatchKind::kWildcard);
  EXPECT_EQ(reader_->find(host("a.www.example.test"))->kind, MatchKind::kNone);
  EXPECT_EQ(reader_->find(host("example.test"))->kind, MatchKind::kNone);
}

TEST_F(View, ExactNameBeatsWildcardEvenWithFewerKeyTypes) {
  replace("w", {credential("wild-ec", {"*.example.test"}),
                credential("wild-rsa", {"*.example.test"}, 1000, KeyType::kRsa2048)});
  replace("e", {credential("exact", {"www.example.test"})});
  EXPECT_EQ(found("www.example.test"), "exact ");
  EXPECT_EQ(found("mail.example.test"), "wild-ec wild-rsa ");
}

TEST_F(View, PatternIsFoundAsItStands) {
  replace("s", {credential("v1", {"*.example.test"})});
  EXPECT_EQ(reader_->find_pattern(*HostPattern::parse("*.example.test"))->size(), 1U);
  EXPECT_TRUE(reader_->find_pattern(*HostPattern::parse("www.example.test"))->empty());
}

TEST_F(View, TagIsFoundWithoutCase) {
  NewCredential tagged = credential("v1", {"a.test"});
  tagged.record.tags = {"KeyFile.kyr"};
  replace("s", {tagged});
  EXPECT_EQ(reader_->find_tag("keyfile.KYR")->size(), 1U);
  EXPECT_TRUE(reader_->find_tag("other")->empty());
  EXPECT_TRUE(reader_->find_tag(std::string(300, 'x'))->empty());
}

TEST_F(View, TagThatIsAnAddressIsFoundInEverySpelling) {
  NewCredential six = credential("six", {"a.test"}), four = credential("four", {"b.test"});
  six.record.tags = {"2001:DB8:0::1"};
  four.record.tags = {"::ffff:192.0.2.1"};
  replace("s", {six});
  replace("t", {four});
  for (const char* const spelling : {"2001:db8::1", "[2001:db8::1]", "2001:0db8:0:0::0.0.0.1"}) {
    EXPECT_EQ(reader_->find_tag(spelling)->size(), 1U) << spelling;
  }
  EXPECT_EQ(reader_->find_tag("192.0.2.1")->size(), 1U);
  EXPECT_TRUE(reader_->find_tag("2001:db8::1%eth0")->empty());
  EXPECT_TRUE(reader_->find_tag("192.0.2.1:443")->empty());
  replace("s", {credential("six", {"a.test"})});
  EXPECT_TRUE(reader_->find_tag("2001:db8::1")->empty());
}

TEST_F(View, LoadGivesTheWholeCredentialWithItsChain) {
  NewCredential fresh = credential("v1", {"a.test"});
  fresh.intermediates = {to_bytes("one"), to_bytes("two")};
  replace("s", {fresh});
  const StoredCredential stored = *reader_->load("v1");
  EXPECT_EQ(stored.record.set_id, "s");
  EXPECT_EQ(to_text(stored.record.leaf), "leaf of v1");
  EXPECT_EQ(stored.intermediates, fresh.intermediates);
}

TEST_F(View, ReplacedSetIsGoneWithItsNames) {
  replace("s", {credential("v1", {"old.test", "both.test"})});
  replace("s", {credential("v2", {"new.test", "both.test"})});
  EXPECT_EQ(found("old.test"), "");
  EXPECT_EQ(found("new.test"), "v2 ");
  EXPECT_EQ(found("both.test"), "v2 ");
  EXPECT_EQ(reader_->load("v1").error().code, Code::kNotFound);
}

TEST_F(View, TheNewestOfTwoSetsWithOneHostIsServedWhicheverCameLast) {
  replace("a", {credential("newer", {"www.test"}, 2000)});
  replace("b", {credential("older", {"www.test"}, 1000)});
  EXPECT_EQ(found("www.test"), "newer ");
  remove("b");
  replace("b", {credential("older", {"www.test"}, 1000)});
  remove("a");
  EXPECT_EQ(found("www.test"), "older ");
  remove("b");
  EXPECT_EQ(found("www.test"), "");
}

TEST_F(View, EachKeyTypeIsDecidedByItself) {
  replace("a", {credential("ec-new", {"www.test"}, 3000),
                credential("rsa-old", {"www.test"}, 1000, KeyType::kRsa2048)});
  replace("b", {credential("ec-old", {"www.test"}, 2000),
                credential("rsa-new", {"www.test"}, 2000, KeyType::kRsa2048)});
  EXPECT_EQ(found("www.test"), "ec-new rsa-new ");
}

TEST_F(View, IntermediatesAreKeptOnceAndGoWithTheLastUser) {
  replace("a", {credential("v1", {"a.test"}), credential("v2", {"b.test"}, 1000, KeyType::kRsa2048)});
  replace("b", {credential("v3", {"c.test"})});
  EXPECT_EQ(reader_->stats()->chain_certificates, 1U);
  remove("a");
  EXPECT_EQ(reader_->load("v3")->intermediates.size(), 1U);
  remove("b");
  EXPECT_EQ(reader_->stats()->chain_certificates, 0U);
}

TEST_F(View, ReplacingOverAndOverLeavesNothingBehind) {
  for (int i = 0; i < 50; ++i) replace("s", {credential("v" + std::to_string(i), {"a.test", "*.a.test"})});
  const ViewStats stats = *reader_->stats();
  EXPECT_EQ(stats.credentials, 1U);
  EXPECT_EQ(stats.names, 2U);
  EXPECT_EQ(stats.chain_certificates, 1U);
  EXPECT_EQ(stats.sets, 1U);
  remove("s");
  EXPECT_EQ(reader_->stats()->names, 0U);
}

TEST_F(View, BatchIsSeenAsAWholeOrNotAtAll) {
  ViewBatch batch = *writer_->begin();
  ASSERT_TRUE(batch.replace_set("s", {credential("v1", {"a.test"})}));
  ASSERT_TRUE(batch.put_http01("token", "token.thumb"));
  EXPECT_EQ(found("a.test"), "");
  EXPECT_FALSE(reader_->http01("token")->has_value());
  ASSERT_TRUE(batch.commit());
  EXPECT_EQ(found("a.test"), "v1 ");
  EXPECT_EQ(**reader_->http01("token"), "token.thumb");
}

TEST_F(View, DroppedBatchNeverWas) {
  {
    ViewBatch batch = *writer_->begin();
    ASSERT_TRUE(batch.replace_set("s", {credential("v1", {"a.test"})}));
  }
  EXPECT_EQ(found("a.test"), "");
  EXPECT_TRUE(writer_->begin());
}

TEST_F(View, SecondBatchAtATimeIsAConflict) {
  const ViewBatch first = *writer_->begin();
  EXPECT_EQ(writer_->begin().error().code, Code::kConflict);
}

TEST_F(View, SpentBatchCommitsNothingMore) {
  ViewBatch batch = *writer_->begin();
  ASSERT_TRUE(batch.commit());
  EXPECT_EQ(batch.commit().error().code, Code::kConflict);
}

TEST_F(View, BatchListsItsSetsAndTokens) {
  replace("old", {credential("v1", {"a.test"})});
  ViewBatch batch = *writer_->begin();
  ASSERT_TRUE(batch.replace_set("new", {}));
  ASSERT_TRUE(batch.put_http01("t2", "x"));
  ASSERT_TRUE(batch.put_http01("t1", "x"));
  EXPECT_EQ(*batch.sets(), (std::vector<std::string>{"new", "old"}));
  EXPECT_EQ(*batch.http01_tokens(), (std::vector<std::string>{"t1", "t2"}));
  ASSERT_TRUE(batch.remove_http01("t1"));
  EXPECT_EQ(batch.http01_tokens()->size(), 1U);
}

TEST_F(View, TokensThatAreNoneAreRefused) {
  ViewBatch batch = *writer_->begin();
  for (const std::string& bad :
       {std::string(), std::string("../x"), std::string("a b"), std::string(129, 'a')}) {
    EXPECT_EQ(batch.put_http01(bad, "x").error().code, Code::kInvalid) << bad;
  }
}

TEST_F(View, NamesInAnyOtherFormAreRefused) {
  for (const char* bad :
       {"WWW.example.test", "www.example.test.", "192.0.2.1", "*.*.test", ".example.test", ""}) {
    ViewBatch batch = *writer_->begin();
    EXPECT_EQ(batch.replace_set("s", {credential("v1", {bad})}).error().code, Code::kInvalid) << bad;
  }
}

TEST_F(View, OneIdInTwoSetsIsRefused) {
  replace("a", {credential("v1", {"a.test"})});
  ViewBatch batch = *writer_->begin();
  EXPECT_EQ(batch.replace_set("b", {credential("v1", {"b.test"})}).error().id, "view-duplicate-id");
}

TEST_F(View, OtherRecordsAreKeptAndRemoved) {
  const Bytes leaf(32, 7);
  ViewBatch batch = *writer_->begin();
  ASSERT_TRUE(batch.put_alpn01(host("a.test"), {{1}, {2}}));
  ASSERT_TRUE(batch.put_staple(leaf, {{3}, from_unix_seconds(1), from_unix_seconds(2)}));
  ASSERT_TRUE(batch.put_ticket("s", {5, {{1}, {2}, {3}}}));
  ASSERT_TRUE(batch.set_policy("on_unknown_name", "refuse"));
  ASSERT_TRUE(batch.set_meta({"store", 2, 77}));
  ASSERT_TRUE(batch.commit());
  EXPECT_EQ((*reader_->alpn01(host("a.test")))->certificate, Bytes{1});
  EXPECT_EQ((*reader_->staple(leaf))->response, Bytes{3});
  EXPECT_EQ((*reader_->ticket("s"))->generation, 5);
  EXPECT_EQ(**reader_->policy("on_unknown_name"), "refuse");
  EXPECT_EQ(*reader_->meta(), (ViewMeta{"store", 2, 77}));
  ViewBatch second = *writer_->begin();
  EXPECT_EQ(second.meta()->applied_seq, 77);
  ASSERT_TRUE(second.remove_alpn01(host("a.test")));
  ASSERT_TRUE(second.remove_staple(leaf));
  ASSERT_TRUE(second.remove_ticket("s"));
  ASSERT_TRUE(second.set_policy("on_unknown_name", ""));
  ASSERT_TRUE(second.commit());
  EXPECT_FALSE(reader_->alpn01(host("a.test"))->has_value());
  EXPECT_FALSE(reader_->staple(leaf)->has_value());
  EXPECT_FALSE(reader_->ticket("s")->has_value());
  EXPECT_FALSE(reader_->policy("on_unknown_name")->has_value());
}

TEST_F(View, ListGoesThroughAllCredentialsInPages) {
  std::vector<NewCredential> many;
  for (int i = 10; i < 35; ++i) many.push_back(credential("v" + std::to_string(i), {"a.test"}));
  replace("s", many);
  std::vector<std::string> ids;
  for (std::string after;;) {
    const std::vector<CredentialRecord> page = *reader_->list(after, 10);
    for (const CredentialRecord& record : page) ids.push_back(record.id);
    if (page.size() < 10) break;
    after = page.back().id;
  }
  ASSERT_EQ(ids.size(), 25U);
  EXPECT_EQ(ids.front(), "v10");
  EXPECT_EQ(ids.back(), "v34");
  EXPECT_TRUE(reader_->list("", 0)->empty());
}

TEST_F(View, FilesBelongToTheirOwnerOnly) {
  for (const char* name : {"view-1.mdb", "view-1.mdb-lock"}) {
    struct stat info {};
    ASSERT_EQ(::stat((dir_.path() / name).c_str(), &info), 0) << name;
    EXPECT_EQ(info.st_mode & 0777, 0600U) << name;
  }
}

TEST_F(View, SecondWriterIsAConflict) {
  EXPECT_EQ(ViewWriter::open(dir_.path()).error().code, Code::kConflict);
}

TEST_F(View, EverythingIsThereAgainAfterReopening) {
  replace("s", {credential("v1", {"a.test"})});
  reader_.reset();
  writer_.reset();
  reader_ = *ViewReader::open(dir_.path());
  EXPECT_EQ(found("a.test"), "v1 ");
}

TEST_F(View, ReaderOutlivesTheWriterOfItsProcess) {
  replace("s", {credential("v1", {"a.test"})});
  writer_.reset();
  EXPECT_EQ(found("a.test"), "v1 ");
  writer_ = *ViewWriter::open(dir_.path());
  replace("s", {credential("v2", {"a.test"})});
  EXPECT_EQ(found("a.test"), "v2 ");
}

TEST_F(View, ThreadsReadWhileBatchesAreWritten) {
  constexpr int kBatches = 200;
  replace("s", {credential("v0", {"a.test"})});
  std::atomic<bool> stop{false};
  std::atomic<int> bad{0}, reads{0};
  const auto read = [&] {
    while (!stop || reads < 100) {
      const Result<NameMatch> match = reader_->find(host("a.test"));
      if (!match || match->credentials.size() != 1) ++bad;
      ++reads;
    }
  };
  std::thread one(read), two(read);
  for (int i = 1; i <= kBatches; ++i) replace("s", {credential("v" + std::to_string(i), {"a.test"})});
  stop = true;
  one.join();
  two.join();
  EXPECT_EQ(bad, 0);
}

TEST(ViewFiles, GroupMayReadTheDataAndWriteTheLockIfAsked) {
  const TempDir dir;
  ASSERT_TRUE(ViewWriter::open(dir.path() / "v", {.group = ::getgid()}));
  struct stat info {};
  ASSERT_EQ(::stat((dir.path() / "v/view-1.mdb").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0640U);
  ASSERT_EQ(::stat((dir.path() / "v/view-1.mdb-lock").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0660U);
  ASSERT_EQ(::stat((dir.path() / "v").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0750U);
}

TEST(ViewFiles, ViewThatNobodyWroteIsNotFound) {
  const TempDir dir;
  EXPECT_EQ(ViewReader::open(dir.path()).error().code, Code::kNotFound);
}

TEST(ViewFiles, FileThatIsNoViewIsRefused) {
  const TempDir dir;
  ASSERT_TRUE(write_file_atomic(dir.path() / "view-1.mdb", Bytes(8192, 'x')));
  EXPECT_EQ(ViewReader::open(dir.path()).error().id, "view-corrupt");
  EXPECT_EQ(ViewWriter::open(dir.path()).error().id, "view-corrupt");
}

TEST(ViewFiles, FullViewSaysSoAndKeepsWhatItHas) {
  const TempDir dir;
  const std::unique_ptr<ViewWriter> writer = *ViewWriter::open(dir.path(), {.map_bytes = 256U << 10});
  const std::unique_ptr<ViewReader> reader = *ViewReader::open(dir.path());
  ViewBatch first = *writer->begin();
  ASSERT_TRUE(first.replace_set("s", {credential("v1", {"a.test"})}));
  ASSERT_TRUE(first.commit());
  ViewBatch second = *writer->begin();
  NewCredential huge = credential("v2", {"b.test"});
  huge.record.leaf = Bytes(512U << 10, 1);
  EXPECT_EQ(second.replace_set("t", {huge}).error().id, "view-full");
  EXPECT_TRUE(reader->load("v1"));
}

}  // namespace
}  // namespace certstead
