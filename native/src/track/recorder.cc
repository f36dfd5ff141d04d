#include "recorder.h"

namespace highwater {

Recorder::~Recorder() {
  if (sites_ != nullptr) {
    memory_.give_back(sites_, site_capacity_ * sizeof(Site));
  }
}

bool Recorder::Begin(const RawMemory& memory, bool by_block,
                     std::size_t most_sites) {
  own_count_ = own_bytes_ = 0;
  other_count_.store(0, std::memory_order_relaxed);
  other_bytes_.store(0, std::memory_order_relaxed);
  live_.Reset();
  live_count_.store(0, std::memory_order_relaxed);
  older_freed_bytes_.store(0, std::memory_order_relaxed);
  mapped_.Reset();
  last_event_.store(0, std::memory_order_relaxed);
  peak_event_.store(0, std::memory_order_relaxed);
  if (most_sites > 0 && sites_ == nullptr) {
    // One more: the blocks without a stack.
    sites_ = static_cast<Site*>(memory.take((most_sites + 1) * sizeof(Site)));
    if (sites_ == nullptr) return false;
    memory_ = memory;
    site_capacity_ = most_sites + 1;
  }
  const StackId last = last_site_.load(std::memory_order_relaxed);
  for (StackId stack = kNoStack; sites_ != nullptr && stack <= last; ++stack) {
    sites_[stack].Clear();
  }
  last_site_.store(kNoStack, std::memory_order_relaxed);
  by_block_.store(by_block, std::memory_order_release);
  by_site_.store(most_sites > 0, std::memory_order_release);
  return true;
}

void Recorder::End() {
  by_site_.store(false, std::memory_order_release);
  by_block_.store(false, std::memory_order_release);
}

void Recorder::Born(std::uint64_t bytes, StackId stack) {
  const std::uint64_t event =
      last_event_.fetch_add(1, std::memory_order_relaxed) + 1;
  if (by_site()) ChangeSite(stack, event, 1, bytes);
  live_count_.fetch_add(1, std::memory_order_relaxed);
  if (live_.Rise(static_cast<std::int64_t>(bytes))) {
    peak_event_.store(event, std::memory_order_relaxed);
  }
}

void Recorder::Died(std::uint64_t bytes, StackId stack) {
  const std::uint64_t event =
      last_event_.fetch_add(1, std::memory_order_relaxed) + 1;
  if (by_site()) ChangeSite(stack, event, -1, bytes);
  live_count_.fetch_sub(1, std::memory_order_relaxed);
  live_.Fall(static_cast<std::int64_t>(bytes));
}

void Recorder::ChangeSite(StackId stack, std::uint64_t event, std::int64_t sign,
                          std::uint64_t bytes) {
  if (stack >= site_capacity_) stack = kNoStack;
  StackId last = last_site_.load(std::memory_order_relaxed);
  while (stack > last && !last_site_.compare_exchange_weak(
                             last, stack, std::memory_order_relaxed)) {
  }
  Site& site = sites_[stack];
  const std::lock_guard<SpinLock> lock(site.lock);
  if (site.last_event <= peak_event_.load(std::memory_order_relaxed)) {
    site.at_peak_bytes = site.live_bytes;
  }
  if (sign > 0) {
    ++site.allocated_count;
    site.allocated_bytes += bytes;
  }
  site.live_count += sign;
  site.live_bytes += sign * static_cast<std::int64_t>(bytes);
  site.last_event = event;
}

NativeReading Recorder::Read() const {
  NativeReading reading;
  reading.allocated_bytes =
      own_bytes_ + other_bytes_.load(std::memory_order_relaxed);
  reading.allocated_count =
      own_count_ + other_count_.load(std::memory_order_relaxed);
  reading.live_bytes = live_.level();
  reading.live_count = live_count_.load(std::memory_order_relaxed);
  reading.peak_bytes = live_.mark();
  reading.older_freed_bytes =
      older_freed_bytes_.load(std::memory_order_relaxed);
  reading.mapped_bytes = mapped_.level();
  reading.mapped_peak_bytes = mapped_.mark();
  return reading;
}

void Recorder::LowerMark() {
  live_.Lower();
  mapped_.Lower();
  peak_event_.store(last_event_.load(std::memory_order_relaxed),
                    std::memory_order_relaxed);
}

SiteReading Recorder::ReadSite(StackId stack) const {
  Site& site = sites_[stack];
  const std::lock_guard<SpinLock> lock(site.lock);
  const bool is_as_at_peak =
      site.last_event <= peak_event_.load(std::memory_order_relaxed);
  return {stack,
          site.allocated_bytes,
          site.allocated_count,
          site.live_bytes,
          site.live_count,
          is_as_at_peak ? site.live_bytes : site.at_peak_bytes};
}

}  // namespace highwater
