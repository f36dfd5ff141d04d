// Time for last words before a signal ends the process.
//
//   default --Watch--> watched --signal--> told, armed --End--> ended by it
//                                                \--patience over--> the same
//
// The process still dies of the signal: its handler of before (Node's own puts
// the terminal back) gets it a little later. Who handles a signal replaces the
// handler here and has it alone; who ignores it is left alone.
#pragma once

namespace highwater {

// `told` is called in the signal handler: only what is async-signal-safe. At
// most once for each signal; a second one ends the process at once.
void WatchEndingSignals(void (*told)(), double patience_ms);
// Puts back what is still in its place.
void UnwatchEndingSignals();

// The signal that was told of last; 0 for none.
int ToldSignal();
const char* NameOfSignal(int signal);
// Does not come back, unless somebody has begun to handle the signal.
void EndBySignal(int signal);

}  // namespace highwater
