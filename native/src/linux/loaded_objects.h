// The objects that are loaded, and the moments at which they may be changed.
#pragma once

#include <dlfcn.h>
#include <link.h>

#include <string>

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
extern "C" void AnnotateIgnoreReadsBegin(const char* file, int line);
extern "C" void AnnotateIgnoreReadsEnd(const char* file, int line);
#endif

namespace highwater {

// dl_iterate_phdr with a closure.
template <typename Visit>
void ForEachObject(Visit visit) {
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        return (*static_cast<Visit*>(data))(*info) ? 0 : 1;
      },
      &visit);
}

#if defined(__SANITIZE_THREAD__)
// It sees no lock of the loader.
inline char loader_lock;
#endif

// Calls work(info) once, which may go through the objects itself: who holds the
// loader's lock may take it again.
template <typename Work>
void WithLoaderLocked(Work work) {
  ForEachObject([&](const dl_phdr_info& info) {
#if defined(__SANITIZE_THREAD__)
    __tsan_acquire(&loader_lock);
    work(info);
    __tsan_release(&loader_lock);
#else
    work(info);
#endif
    return false;
  });
}

// While no object is being loaded. One is in the list before its slots are
// filled in: what is read there then means nothing, and a page that is made
// read-only would bring the loader down.
template <typename Work>
void WithLoadedObjects(Work work) {
  for (bool is_done = false; !is_done;) {
    unsigned long long added_count = 0;
    WithLoaderLocked(
        [&](const dl_phdr_info& info) { added_count = info.dlpi_adds; });
    // Waits for every dlopen that has begun.
    if (void* const executable = dlopen(nullptr, RTLD_LAZY))
      dlclose(executable);
    WithLoaderLocked([&](const dl_phdr_info& info) {
      if (info.dlpi_adds != added_count) return;
      work();
      is_done = true;
    });
  }
}

// The executable has none.
inline std::string NameOf(const dl_phdr_info& info) {
#if defined(__SANITIZE_THREAD__)
  // The loader wrote it. What the sanitizer itself does about that forgets the
  // last byte.
  AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
#endif
  std::string name = info.dlpi_name == nullptr ? "" : info.dlpi_name;
#if defined(__SANITIZE_THREAD__)
  AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
#endif
  return name;
}

}  // namespace highwater
