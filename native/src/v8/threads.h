// What V8 does on which thread.
#pragma once

#include <v8.h>

#include <cstdint>

namespace highwater {

// Runs `job(data)` on one of the threads on which V8 collects and compiles, and
// waits for it. False when that takes longer than a second; the job may then
// still run, so `data` must live for ever.
bool RunOnV8Thread(v8::Local<v8::Context> context, void (*job)(void* data),
                   void* data);

// Whether an isolate is entered on the calling thread. V8's own threads may
// say so too.
bool HasIsolate();

// A word that is not 0 while compiled code calls C++ of V8 (or a fast API
// function) without leaving JavaScript: for V8's write barriers mostly. Such
// code has no exit frame, so its stack must not be walked. Null for a V8 whose
// layout nobody has checked.
const std::uintptr_t* DirectCallWord(v8::Isolate* isolate);

}  // namespace highwater
