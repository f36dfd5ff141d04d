// Recordings of what happens in counted_library.cc. The executable is left
// alone by the hooks, like the addon.
#pragma once

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "check.h"
#include "linux/alloc_hooks.h"
#include "linux/thread_state.h"

namespace highwater::test {

inline std::string Beside(const char* name) {
  char path[4096];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  const std::string executable(path, static_cast<std::size_t>(length));
  return executable.substr(0, executable.rfind('/') + 1) + name;
}

template <typename Function>
Function* Find(void* library, const char* name) {
  void* const found = dlsym(library, name);
  if (found == nullptr) std::abort();
  return reinterpret_cast<Function*>(found);
}

struct Library {
  void* handle = dlopen(Beside("counted_library.so").c_str(), RTLD_NOW);
  void* (*malloc)(std::size_t) = Find<void*(std::size_t)>(handle,
                                                          "CountedMalloc");
  void (*free)(void*) = Find<void(void*)>(handle, "CountedFree");
  void* (*realloc)(void*, std::size_t) =
      Find<void*(void*, std::size_t)>(handle, "CountedRealloc");
  void (*every_kind)() = Find<void()>(handle, "CountedEveryKind");
  void (*realloc_chain)() = Find<void()>(handle, "CountedReallocChain");
  bool (*failing_realloc)(void*) = Find<bool(void*)>(handle,
                                                     "CountedFailingRealloc");
  void (*hidden_call)(void (*)()) = Find<void(void (*)())>(handle,
                                                           "CountedHiddenCall");
  bool (*map)(std::size_t) = Find<bool(std::size_t)>(handle, "CountedMap");
  void* (*open)(const char*) = Find<void*(const char*)>(handle, "CountedOpen");
};

inline const Library& TheLibrary() {
  static const Library library;
  return library;
}

class Recording {
 public:
  explicit Recording(Detail detail) {
    TheLibrary();
    if (!InstallHooks().empty()) std::abort();
    recorder_ = Tracker().Start(detail);
    ThisThread().recorder = recorder_;
  }
  ~Recording() {
    ThisThread().recorder = nullptr;
    Tracker().Stop(recorder_);
    RemoveHooks();
  }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  NativeReading Read() const { return recorder_->Read(); }
  const Recorder& recorder() const { return *recorder_; }

 private:
  Recorder* recorder_ = nullptr;
};

// After the last recording.
inline void CheckRestored() {
  CHECK_EQ(ReadHookState().slot_count, 0u);
  CHECK_EQ(ReadHookState().refused_count, 0u);
}

}  // namespace highwater::test
