#include "stack_table.h"

#include <algorithm>
#include <bit>
#include <mutex>

namespace highwater {
namespace {

constexpr std::size_t kChunkBytes = 1 << 20;

std::uint64_t Mix(std::uint64_t value) {
  value *= 0x9E3779B97F4A7C15ULL;
  return value ^ (value >> 32);
}

}  // namespace

StackTable::StackTable(const RawMemory& memory, std::size_t most_stacks)
    : memory_(memory), most_stacks_(most_stacks) {}

void StackTable::Clear() {
  const std::lock_guard<SpinLock> lock(lock_);
  if (stacks_ != nullptr) {
    memory_.give_back(stacks_, (most_stacks_ + 1) * sizeof(Stack));
  }
  if (slots_ != nullptr) {
    memory_.give_back(slots_, (slot_mask_ + 1) * sizeof(Slot));
  }
  while (chunks_ != nullptr) {
    Chunk* const next = chunks_->next;
    memory_.give_back(chunks_, chunks_->bytes);
    chunks_ = next;
  }
  stacks_ = nullptr;
  slots_ = nullptr;
  last_.store(kNoStack, std::memory_order_release);
}

std::uint64_t StackTable::HashOf(const StackKey& key) {
  std::uint64_t hash = Mix(key.context + 0xcbf29ce484222325ULL) + key.below;
  for (std::size_t i = 0; i < key.count; ++i) {
    hash = Mix(hash ^ key.pcs[i]) + std::rotl(hash, 7);
  }
  return hash == 0 ? 1 : hash;
}

bool StackTable::Prepare() {
  if (stacks_ != nullptr && slots_ != nullptr) return true;
  if (stacks_ == nullptr) {
    stacks_ =
        static_cast<Stack*>(memory_.take((most_stacks_ + 1) * sizeof(Stack)));
  }
  // At most half full.
  const std::size_t capacity = std::bit_ceil(2 * most_stacks_ + 2);
  slots_ = static_cast<Slot*>(memory_.take(capacity * sizeof(Slot)));
  slot_mask_ = capacity - 1;
  return stacks_ != nullptr && slots_ != nullptr;
}

const std::uintptr_t* StackTable::Keep(const std::uintptr_t* pcs,
                                       std::size_t count) {
  const std::size_t bytes = count * sizeof(std::uintptr_t);
  if (chunks_ == nullptr || chunk_used_ + bytes > chunks_->bytes) {
    const std::size_t size = std::max(kChunkBytes, bytes + sizeof(Chunk));
    auto* const chunk = static_cast<Chunk*>(memory_.take(size));
    if (chunk == nullptr) return nullptr;
    chunk->next = chunks_;
    chunk->bytes = size;
    chunks_ = chunk;
    chunk_used_ = sizeof(Chunk);
  }
  auto* const kept = reinterpret_cast<std::uintptr_t*>(
      reinterpret_cast<char*>(chunks_) + chunk_used_);
  std::copy_n(pcs, count, kept);
  chunk_used_ += bytes;
  return kept;
}

Interned StackTable::Intern(const StackKey& key) {
  const std::uint64_t hash = HashOf(key);
  const std::lock_guard<SpinLock> lock(lock_);
  if (!Prepare()) return {};
  std::size_t at = hash & slot_mask_;
  // Equal hashes of 64 bits are equal stacks.
  while (slots_[at].id != kNoStack && slots_[at].hash != hash) {
    at = (at + 1) & slot_mask_;
  }
  if (slots_[at].id != kNoStack) return {slots_[at].id, false};
  const StackId id = last_.load(std::memory_order_relaxed) + 1;
  if (id > most_stacks_) return {};
  const std::uintptr_t* const pcs = Keep(key.pcs, key.count);
  if (pcs == nullptr) return {};
  stacks_[id] = {pcs, static_cast<std::uint32_t>(key.count), key.below,
                 key.context};
  slots_[at] = {hash, id};
  last_.store(id, std::memory_order_release);
  return {id, true};
}

}  // namespace highwater
