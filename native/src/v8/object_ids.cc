#include "object_ids.h"

#include <v8-profiler.h>

namespace highwater {
namespace {

// V8 writes what has changed since the last time.
class CountStream final : public v8::OutputStream {
 public:
  CountStream(std::vector<double>* counts, std::vector<double>* bytes)
      : counts_(*counts), bytes_(*bytes) {}
  void EndOfStream() override {}
  WriteResult WriteAsciiChunk(char*, int) override { return kContinue; }
  WriteResult WriteHeapStatsChunk(v8::HeapStatsUpdate* updates,
                                  int size) override {
    for (int i = 0; i < size; ++i) {
      const v8::HeapStatsUpdate& update = updates[i];
      if (update.index >= counts_.size()) {
        counts_.resize(update.index + 1);
        bytes_.resize(update.index + 1);
      }
      counts_[update.index] = update.count;
      bytes_[update.index] = update.size;
    }
    return kContinue;
  }

 private:
  std::vector<double>& counts_;
  std::vector<double>& bytes_;
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
  CountStream stream(&counts_, &bytes_);
  return profiler->GetHeapStats(&stream);
}

std::uint32_t ObjectIds::IdOf(v8::Local<v8::Value> value) const {
  const v8::SnapshotObjectId id =
      isolate_->GetHeapProfiler()->GetObjectId(value);
  return id == v8::HeapProfiler::kUnknownObjectId ? 0 : id;
}

const std::vector<double>& ObjectIds::CountByAge() {
  Mark();
  return counts_;
}

const std::vector<double>& ObjectIds::BytesByAge() {
  Mark();
  return bytes_;
}

}  // namespace highwater
