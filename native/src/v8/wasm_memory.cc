#include "wasm_memory.h"

namespace highwater {

std::uintptr_t AddressOfWasmMemory(v8::Isolate* isolate,
                                   v8::SnapshotObjectId id) {
  const v8::HandleScope scope(isolate);
  const v8::Local<v8::Value> found =
      isolate->GetHeapProfiler()->FindObjectById(id);
  if (found.IsEmpty() || !found->IsWasmMemoryObject()) return 0;
  const v8::Local<v8::ArrayBuffer> buffer =
      found.As<v8::WasmMemoryObject>()->Buffer();
  return reinterpret_cast<std::uintptr_t>(buffer->Data());
}

}  // namespace highwater
