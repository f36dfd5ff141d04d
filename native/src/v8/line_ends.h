// Where the lines of scripts end, worked out before V8 asks.
#pragma once

#include <v8-isolate.h>

namespace highwater {

// A snapshot asks V8 for the line of every function. Before 12.4, V8 reads the
// script's source from its beginning for each answer, unless it has kept the
// ends of the lines: a minute for a script of 9 MB with 20,000 functions. It
// keeps them from the first time that it formats a stack with a frame of the
// script. This makes it do that for all scripts; a later V8 needs no help.
//
// False when this V8 has the problem and does not let us.
bool PrepareLineEnds(v8::Isolate* isolate);

}  // namespace highwater
