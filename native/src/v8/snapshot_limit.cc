#include "snapshot_limit.h"

#include <algorithm>
#include <ctime>

namespace highwater {
namespace {

// Before so many, a pace is chance.
constexpr std::uint32_t kLeastShare = 20;
constexpr std::uint32_t kLeastObjects = 50'000;
// By so much an estimate may be wrong.
constexpr double kDoubt = 1.5;

// What a busy machine gives to others counts for nothing.
double CpuMs() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 +
         static_cast<double>(time.tv_nsec) / 1e6;
}

}  // namespace

SnapshotLimit::SnapshotLimit(double most_ms)
    : most_ms_(most_ms), start_ms_(CpuMs()) {}

v8::ActivityControl::ControlOption SnapshotLimit::ReportProgressValue(
    std::uint32_t done, std::uint32_t total) {
  const double now = CpuMs();
  if (!counted_ms_) counted_ms_ = now;
  // The last report: all is there.
  if (done >= total) return kContinue;
  const double elapsed = now - start_ms_;
  const double pace = (now - *counted_ms_) / std::max(done, 1U);
  const double estimated =
      std::max(elapsed, *counted_ms_ - start_ms_ + pace * total);
  const bool has_pace = done >= std::max(total / kLeastShare, kLeastObjects);
  const bool is_too_slow = has_pace && estimated > most_ms_ * kDoubt;
  if (elapsed <= most_ms_ && !is_too_slow) return kContinue;
  too_large_ = TooLarge{total, estimated};
  return kAbort;
}

}  // namespace highwater
