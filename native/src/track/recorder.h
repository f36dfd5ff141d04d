// What one session has seen of native memory.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "track/high_water_mark.h"
#include "track/raw_memory.h"
#include "track/spin_lock.h"
#include "track/stack_table.h"

namespace highwater {

// Bytes as they were asked for, not as the allocator rounds them.
struct NativeReading {
  std::uint64_t allocated_bytes = 0;
  std::uint64_t allocated_count = 0;
  // Of blocks allocated since recording began.
  std::int64_t live_bytes = 0;
  std::int64_t live_count = 0;
  // Highest live_bytes since recording began or the mark was lowered.
  std::int64_t peak_bytes = 0;
  // Freed, but allocated before: as the allocator rounds them.
  std::uint64_t older_freed_bytes = 0;
  // What other code than Node's has mapped, and most of it at once.
  std::int64_t mapped_bytes = 0;
  std::int64_t mapped_peak_bytes = 0;

  // What is held more than when recording began, or less.
  double HeldBytes() const {
    return static_cast<double>(live_bytes) -
           static_cast<double>(older_freed_bytes);
  }
};

// The blocks of one callsite.
struct SiteReading {
  StackId stack = kNoStack;
  std::uint64_t allocated_bytes = 0;
  std::uint64_t allocated_count = 0;
  std::int64_t live_bytes = 0;
  std::int64_t live_count = 0;
  // Of live_bytes, at the moment of the recorder's peak.
  std::int64_t at_peak_bytes = 0;
};

// A session's own thread counts without atomics; other threads that work for it
// with them. Only its own thread may read.
class Recorder {
 public:
  Recorder() = default;
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // With sites, bytes are also kept by stack. False without memory for them.
  bool Begin(const RawMemory& memory, bool by_block, std::size_t most_sites);
  void End();

  bool by_block() const { return by_block_.load(std::memory_order_acquire); }
  bool by_site() const { return by_site_.load(std::memory_order_acquire); }

  void CountOwn(std::uint64_t bytes) {
    ++own_count_;
    own_bytes_ += bytes;
  }
  void CountOther(std::uint64_t bytes) {
    other_count_.fetch_add(1, std::memory_order_relaxed);
    other_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  }
  // Only by block: a counter alone does not know whose block dies.
  void Born(std::uint64_t bytes, StackId stack);
  void Died(std::uint64_t bytes, StackId stack);
  void OlderDied(std::uint64_t bytes) {
    older_freed_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  }

  // More, or less, address space that addons have mapped.
  void MappedBytes(std::int64_t change) {
    if (change > 0) {
      mapped_.Rise(change);
    } else {
      mapped_.Fall(-change);
    }
  }

  NativeReading Read() const;
  // The peak is what is live now.
  void LowerMark();

  // Sites that hold or held anything.
  template <typename Visit>
  void ForEachSite(Visit visit) const {
    if (!by_site()) return;
    const StackId last = last_site_.load(std::memory_order_relaxed);
    for (StackId stack = kNoStack; stack <= last; ++stack) {
      const SiteReading site = ReadSite(stack);
      if (site.allocated_count != 0) visit(site);
    }
  }

 private:
  // The composition of the peak, as memray finds it, in O(1) for each event:
  // events are numbered, the mark remembers the event that made it, and a site
  // whose last event is not younger than the mark still holds what it held
  // then.
  struct Site {
    SpinLock lock;
    std::uint64_t last_event = 0;
    std::uint64_t allocated_bytes = 0;
    std::uint64_t allocated_count = 0;
    std::int64_t live_bytes = 0;
    std::int64_t live_count = 0;
    std::int64_t at_peak_bytes = 0;

    void Clear() {
      const std::lock_guard<SpinLock> guard(lock);
      last_event = allocated_bytes = allocated_count = 0;
      live_bytes = live_count = at_peak_bytes = 0;
    }
  };

  // With several threads events may overtake each other between their number
  // and their effect; the composition is then near, the mark itself exact.
  void ChangeSite(StackId stack, std::uint64_t event, std::int64_t sign,
                  std::uint64_t bytes);
  SiteReading ReadSite(StackId stack) const;

  std::uint64_t own_count_ = 0;
  std::uint64_t own_bytes_ = 0;
  std::atomic<std::uint64_t> other_count_{0};
  std::atomic<std::uint64_t> other_bytes_{0};
  HighWaterMark live_;
  std::atomic<std::int64_t> live_count_{0};
  std::atomic<std::uint64_t> older_freed_bytes_{0};
  HighWaterMark mapped_;

  std::atomic<bool> by_block_{false};
  std::atomic<bool> by_site_{false};
  RawMemory memory_{};
  // Kept over the end: a thread may be late with an event of what has ended.
  Site* sites_ = nullptr;
  std::size_t site_capacity_ = 0;
  std::atomic<StackId> last_site_{kNoStack};
  std::atomic<std::uint64_t> last_event_{0};
  std::atomic<std::uint64_t> peak_event_{0};
};

}  // namespace highwater
