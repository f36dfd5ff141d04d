// Whose each block is: from events of all threads to the recorders of sessions.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "track/live_blocks.h"
#include "track/raw_memory.h"
#include "track/recorder.h"

namespace highwater {

// How much is kept of each block; each contains those before it.
enum class Detail : std::uint32_t {
  kNone = 0,
  // Sums, by the session's own thread without atomics.
  kCounters = 1,
  // What is live, and the peak of it.
  kBlocks = 2,
  // By the stack that allocated it.
  kStacks = 3,
};

// Who asked for a block.
enum class Asker {
  // A thread of a session, which names its recorder.
  kSession,
  // The pool of Node, and threads that addons start: they work for whoever
  // records, if that is only one.
  kShared,
  // V8's own: collector, compilers, profilers.
  kV8,
};

// One for the process. Everything but Start and Stop may be called by any
// thread at any time, allocates nothing and throws nothing.
class AllocationTracker {
 public:
  AllocationTracker(const RawMemory& memory, std::size_t most_stacks);
  AllocationTracker(const AllocationTracker&) = delete;
  AllocationTracker& operator=(const AllocationTracker&) = delete;

  // Null when too many record already. Ends with Stop().
  Recorder* Start(Detail detail);
  void Stop(Recorder* recorder);
  // In a forked child: locks may be held by threads that are gone. Nothing is
  // recorded or touched any more.
  void Abandon() { detail_.store(Detail::kNone, std::memory_order_release); }

  // The highest that anybody wants: what the hooks have to do.
  Detail detail() const { return detail_.load(std::memory_order_relaxed); }

  void Allocated(Asker asker, Recorder* session, std::uintptr_t address,
                 std::uint64_t bytes, StackId stack);
  // Before the block is given back: another thread may get the same address at
  // once. False for a block that is older than what is recorded.
  bool Freed(std::uintptr_t address);
  // Such a block counts for the session on whose thread it dies, else for the
  // only one.
  void OlderFreed(Recorder* session, std::uint64_t bytes);
  // A realloc takes the block out first, and puts it back if that fails.
  std::optional<Block> Detach(std::uintptr_t address);
  void Reattach(std::uintptr_t address, Block block);
  void Discard(Block block);

  StackTable& stacks() { return stacks_; }
  // Null unless exactly one records.
  Recorder* sole() const { return sole_.load(std::memory_order_acquire); }
  // V8's own and nobody's, since the first of the present recorders began.
  NativeReading ReadV8() const { return ReadOutsider(v8_); }
  NativeReading ReadUnattributed() const { return ReadOutsider(nobody_); }
  std::uint64_t refused_count() const { return blocks_.refused_count(); }

 private:
  static constexpr std::size_t kMostRecorders = 60;
  static constexpr std::uint32_t kNobody = 62;
  static constexpr std::uint32_t kV8 = 63;
  // A tag is 6 bits of owner and 26 of stack.
  static constexpr int kOwnerShift = 26;
  static constexpr std::uint32_t kStackMask = (1U << kOwnerShift) - 1;

  struct Outsider {
    std::atomic<std::uint64_t> count{0};
    std::atomic<std::uint64_t> bytes{0};
    HighWaterMark live;
    std::atomic<std::int64_t> live_count{0};
  };

  static NativeReading ReadOutsider(const Outsider& outsider);
  void Bear(std::uint32_t owner, std::uint64_t bytes, StackId stack);
  void Bury(Block block);
  void Reset();
  void ForgetBlocks();
  void Update();

  const RawMemory memory_;
  const std::size_t most_stacks_;
  LiveBlocks blocks_;
  StackTable stacks_;
  std::atomic<Detail> detail_{Detail::kNone};
  // The recorder of everybody's threads; null unless exactly one records.
  std::atomic<Recorder*> sole_{nullptr};
  Outsider v8_;
  Outsider nobody_;

  std::mutex starting_;
  std::array<Recorder, kMostRecorders> recorders_;
  std::array<Detail, kMostRecorders> wanted_{};
};

}  // namespace highwater
