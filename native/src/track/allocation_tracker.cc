#include "allocation_tracker.h"

#include <algorithm>

namespace highwater {

AllocationTracker::AllocationTracker(const RawMemory& memory,
                                     std::size_t most_stacks)
    : memory_(memory),
      most_stacks_(most_stacks),
      blocks_(memory),
      stacks_(memory, most_stacks) {}

Recorder* AllocationTracker::Start(Detail detail) {
  const std::lock_guard<std::mutex> lock(starting_);
  const auto slot = std::find(wanted_.begin(), wanted_.end(), Detail::kNone);
  if (slot == wanted_.end()) return nullptr;
  if (this->detail() == Detail::kNone) Reset();
  Recorder& recorder = recorders_[slot - wanted_.begin()];
  if (!recorder.Begin(memory_, detail >= Detail::kBlocks,
                      detail >= Detail::kStacks ? most_stacks_ : 0)) {
    return nullptr;
  }
  *slot = detail;
  Update();
  return &recorder;
}

void AllocationTracker::Stop(Recorder* recorder) {
  const std::lock_guard<std::mutex> lock(starting_);
  const auto owner = static_cast<std::uint32_t>(recorder - recorders_.data());
  wanted_[owner] = Detail::kNone;
  Update();
  if (detail() < Detail::kBlocks) {
    // From now on nobody sees blocks die.
    ForgetBlocks();
  } else {
    // The slot's next recorder must not see these die, also when this one only
    // counted: they were written down for another.
    blocks_.Forget(
        [&](Block block) { return block.tag >> kOwnerShift == owner; });
  }
  recorder->End();
}

void AllocationTracker::Update() {
  Detail most = Detail::kNone;
  Recorder* sole = nullptr;
  std::size_t count = 0;
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    if (wanted_[i] == Detail::kNone) continue;
    most = std::max(most, wanted_[i]);
    sole = &recorders_[i];
    ++count;
  }
  sole_.store(count == 1 ? sole : nullptr, std::memory_order_release);
  detail_.store(most, std::memory_order_release);
}

void AllocationTracker::Reset() {
  ForgetBlocks();
  stacks_.Clear();
  for (Outsider* outsider : {&v8_, &nobody_}) {
    outsider->count.store(0, std::memory_order_relaxed);
    outsider->bytes.store(0, std::memory_order_relaxed);
  }
}

void AllocationTracker::ForgetBlocks() {
  blocks_.Clear();
  for (Outsider* outsider : {&v8_, &nobody_}) {
    outsider->live.Reset();
    outsider->live_count.store(0, std::memory_order_relaxed);
  }
}

void AllocationTracker::Allocated(Asker asker, Recorder* session,
                                  std::uintptr_t address, std::uint64_t bytes,
                                  StackId stack) {
  std::uint32_t owner = kV8;
  if (asker == Asker::kSession) {
    session->CountOwn(bytes);
    owner = static_cast<std::uint32_t>(session - recorders_.data());
  } else {
    Recorder* const sole = asker == Asker::kShared
                               ? sole_.load(std::memory_order_acquire)
                               : nullptr;
    if (sole != nullptr) {
      sole->CountOther(bytes);
      owner = static_cast<std::uint32_t>(sole - recorders_.data());
    } else {
      Outsider& outsider = asker == Asker::kV8 ? v8_ : nobody_;
      outsider.count.fetch_add(1, std::memory_order_relaxed);
      outsider.bytes.fetch_add(bytes, std::memory_order_relaxed);
      owner = asker == Asker::kV8 ? kV8 : kNobody;
    }
  }
  if (detail() < Detail::kBlocks) return;
  const Block block{bytes, owner << kOwnerShift | (stack & kStackMask)};
  if (const auto before = blocks_.Put(address, block)) Bury(*before);
  Bear(owner, bytes, stack);
}

bool AllocationTracker::Freed(std::uintptr_t address) {
  const auto block = Detach(address);
  if (block) Bury(*block);
  return block.has_value();
}

void AllocationTracker::OlderFreed(Recorder* session, std::uint64_t bytes) {
  Recorder* const recorder =
      session != nullptr ? session : sole_.load(std::memory_order_acquire);
  if (recorder != nullptr && recorder->by_block()) recorder->OlderDied(bytes);
}

std::optional<Block> AllocationTracker::Detach(std::uintptr_t address) {
  if (detail() < Detail::kBlocks) return std::nullopt;
  return blocks_.Take(address);
}

void AllocationTracker::Reattach(std::uintptr_t address, Block block) {
  blocks_.Put(address, block);
}

void AllocationTracker::Discard(Block block) { Bury(block); }

void AllocationTracker::Bear(std::uint32_t owner, std::uint64_t bytes,
                             StackId stack) {
  if (owner < kMostRecorders) {
    Recorder& recorder = recorders_[owner];
    if (recorder.by_block()) recorder.Born(bytes, stack);
    return;
  }
  Outsider& outsider = owner == kV8 ? v8_ : nobody_;
  outsider.live_count.fetch_add(1, std::memory_order_relaxed);
  outsider.live.Rise(static_cast<std::int64_t>(bytes));
}

void AllocationTracker::Bury(Block block) {
  const std::uint32_t owner = block.tag >> kOwnerShift;
  if (owner < kMostRecorders) {
    Recorder& recorder = recorders_[owner];
    if (recorder.by_block()) {
      recorder.Died(block.bytes, block.tag & kStackMask);
    }
    return;
  }
  Outsider& outsider = owner == kV8 ? v8_ : nobody_;
  outsider.live_count.fetch_sub(1, std::memory_order_relaxed);
  outsider.live.Fall(static_cast<std::int64_t>(block.bytes));
}

NativeReading AllocationTracker::ReadOutsider(const Outsider& outsider) {
  NativeReading reading;
  reading.allocated_bytes = outsider.bytes.load(std::memory_order_relaxed);
  reading.allocated_count = outsider.count.load(std::memory_order_relaxed);
  reading.live_bytes = outsider.live.level();
  reading.live_count = outsider.live_count.load(std::memory_order_relaxed);
  reading.peak_bytes = outsider.live.mark();
  return reading;
}

}  // namespace highwater
