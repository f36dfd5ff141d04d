#include "object_ids.h"

#include <v8-profiler.h>

namespace highwater {
namespace {

// V8 tells the last id to those only who let it write its statistics.
class NoStream final : public v8::OutputStream {
 public:
  void EndOfStream() override {}
  WriteResult WriteAsciiChunk(char*, int) override { return kContinue; }
  WriteResult WriteHeapStatsChunk(v8::HeapStatsUpdate*, int) override {
    return kContinue;
  }
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
  NoStream stream;
  return profiler->GetHeapStats(&stream);
}

}  // namespace highwater
