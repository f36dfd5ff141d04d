#include "v8/own_work.h"

#include <v8-unwinder.h>

#include "v8/registers.h"

namespace highwater {

bool IsV8AtOwnWork(v8::Isolate* isolate) {
  v8::RegisterState state;
  if (!FillRegisters(&state)) return false;
  void* frame = nullptr;
  v8::SampleInfo info{};
  isolate->GetStackSample(state, &frame, 1, &info);
  switch (info.vm_state) {
    case v8::GC:
    case v8::PARSER:
    case v8::BYTECODE_COMPILER:
    case v8::COMPILER:
      return true;
    default:
      return false;
  }
}

}  // namespace highwater
