// Whether V8 works for itself at this moment.
#pragma once

#include <v8.h>

namespace highwater {

// Parsing, compiling and marking take memory that no function asked for, and
// when V8 does so is its own choice. Callable from within `malloc`; on the
// isolate's thread. Takes about 0.2 us.
bool IsV8AtOwnWork(v8::Isolate* isolate);

}  // namespace highwater
