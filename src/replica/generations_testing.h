// A view of which every part is of one generation: what readers, crashes and power cuts must not break.
#pragma once

#include <gtest/gtest.h>

#include "replica/view.h"

namespace certstead {

inline constexpr int kSets = 8;

inline DomainName host(std::string_view text) { return *DomainName::parse(text); }

inline NewCredential credential_of(int set, std::int64_t generation) {
  NewCredential out;
  out.record.id = "v" + std::to_string(set) + "-" + std::to_string(generation);
  out.record.version = generation;
  out.record.names = {"h" + std::to_string(set) + ".test", "shared.test"};
  out.record.not_before = from_unix_seconds(generation);
  out.record.leaf = to_bytes(std::to_string(generation));
  out.intermediates = {to_bytes("intermediate of " + std::to_string(generation))};
  return out;
}

// One batch: all sets at `generation`, an answer, and the meta record.
inline Status write_generation(ViewWriter& writer, std::int64_t generation) {
  TRY(ViewBatch batch, writer.begin());
  for (int set = 0; set < kSets; ++set) {
    CHECK_OK(batch.replace_set("s" + std::to_string(set), {credential_of(set, generation)}));
  }
  CHECK_OK(batch.put_http01("token", std::to_string(generation)));
  CHECK_OK(batch.set_meta({"store", 1, generation}));
  return batch.commit();
}

// Every part of the view is of one and the same generation. Seen within a single batch of the writer's side.
inline void expect_whole(const ViewReader& reader) {
  const std::int64_t generation = reader.meta()->applied_seq;
  const ViewStats stats = *reader.stats();
  ASSERT_EQ(stats.credentials, kSets + 0U);
  ASSERT_EQ(stats.sets, kSets + 0U);
  ASSERT_EQ(stats.names, kSets + 1U);
  ASSERT_EQ(stats.chain_certificates, 1U);
  EXPECT_EQ(**reader.http01("token"), std::to_string(generation));
  for (int set = 0; set < kSets; ++set) {
    const NameMatch match = *reader.find(host("h" + std::to_string(set) + ".test"));
    ASSERT_EQ(match.credentials.size(), 1U);
    EXPECT_EQ(match.credentials[0].version, generation);
    const StoredCredential stored = *reader.load(match.credentials[0].id);
    EXPECT_EQ(to_text(stored.record.leaf), std::to_string(generation));
    EXPECT_EQ(stored.intermediates.size(), 1U);
  }
}

}  // namespace certstead
