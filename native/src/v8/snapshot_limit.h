// How long V8 may take for a heap snapshot.
#pragma once

#include <v8-profiler.h>

#include <cstdint>
#include <optional>

namespace highwater {

// What is known of a snapshot that was given up.
struct TooLarge {
  std::uint64_t object_count = 0;
  // CPU of this thread that V8 would have taken: measured up to there, and the
  // same pace assumed for the rest.
  double estimated_ms = 0;
};

// V8 asks it every 10,000 objects.
class SnapshotLimit final : public v8::ActivityControl {
 public:
  explicit SnapshotLimit(double most_ms);
  ControlOption ReportProgressValue(std::uint32_t done,
                                    std::uint32_t total) override;
  const std::optional<TooLarge>& too_large() const { return too_large_; }

 private:
  const double most_ms_;
  const double start_ms_;
  // When V8 had counted the objects, which takes a while, too.
  std::optional<double> counted_ms_;
  std::optional<TooLarge> too_large_;
};

}  // namespace highwater
