#include "own_keys.h"

namespace highwater {
namespace {

bool RunsCode(v8::Local<v8::Object> object) {
  return object->IsProxy() || object->HasNamedLookupInterceptor() ||
         object->HasIndexedLookupInterceptor();
}

}  // namespace

std::uint32_t CountOwnKeys(v8::Isolate* isolate, v8::Local<v8::Context> context,
                           v8::SnapshotObjectId id) {
  const v8::HandleScope scope(isolate);
  const v8::Local<v8::Value> found =
      isolate->GetHeapProfiler()->FindObjectById(id);
  if (found.IsEmpty() || !found->IsObject()) return 0;
  const v8::Local<v8::Object> object = found.As<v8::Object>();
  if (RunsCode(object)) return 0;
  const v8::TryCatch ignore_errors(isolate);
  v8::Local<v8::Array> keys;
  if (!object
           ->GetPropertyNames(context, v8::KeyCollectionMode::kOwnOnly,
                              v8::ALL_PROPERTIES,
                              v8::IndexFilter::kIncludeIndices,
                              v8::KeyConversionMode::kKeepNumbers)
           .ToLocal(&keys)) {
    return 0;
  }
  return keys->Length();
}

}  // namespace highwater
