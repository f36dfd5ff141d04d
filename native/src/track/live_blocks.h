// Which blocks are alive: address -> size and tag.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

#include "track/raw_memory.h"
#include "track/spin_lock.h"

namespace highwater {

struct Block {
  std::uint64_t bytes = 0;
  // What the caller wants to know of it when it dies.
  std::uint32_t tag = 0;
};

// 16 bytes a block in open addressing (Knuth's algorithm R on deletion: no
// tombstones), over shards with a lock each so that threads seldom meet.
// Addresses and sizes have 48 bits, as on x86-64 and arm64 with 4 levels.
class LiveBlocks {
 public:
  explicit LiveBlocks(const RawMemory& memory) : memory_(memory) {}
  ~LiveBlocks() { Clear(); }
  LiveBlocks(const LiveBlocks&) = delete;
  LiveBlocks& operator=(const LiveBlocks&) = delete;

  // Returns the block that was at this address: somebody freed it unseen.
  // Without memory for a larger table the block is not remembered.
  std::optional<Block> Put(std::uintptr_t address, Block block);
  std::optional<Block> Take(std::uintptr_t address);

  // Calls visit(block) for each. Nothing may be put or taken by it.
  template <typename Visit>
  void ForEach(Visit visit) {
    for (Shard& shard : shards_) {
      const std::lock_guard<SpinLock> lock(shard.lock);
      for (std::size_t i = 0; i < shard.Capacity(); ++i) {
        if (!shard.entries[i].IsEmpty()) visit(shard.entries[i].block());
      }
    }
  }

  // Forgets the blocks for which is_gone(block) holds.
  template <typename IsGone>
  void Forget(IsGone is_gone) {
    for (Shard& shard : shards_) {
      const std::lock_guard<SpinLock> lock(shard.lock);
      for (std::size_t i = 0; i < shard.Capacity();) {
        const Entry& entry = shard.entries[i];
        if (!entry.IsEmpty() && is_gone(entry.block())) {
          // Another may move to this place.
          shard.Erase(i);
        } else {
          ++i;
        }
      }
    }
  }

  void Clear();
  std::size_t count();
  // Blocks that were not remembered for want of memory.
  std::uint64_t refused_count() const {
    return refused_count_.load(std::memory_order_relaxed);
  }

 private:
  static constexpr std::size_t kShards = 128;
  static constexpr std::size_t kFirstCapacity = 256;
  static constexpr std::uint64_t kAddressMask = (1ULL << 48) - 1;

  struct Entry {
    std::uint64_t address_and_size_high = 0;  // 48 + 16 bits; 0: empty
    std::uint32_t size_low = 0;
    std::uint32_t tag = 0;

    bool IsEmpty() const { return address_and_size_high == 0; }
    std::uintptr_t address() const {
      return address_and_size_high & kAddressMask;
    }
    Block block() const {
      return {(address_and_size_high >> 48) << 32 | size_low, tag};
    }
    static Entry Of(std::uintptr_t address, Block block) {
      return {address | (block.bytes >> 32) << 48,
              static_cast<std::uint32_t>(block.bytes), block.tag};
    }
  };

  struct alignas(64) Shard {
    SpinLock lock;
    Entry* entries = nullptr;
    std::size_t mask = 0;
    std::size_t count = 0;

    std::size_t Capacity() const { return entries == nullptr ? 0 : mask + 1; }
    std::size_t HomeOf(std::uintptr_t address) const;
    // The entry of the address, or the empty one where it would go.
    std::size_t Find(std::uintptr_t address) const;
    void Erase(std::size_t index);
  };

  Shard& ShardOf(std::uintptr_t address);
  bool Grow(Shard* shard);

  const RawMemory memory_;
  std::array<Shard, kShards> shards_;
  std::atomic<std::uint64_t> refused_count_{0};
};

}  // namespace highwater
