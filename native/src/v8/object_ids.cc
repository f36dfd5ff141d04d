#include "object_ids.h"

#include <v8-profiler.h>

namespace highwater {
namespace {

// V8 writes what has changed since the last time.
class CountStream final : public v8::OutputStream {
 public:
  explicit CountStream(std::vector<double>* counts) : counts_(*counts) {}
  void EndOfStream() override {}
  WriteResult WriteAsciiChunk(char*, int) override { return kContinue; }
  WriteResult WriteHeapStatsChunk(v8::HeapStatsUpdate* updates,
                                  int size) override {
    for (int i = 0; i < size; ++i) {
      const v8::HeapStatsUpdate& update = updates[i];
      if (update.index >= counts_.size()) counts_.resize(update.index + 1);
      counts_[update.index] = update.count;
    }
    return kContinue;
  }

 private:
  std::vector<double>& counts_;
};

}  // namespace

ObjectIds::~ObjectIds() {
  v8::HeapProfiler* const profiler = isolate_->GetHeapProfiler();
  if (is_tracking_) profiler->StopTrackingHeapObjects();
  profiler->ClearObjectIds();
}

std::uint32_t ObjectIds::Mark() {
  v8::HeapProfiler* const profiler = isolate_->GetHeapProfiler();
  if (!is_tracking_) profiler->StartTrackingHeapObjects(false);
  is_tracking_ = true;
  CountStream stream(&counts_);
  return profiler->GetHeapStats(&stream);
}

const std::vector<double>& ObjectIds::CountByAge() {
  Mark();
  return counts_;
}

}  // namespace highwater
