// Replaces functions of shared libraries in a running process: every loaded
// object calls them through slots of its global offset table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace highwater {

// A hook is a row: what is called, what was meant, what is called instead.
struct Hook {
  const char* symbol;
  // Filled in by GotPatcher::Resolve; null where the process has no such
  // function. The replacement calls it.
  void** original;
  void* replacement;
};

// Everything happens within dl_iterate_phdr, whose lock keeps objects loaded
// and orders several threads; a lock of our own could be taken the other way
// round by a dlopen inside a constructor. Changes wait until no other thread is
// in a dlopen. Allocates.
class GotPatcher {
 public:
  explicit GotPatcher(std::vector<Hook> hooks) : hooks_(std::move(hooks)) {}
  GotPatcher(const GotPatcher&) = delete;
  GotPatcher& operator=(const GotPatcher&) = delete;

  // Finds the originals: what the executable's own slots are bound to (so an
  // allocator that was preloaded stays in use), else what the process resolves
  // the name to. To be called before anything is patched.
  void Resolve();

  // Patches all loaded objects but the one that contains `own`. Objects that
  // define the function themselves are left alone. Returns how many slots could
  // not be written: their pages stay read-only.
  std::size_t Patch(const void* own);

  // The same after a dlopen, and nothing once Restore has been called: the
  // thread that loads may be late.
  std::size_t PatchLoaded(const void* own);

  // Puts back every slot that still holds the replacement, in objects that are
  // still loaded. Returns how many hold neither: somebody else has patched
  // since, and may call the replacement as what he found there.
  std::size_t Restore();

  // Slots that hold a replacement.
  std::size_t SlotCount() const;
  // Tells where the slots are, for tests and questions.
  std::vector<std::string> Describe() const;

 private:
  struct Slot {
    const Hook* hook;
    void* before;
    // Identifies the object: its dynamic section and its name.
    std::uintptr_t object;
    std::string name;
  };
  struct Object;

  std::size_t PatchObjects(const void* own);
  std::size_t PatchObject(const Object& object);
  std::size_t RestoreObject(const Object& object);
  bool MayPatch(const Object& object, const Hook& hook, std::uint32_t type,
                bool is_undefined, void* value) const;

  std::vector<Hook> hooks_;
  // These two under the loader's lock only.
  bool is_patching_ = false;
  std::map<void**, Slot> slots_;
};

}  // namespace highwater
