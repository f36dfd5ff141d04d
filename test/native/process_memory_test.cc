#include "linux/process_memory.h"

#include <string>
#include <vector>

#include "check.h"

namespace highwater {
namespace {

constexpr char kStatus[] =
    "Name:\tnode\n"
    "VmHWM:\t   51200 kB\n"
    "VmRSS:\t   48000 kB\n"
    "Threads:\t11\n";

TEST(ReadsAFieldInBytes) {
  const Reading rss = ParseKilobyteField(kStatus, "VmRSS", "status");
  CHECK(rss.ok());
  CHECK_EQ(rss.value, 48000u * 1024u);
  CHECK_EQ(ParseKilobyteField(kStatus, "VmHWM", "status").value,
           51200u * 1024u);
}

TEST(NamesTheFieldAndTheFileThatLackIt) {
  const Reading swap = ParseKilobyteField(kStatus, "VmSwap", "the status file");
  CHECK(!swap.ok());
  CHECK(swap.unavailable.find("VmSwap") != std::string::npos);
  CHECK(swap.unavailable.find("the status file") != std::string::npos);
}

TEST(TakesNoFieldForAnotherWithTheSameEnd) {
  const char rollup[] = "SharedPss:  7 kB\nPss:  5 kB\n";
  CHECK_EQ(ParseKilobyteField(rollup, "Pss", "smaps").value, 5u * 1024u);
}

TEST(TakesNoFieldForAnotherWithTheSameStart) {
  const char rollup[] = "Pss_Anon:  7 kB\nPss:  5 kB\n";
  CHECK_EQ(ParseKilobyteField(rollup, "Pss", "smaps").value, 5u * 1024u);
}

TEST(ReadsAFieldInTheLastLineWithoutNewline) {
  CHECK_EQ(ParseKilobyteField("VmRSS: 12 kB", "VmRSS", "status").value,
           12u * 1024u);
}

TEST(HasNoNumberForAFieldThatHoldsNone) {
  CHECK(!ParseKilobyteField("VmRSS:\tmany kB\n", "VmRSS", "status").ok());
  CHECK(!ParseKilobyteField("VmRSS:", "VmRSS", "status").ok());
  CHECK(!ParseKilobyteField("", "VmRSS", "status").ok());
}

TEST(ReadsResidentPages) {
  CHECK_EQ(ParseResidentPages("9000 12 7 1 0 5 0\n", 4096).value, 12u * 4096u);
  CHECK(!ParseResidentPages("9000\n", 4096).ok());
  CHECK(!ParseResidentPages("9000 many\n", 4096).ok());
  CHECK(!ParseResidentPages("", 4096).ok());
}

TEST(ReadsFaults) {
  Reading minor;
  Reading major;
  ParseFaults("42 (node) S 1 2 3 4 5 6 111 7 222 8 9\n", &minor, &major);
  CHECK_EQ(minor.value, 111u);
  CHECK_EQ(major.value, 222u);
}

TEST(ReadsFaultsBehindACommandNameWithSpacesAndParentheses) {
  Reading minor;
  Reading major;
  ParseFaults("42 (a) b (c)) S 1 2 3 4 5 6 111 7 222 8 9\n", &minor, &major);
  CHECK_EQ(minor.value, 111u);
  CHECK_EQ(major.value, 222u);
}

TEST(SaysWhyThereAreNoFaults) {
  Reading minor;
  Reading major;
  ParseFaults("42 (node) S 1 2\n", &minor, &major);
  CHECK(!minor.ok());
  CHECK(!major.ok());
}

TEST(ReadsThisProcess) {
  const ProcessMemory before = ReadProcessMemory();
  CHECK(before.rss_bytes.ok());
  CHECK(before.rss_bytes.value > 100'000);
  CHECK(!before.peak_rss_bytes.ok() ||
        before.peak_rss_bytes.value >= before.rss_bytes.value);
  CHECK(!before.uss_bytes.ok() || before.uss_bytes.value > 0);

  constexpr std::size_t kBytes = 32u << 20;
  std::vector<char> block(kBytes, 1);
  const ProcessMemory after = ReadProcessMemory();
  CHECK(block[kBytes / 2] == 1);
  CHECK(after.rss_bytes.value >= before.rss_bytes.value + kBytes / 2);
}

}  // namespace
}  // namespace highwater
