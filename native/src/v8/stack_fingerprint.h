// A number that tells one JavaScript stack from another, read off the stack
// itself in tens of nanoseconds where V8 takes hundreds.
#pragma once

#include <v8-profiler.h>
#include <v8.h>

#include <cstdint>

namespace highwater {

// V8 keeps the frames of compiled JavaScript linked by their frame pointers,
// from the last exit to C++ up to the first entry. What tells such a stack from
// another is in the frames: the return addresses and, where V8 interprets, the
// bytecode and the place in it. GetStackSample reads the same words, but asks
// for each what kind of code it is; its answer depends on nothing else, so one
// fingerprint has one answer until code moves.
//
// The places of the words that say where to begin are those of the V8s we know.
// That they still are is checked against every answer of GetStackSample.
class StackFingerprint {
 public:
  // Of as many frames as GetStackSample is asked for. On the isolate's thread,
  // as everything else here.
  StackFingerprint(v8::Isolate* isolate, int depth);

  // 0: not to be told, ask V8.
  std::uint64_t Read() const;

  // Compares with what V8 said on the same stack; when it differs, Read()
  // knows nothing any more.
  void Check(const v8::SampleInfo& told);
  void Distrust() { top_ = nullptr; }

 private:
  bool IsOnStack(std::uintptr_t address) const;
  // The native function that JavaScript called last, as SampleInfo has it.
  bool ReadCallback(std::uintptr_t* callback) const;

  const int depth_;
  // V8's ThreadLocalTop; null when it is not known or not trusted.
  const std::uintptr_t* top_ = nullptr;
  std::uintptr_t stack_end_ = 0;
};

}  // namespace highwater
