// A lock that allocates nothing, for the few instructions of a table's change.
#pragma once

#include <atomic>
#include <thread>

namespace highwater {

class SpinLock {
 public:
  void lock() {
    while (taken_.exchange(true, std::memory_order_acquire)) {
      for (int spins = 0; taken_.load(std::memory_order_relaxed); ++spins) {
        // Its holder may have lost the processor.
        if (spins > 64) std::this_thread::yield();
      }
    }
  }
  void unlock() { taken_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> taken_{false};
};

}  // namespace highwater
