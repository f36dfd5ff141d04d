#include "settled_readings.h"

#include "collection.h"
#include "heap_reading.h"

namespace highwater {
namespace {

constexpr int kFlatRounds = 3;
// Warming up grows too, but not round after round.
constexpr int kGrowingRounds = 4;

}  // namespace

SettledReadings::SettledReadings(v8::Isolate* isolate, bool until_flat)
    : isolate_(isolate), until_flat_(until_flat) {
  bytes_.push_back(static_cast<double>(Settle(isolate_)));
}

void SettledReadings::Read() {
  CollectFull(isolate_);
  auto now = static_cast<double>(UsedHeapBytes(isolate_));
  const double before = bytes_.back();
  if (now != before && !until_flat_) {
    now = static_cast<double>(Settle(isolate_));
  }
  equal_in_a_row_ = now == before ? equal_in_a_row_ + 1 : 0;
  larger_in_a_row_ = now > before ? larger_in_a_row_ + 1 : 0;
  bytes_.push_back(now);
}

bool SettledReadings::IsDecided() const {
  return until_flat_ &&
         (equal_in_a_row_ >= kFlatRounds || larger_in_a_row_ >= kGrowingRounds);
}

}  // namespace highwater
