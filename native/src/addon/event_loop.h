// What the event loop still has to do.
#pragma once

#include <node_api.h>
#include <uv.h>

#include <array>
#include <cstddef>

namespace highwater {

// By type: how many handles are closed, but wait for the next turn to be gone.
using ClosingHandles = std::array<std::size_t, UV_HANDLE_TYPE_MAX>;
ClosingHandles CountClosingHandles(napi_env env);

// Whether immediates (Node-API runs finalizers in them) or closing handles wait
// for the next turn of this environment's loop.
bool HasWaitingTurn(napi_env env);

}  // namespace highwater
