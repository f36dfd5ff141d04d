// The hooks in a process without Node. This executable is left alone by them,
// like the addon: what is counted happens in a library of its own.

#include <dlfcn.h>

#include <cerrno>
#include <cstdint>
#include <thread>

#include "check.h"
#include "linux/alloc_hooks.h"
#include "linux/thread_kind.h"
#include "linux/thread_root.h"
#include "linux/thread_state.h"
#include "recorded_library.h"

namespace highwater {
namespace {

using test::Beside;
using test::Find;
using test::TheLibrary;

struct RestoredAtEnd {
  ~RestoredAtEnd() { test::CheckRestored(); }
};

// The only one: bases end in reverse order.
class Recording : RestoredAtEnd, public test::Recording {
 public:
  using test::Recording::Recording;
};

void CheckCounted(Detail detail) {
  const Recording recording(detail);
  TheLibrary().every_kind();
  const NativeReading reading = recording.Read();
  CHECK_EQ(reading.allocated_count, 6u);
  CHECK_EQ(reading.allocated_bytes, 1'600u);
}

TEST(CountersCountEveryKind) { CheckCounted(Detail::kCounters); }
TEST(BlocksCountEveryKind) { CheckCounted(Detail::kBlocks); }

TEST(BlocksKnowWhatIsLiveAndThePeak) {
  const Recording recording(Detail::kBlocks);
  TheLibrary().every_kind();
  CHECK_EQ(recording.Read().live_bytes, 0);
  CHECK_EQ(recording.Read().peak_bytes, 1'600);
  void* const kept = TheLibrary().malloc(5'000);
  CHECK_EQ(recording.Read().live_bytes, 5'000);
  CHECK_EQ(recording.Read().live_count, 1);
  std::thread([&] { TheLibrary().free(kept); }).join();
  CHECK_EQ(recording.Read().live_bytes, 0);
}

TEST(AReallocIsOneBlockThatGrows) {
  const Recording recording(Detail::kBlocks);
  TheLibrary().realloc_chain();
  const NativeReading reading = recording.Read();
  CHECK_EQ(reading.allocated_count, 11u);
  CHECK_EQ(reading.allocated_bytes, 16u * ((1u << 11) - 1));
  CHECK_EQ(reading.peak_bytes, 16 << 10);
  CHECK_EQ(reading.live_bytes, 0);
}

TEST(AFailedReallocChangesNothing) {
  const Recording recording(Detail::kBlocks);
  void* const block = TheLibrary().malloc(77);
  CHECK(TheLibrary().failing_realloc(block));
  CHECK_EQ(recording.Read().live_bytes, 77);
  CHECK_EQ(recording.Read().allocated_count, 1u);
  TheLibrary().free(block);
  CHECK_EQ(recording.Read().live_bytes, 0);
}

TEST(AReallocToNothingFrees) {
  const Recording recording(Detail::kBlocks);
  void* const block = TheLibrary().malloc(77);
  // glibc returns null; a sanitizer may return a block of one byte.
  void* const rest = TheLibrary().realloc(block, 0);
  CHECK_EQ(recording.Read().live_bytes, 0);
  if (rest != nullptr) TheLibrary().free(rest);
}

TEST(ErrnoIsWhatTheAllocatorMadeIt) {
  const Recording recording(Detail::kBlocks);
  errno = EDOM;
  void* const block = TheLibrary().malloc(10);
  CHECK_EQ(errno, EDOM);
  TheLibrary().free(block);
  CHECK_EQ(errno, EDOM);
}

TEST(OurOwnWorkIsNotCounted) {
  const Recording recording(Detail::kBlocks);
  void* block = nullptr;
  {
    const QuietScope quiet;
    block = TheLibrary().malloc(10);
  }
  TheLibrary().free(block);
  CHECK_EQ(recording.Read().allocated_count, 0u);
  // What is freed quietly was somebody's.
  block = TheLibrary().malloc(10);
  {
    const QuietScope quiet;
    TheLibrary().free(block);
  }
  CHECK_EQ(recording.Read().live_bytes, 0);
}

TEST(ACollectionIsV8s) {
  const Recording recording(Detail::kBlocks);
  ThisThread().collecting = 1;
  void* const block = TheLibrary().malloc(10);
  ThisThread().collecting = 0;
  CHECK_EQ(recording.Read().allocated_count, 0u);
  CHECK_EQ(Tracker().ReadV8().live_bytes, 10);
  TheLibrary().free(block);
  CHECK_EQ(Tracker().ReadV8().live_bytes, 0);
}

std::uintptr_t root_like_v8 = 0;

void BeginLikeV8() {
  const ThreadRoot root = FindThreadRoot();
  CHECK(root.is_complete);
  root_like_v8 = root.executable_function;
  // The hooks are functions of this executable, other than in Node: a malloc on
  // the way to here seems to be rooted in them.
  ThisThread().kind = ThreadState::Kind::kUnknown;
  TheLibrary().free(TheLibrary().malloc(30));
}

TEST(AThreadIsKnownByTheFunctionItBeganWith) {
  const Recording recording(Detail::kBlocks);
  std::thread(BeginLikeV8).join();
  CHECK(root_like_v8 != 0);
  CHECK(recording.Read().allocated_bytes >= 30);
  CHECK_EQ(Tracker().ReadV8().allocated_bytes, 0u);

  LearnThreads(root_like_v8, nullptr);
  std::thread(BeginLikeV8).join();
  CHECK(Tracker().ReadV8().allocated_bytes >= 30);

  // Other threads, that run JavaScript, are nobody's.
  LearnThreads(1, [] { return true; });
  const std::uint64_t before = recording.Read().allocated_bytes;
  std::thread([] { TheLibrary().free(TheLibrary().malloc(5'000)); }).join();
  CHECK(recording.Read().allocated_bytes - before < 5'000);
  LearnThreads(1, nullptr);
}

TEST(AThreadInALibraryWithoutUnwindInformationIsShared) {
  const Recording recording(Detail::kBlocks);
  // Node's pool: another root than that of V8's threads, no JavaScript.
  LearnThreads(1, [] { return false; });
  std::thread([] {
    TheLibrary().hidden_call([] {
#if defined(__x86_64__)
      CHECK(FindThreadRoot().ends_in_library);
#endif
      ThisThread().kind = ThreadState::Kind::kUnknown;
      TheLibrary().free(TheLibrary().malloc(7'000));
    });
  }).join();
  CHECK(recording.Read().allocated_bytes >= 7'000);
  LearnThreads(1, nullptr);
}

TEST(AnObjectThatIsLoadedLaterIsPatched) {
  const Recording recording(Detail::kBlocks);
  void* const late = TheLibrary().open(Beside("late_library.so").c_str());
  CHECK(late != nullptr);
  const std::uint64_t before = recording.Read().allocated_bytes;
  void* const block = Find<void*(std::size_t)>(late, "LateMalloc")(123);
  CHECK_EQ(recording.Read().allocated_bytes - before, 123u);
  TheLibrary().free(block);
  dlclose(late);
}

TEST(AfterTheLastRecordingNothingIsSeen) {
  {
    const Recording outer(Detail::kCounters);
    CHECK(ReadHookState().slot_count > 0);
  }
  const Recording recording(Detail::kCounters);
  CHECK_EQ(recording.Read().allocated_count, 0u);
}

}  // namespace
}  // namespace highwater
