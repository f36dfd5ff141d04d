// A level that rises and falls, and the highest it has been.
#pragma once

#include <atomic>
#include <cstdint>

namespace highwater {

// Any thread may change it. The mark is exact: every rise ends with a look at
// the level it has made.
class HighWaterMark {
 public:
  // True when it made a new mark. A level that only equals the mark makes none:
  // the first moment of several counts.
  bool Rise(std::int64_t by) {
    const std::int64_t level =
        level_.fetch_add(by, std::memory_order_relaxed) + by;
    std::int64_t mark = mark_.load(std::memory_order_relaxed);
    while (level > mark) {
      if (mark_.compare_exchange_weak(mark, level, std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }

  void Fall(std::int64_t by) {
    level_.fetch_sub(by, std::memory_order_relaxed);
  }

  // The mark comes down to the level of now.
  void Lower() { mark_.store(level(), std::memory_order_relaxed); }

  void Reset() {
    level_.store(0, std::memory_order_relaxed);
    mark_.store(0, std::memory_order_relaxed);
  }

  std::int64_t level() const { return level_.load(std::memory_order_relaxed); }
  std::int64_t mark() const { return mark_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> level_{0};
  std::atomic<std::int64_t> mark_{0};
};

}  // namespace highwater
