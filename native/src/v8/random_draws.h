// Whether a call draws from Math.random, which is left as it is.
//
// V8 makes 64 random numbers at once for each native context (a world of
// globals), and hands them out from the last to the first: an index in the
// context goes down by one with each draw.
#pragma once

#include <v8.h>

#include <cstdint>

namespace highwater {

// Finds where V8 keeps the numbers, once per process, by drawing in a context
// of its own. To be called outside windows: it takes some of V8's heap.
void LearnRandomPlace(v8::Isolate* isolate);

// From its making to HasDrawn(), in one world. Allocates nothing on V8's heap.
class RandomDraws {
 public:
  // The world that a function is of.
  explicit RandomDraws(v8::Local<v8::Function> function);

  // False, too, where nothing is known.
  bool HasDrawn() const;

 private:
  struct Reading {
    bool is_known = false;
    std::uintptr_t left = 0;
    // One of the numbers: another one after a refill, when as many numbers may
    // be left as there were.
    std::uintptr_t first = 0;
  };

  Reading Read() const;

  v8::Local<v8::Context> context_;
  Reading before_;
};

}  // namespace highwater
