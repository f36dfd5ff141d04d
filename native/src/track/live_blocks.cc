#include "live_blocks.h"

namespace highwater {
namespace {

// Fibonacci hashing: allocators hand out addresses in steps of 16.
std::uint64_t Mix(std::uintptr_t address) {
  const std::uint64_t product = (address >> 4) * 0x9E3779B97F4A7C15ULL;
  return product ^ (product >> 32);
}

}  // namespace

std::size_t LiveBlocks::Shard::HomeOf(std::uintptr_t address) const {
  // Not the bits that chose the shard.
  return (Mix(address) >> 8) & mask;
}

std::size_t LiveBlocks::Shard::Find(std::uintptr_t address) const {
  std::size_t index = HomeOf(address);
  while (!entries[index].IsEmpty() && entries[index].address() != address) {
    index = (index + 1) & mask;
  }
  return index;
}

void LiveBlocks::Shard::Erase(std::size_t index) {
  std::size_t hole = index;
  for (;;) {
    index = (index + 1) & mask;
    if (entries[index].IsEmpty()) break;
    const std::size_t home = HomeOf(entries[index].address());
    // Cyclic: an entry may stay when its home lies after the hole.
    const bool may_stay = hole <= index ? hole < home && home <= index
                                        : hole < home || home <= index;
    if (may_stay) continue;
    entries[hole] = entries[index];
    hole = index;
  }
  entries[hole] = Entry{};
  --count;
}

LiveBlocks::Shard& LiveBlocks::ShardOf(std::uintptr_t address) {
  return shards_[Mix(address) & (kShards - 1)];
}

bool LiveBlocks::Grow(Shard* shard) {
  const std::size_t old_capacity = shard->Capacity();
  const std::size_t capacity =
      old_capacity == 0 ? kFirstCapacity : 2 * old_capacity;
  auto* entries = static_cast<Entry*>(memory_.take(capacity * sizeof(Entry)));
  if (entries == nullptr) return false;
  Entry* const old_entries = shard->entries;
  shard->entries = entries;
  shard->mask = capacity - 1;
  for (std::size_t i = 0; i < old_capacity; ++i) {
    if (old_entries[i].IsEmpty()) continue;
    entries[shard->Find(old_entries[i].address())] = old_entries[i];
  }
  if (old_entries != nullptr) {
    memory_.give_back(old_entries, old_capacity * sizeof(Entry));
  }
  return true;
}

std::optional<Block> LiveBlocks::Put(std::uintptr_t address, Block block) {
  Shard& shard = ShardOf(address);
  const std::lock_guard<SpinLock> lock(shard.lock);
  const bool is_full = (shard.count + 1) * 10 > shard.Capacity() * 6;
  // A table that can't grow still takes blocks while a place is empty.
  if (is_full && !Grow(&shard) && shard.count + 1 >= shard.Capacity()) {
    refused_count_.fetch_add(1, std::memory_order_relaxed);
    return std::nullopt;
  }
  Entry& entry = shard.entries[shard.Find(address)];
  std::optional<Block> before;
  if (entry.IsEmpty()) {
    ++shard.count;
  } else {
    before = entry.block();
  }
  entry = Entry::Of(address, block);
  return before;
}

std::optional<Block> LiveBlocks::Take(std::uintptr_t address) {
  Shard& shard = ShardOf(address);
  const std::lock_guard<SpinLock> lock(shard.lock);
  if (shard.count == 0) return std::nullopt;
  const std::size_t index = shard.Find(address);
  if (shard.entries[index].IsEmpty()) return std::nullopt;
  const Block block = shard.entries[index].block();
  shard.Erase(index);
  return block;
}

void LiveBlocks::Clear() {
  for (Shard& shard : shards_) {
    const std::lock_guard<SpinLock> lock(shard.lock);
    if (shard.entries == nullptr) continue;
    memory_.give_back(shard.entries, shard.Capacity() * sizeof(Entry));
    shard.entries = nullptr;
    shard.mask = shard.count = 0;
  }
}

std::size_t LiveBlocks::count() {
  std::size_t count = 0;
  for (Shard& shard : shards_) {
    const std::lock_guard<SpinLock> lock(shard.lock);
    count += shard.count;
  }
  return count;
}

}  // namespace highwater
