#include "gc_phase.h"

namespace highwater {

GcPhase::GcPhase(v8::Isolate* isolate, std::uint32_t* depth)
    : isolate_(isolate), depth_(depth) {
  isolate_->AddGCPrologueCallback(Begin, this);
  isolate_->AddGCEpilogueCallback(End, this);
}

GcPhase::~GcPhase() {
  isolate_->RemoveGCPrologueCallback(Begin, this);
  isolate_->RemoveGCEpilogueCallback(End, this);
  *depth_ = 0;
}

void GcPhase::Begin(v8::Isolate*, v8::GCType, v8::GCCallbackFlags, void* data) {
  *static_cast<GcPhase*>(data)->depth_ = 1;
}

void GcPhase::End(v8::Isolate*, v8::GCType type, v8::GCCallbackFlags,
                  void* data) {
  auto* const self = static_cast<GcPhase*>(data);
  *self->depth_ = 0;
  if (type == v8::kGCTypeMarkSweepCompact) ++self->compaction_count_;
}

}  // namespace highwater
