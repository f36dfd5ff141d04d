// HeapGraph of the contract: an object whose functions ask the session's.
#pragma once

#include <node_api.h>

#include "addon/arguments.h"
#include "session.h"

namespace highwater {

// Of captureHeap(except).
napi_value CaptureHeapGraph(const Arguments& arguments, Session& session);

}  // namespace highwater
