// Every distinct stack once, under a small number.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "track/raw_memory.h"
#include "track/spin_lock.h"

namespace highwater {

// 0 is "no stack": what is not known, or did not fit.
using StackId = std::uint32_t;
constexpr StackId kNoStack = 0;
// Not a stack of the table: what was asked for is V8's own.
constexpr StackId kStackOfV8 = UINT32_MAX;

// The part of a stack that is compared. Program counters mean something within
// a context only: the isolate and the number of times its code may have moved.
struct StackKey {
  const std::uintptr_t* pcs = nullptr;
  std::size_t count = 0;
  std::uint64_t context = 0;
  // The stack these frames lie on top of, itself interned.
  StackId below = kNoStack;
};

struct Stack {
  const std::uintptr_t* pcs = nullptr;
  std::uint32_t count = 0;
  StackId below = kNoStack;
  std::uint64_t context = 0;
};

struct Interned {
  StackId id = kNoStack;
  bool is_new = false;
};

// Single stacks are never removed.
class StackTable {
 public:
  // Memory is taken at the first stack, for all of them; the system backs it
  // with pages as they are used.
  StackTable(const RawMemory& memory, std::size_t most_stacks);
  ~StackTable() { Clear(); }
  StackTable(const StackTable&) = delete;
  StackTable& operator=(const StackTable&) = delete;

  // All ids become invalid.
  void Clear();
  Interned Intern(const StackKey& key);
  // Ids run from 1 to last().
  StackId last() const { return last_.load(std::memory_order_acquire); }
  Stack Get(StackId id) const { return stacks_[id]; }

  static std::uint64_t HashOf(const StackKey& key);

 private:
  struct Slot {
    std::uint64_t hash = 0;
    StackId id = kNoStack;
  };
  struct Chunk {
    Chunk* next = nullptr;
    std::size_t bytes = 0;
  };

  bool Prepare();
  const std::uintptr_t* Keep(const std::uintptr_t* pcs, std::size_t count);

  const RawMemory memory_;
  const std::size_t most_stacks_;
  SpinLock lock_;
  std::atomic<StackId> last_{kNoStack};
  Stack* stacks_ = nullptr;
  Slot* slots_ = nullptr;
  std::size_t slot_mask_ = 0;
  Chunk* chunks_ = nullptr;
  std::size_t chunk_used_ = 0;
};

}  // namespace highwater
