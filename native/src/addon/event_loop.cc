#include "event_loop.h"

#include <uv.h>

namespace highwater {

bool HasWaitingTurn(napi_env env) {
  uv_loop_t* loop = nullptr;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return false;
  bool is_waiting = false;
  uv_walk(
      loop,
      [](uv_handle_t* handle, void* found) {
        // Node keeps an idle handle active while immediates wait.
        const bool is_idle =
            uv_handle_get_type(handle) == UV_IDLE && uv_is_active(handle) != 0;
        if (is_idle || uv_is_closing(handle) != 0) {
          *static_cast<bool*>(found) = true;
        }
      },
      &is_waiting);
  return is_waiting;
}

}  // namespace highwater
