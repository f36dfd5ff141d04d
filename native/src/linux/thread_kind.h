// Whose a thread is that has no session of its own.
#pragma once

#include <cstdint>

#include "linux/thread_state.h"

namespace highwater {

// Of the calling thread, whose state is given. Looked up until it is certain,
// then remembered.
ThreadState::Kind KindOf(ThreadState* thread);

// How to tell the threads apart that are nobody's session: by the function of
// the executable that V8's own begin with (0: not known, they then count as
// shared), and by asking whether the calling thread runs JavaScript.
void LearnThreads(std::uintptr_t root_of_v8, bool (*runs_javascript)());

}  // namespace highwater
