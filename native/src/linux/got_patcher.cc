#include "got_patcher.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <string_view>
#include <utility>

#include "linux/loaded_objects.h"

namespace highwater {
namespace {

#if defined(__aarch64__)
constexpr std::uint32_t kJumpSlot = R_AARCH64_JUMP_SLOT;
constexpr std::uint32_t kGlobalData = R_AARCH64_GLOB_DAT;
constexpr std::uint32_t kAbsolute = R_AARCH64_ABS64;
#else
constexpr std::uint32_t kJumpSlot = R_X86_64_JUMP_SLOT;
constexpr std::uint32_t kGlobalData = R_X86_64_GLOB_DAT;
constexpr std::uint32_t kAbsolute = R_X86_64_64;
#endif

struct Range {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  bool Contains(std::uintptr_t address) const {
    return begin <= address && address < end;
  }
};

struct Relocations {
  const ElfW(Rela) * begin = nullptr;
  std::size_t bytes = 0;
  const ElfW(Rela) * end() const { return begin + bytes / sizeof(*begin); }
};

bool IsLeftAlone(std::string_view name) {
  const auto has = [&](std::string_view part) {
    return name.find(part) != std::string_view::npos;
  };
#if defined(__SANITIZE_THREAD__)
  // They allocate on threads that the sanitizer does not know yet, and the
  // hooks are code that it has instrumented.
  if (has("/libc.so") || has("/libtsan.so")) return true;
#endif
  return has("ld-linux") || has("linux-vdso");
}

// Past our own hook of mprotect.
bool Protect(std::uintptr_t page, std::size_t bytes, int protection) {
  return syscall(SYS_mprotect, page, bytes, protection) == 0;
}

}  // namespace

// What a loaded object says about itself.
struct GotPatcher::Object {
  std::uintptr_t base = 0;
  std::uintptr_t dynamic = 0;
  std::string name;
  std::vector<Range> code;
  std::vector<Range> loaded;
  // Read-only after relocation.
  std::vector<Range> relro;
  const ElfW(Sym) * symbols = nullptr;
  const char* strings = nullptr;
  Relocations tables[2];

  explicit Object(const dl_phdr_info& info)
      : base(info.dlpi_addr), name(NameOf(info)) {
    for (int i = 0; i < info.dlpi_phnum; ++i) {
      const auto& header = info.dlpi_phdr[i];
      const Range range{base + header.p_vaddr,
                        base + header.p_vaddr + header.p_memsz};
      if (header.p_type == PT_DYNAMIC) dynamic = range.begin;
      if (header.p_type == PT_LOAD) loaded.push_back(range);
      if (header.p_type == PT_LOAD && (header.p_flags & PF_X) != 0) {
        code.push_back(range);
      }
      if (header.p_type == PT_GNU_RELRO) relro.push_back(range);
    }
    if (dynamic != 0) ReadDynamic();
  }

  bool Loads(std::uintptr_t address) const { return Any(loaded, address); }
  bool HasCode(std::uintptr_t address) const { return Any(code, address); }

  bool Write(void** slot, void* value) const {
    static const auto page_bytes =
        static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto address = reinterpret_cast<std::uintptr_t>(slot);
    const std::uintptr_t page = address & ~(page_bytes - 1);
    // The loader protects whole pages.
    const bool is_read_only =
        std::any_of(relro.begin(), relro.end(), [&](const Range& range) {
          return page >= (range.begin & ~(page_bytes - 1)) &&
                 page < (range.end & ~(page_bytes - 1));
        });
    if (is_read_only && !Protect(page, page_bytes, PROT_READ | PROT_WRITE)) {
      return false;
    }
    __atomic_store_n(slot, value, __ATOMIC_RELEASE);
    if (is_read_only) Protect(page, page_bytes, PROT_READ);
    return true;
  }

 private:
  static bool Any(const std::vector<Range>& ranges, std::uintptr_t address) {
    return std::any_of(ranges.begin(), ranges.end(), [&](const Range& range) {
      return range.Contains(address);
    });
  }

  void ReadDynamic() {
    // glibc has relocated these addresses in place, musl has not.
    const auto fixed = [&](ElfW(Addr) address) {
      return address < base ? base + address : address;
    };
    for (const auto* entry = reinterpret_cast<const ElfW(Dyn)*>(dynamic);
         entry->d_tag != DT_NULL; ++entry) {
      const ElfW(Addr) address = entry->d_un.d_ptr;
      switch (entry->d_tag) {
        case DT_SYMTAB:
          symbols = reinterpret_cast<const ElfW(Sym)*>(fixed(address));
          break;
        case DT_STRTAB:
          strings = reinterpret_cast<const char*>(fixed(address));
          break;
        case DT_RELA:
          tables[0].begin = reinterpret_cast<const ElfW(Rela)*>(fixed(address));
          break;
        case DT_RELASZ:
          tables[0].bytes = entry->d_un.d_val;
          break;
        case DT_JMPREL:
          tables[1].begin = reinterpret_cast<const ElfW(Rela)*>(fixed(address));
          break;
        case DT_PLTRELSZ:
          tables[1].bytes = entry->d_un.d_val;
          break;
        default:
          break;
      }
    }
    if (symbols == nullptr || strings == nullptr) {
      tables[0] = tables[1] = Relocations{};
    }
  }
};

namespace {

// Calls visit(type, symbol, name, slot) for every relocation that binds a name.
template <typename Object, typename Visit>
void ForEachRelocation(const Object& object, Visit visit) {
  for (const Relocations& table : object.tables) {
    if (table.begin == nullptr) continue;
    for (const auto* entry = table.begin; entry < table.end(); ++entry) {
      const auto type = static_cast<std::uint32_t>(ELF64_R_TYPE(entry->r_info));
      const auto index = static_cast<std::uint32_t>(ELF64_R_SYM(entry->r_info));
      if (index == 0 ||
          (type != kJumpSlot && type != kGlobalData && type != kAbsolute)) {
        continue;
      }
      const ElfW(Sym)& symbol = object.symbols[index];
      visit(type, symbol, object.strings + symbol.st_name,
            reinterpret_cast<void**>(object.base + entry->r_offset));
    }
  }
}

}  // namespace

void GotPatcher::Resolve() {
  ForEachObject([&](const dl_phdr_info& info) {
    const Object executable(info);
    ForEachRelocation(executable, [&](std::uint32_t type,
                                      const ElfW(Sym) & symbol,
                                      const char* name, void** slot) {
      if (type == kAbsolute || symbol.st_shndx != SHN_UNDEF) return;
      for (const Hook& hook : hooks_) {
        const auto value = reinterpret_cast<std::uintptr_t>(*slot);
        // Not bound yet, or the executable's own stub (see MayPatch).
        if (executable.HasCode(value)) continue;
        if (*hook.original == nullptr && std::strcmp(name, hook.symbol) == 0)
          *hook.original = *slot;
      }
    });
    for (const Hook& hook : hooks_) {
      if (*hook.original != nullptr) continue;
      void* found = dlsym(RTLD_DEFAULT, hook.symbol);
      if (executable.HasCode(reinterpret_cast<std::uintptr_t>(found))) {
        void* const libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
        found = libc == nullptr ? nullptr : dlsym(libc, hook.symbol);
        if (libc != nullptr) dlclose(libc);
      }
      *hook.original = found;
    }
    return false;  // the first object is the executable
  });
}

// What a slot may hold:
//   the original           -> patch
//   the object's own code  -> a jump slot that is not bound yet: patch
//   the executable's code  -> in an executable that is not position independent
//                             and takes &malloc, the symbol's value is its PLT
//                             stub: calls through it reach the hook through the
//                             executable's own slot, once
//   anything else          -> somebody else's replacement: leave it
bool GotPatcher::MayPatch(const Object& object, const Hook& hook,
                          std::uint32_t type, bool is_undefined,
                          void* value) const {
  if (value == *hook.original) return true;
  return type == kJumpSlot && is_undefined &&
         object.HasCode(reinterpret_cast<std::uintptr_t>(value));
}

std::size_t GotPatcher::PatchObject(const Object& object) {
  std::size_t refused_count = 0;
  ForEachRelocation(object, [&](std::uint32_t type, const ElfW(Sym) & symbol,
                                const char* name, void** slot) {
    const auto hook = std::find_if(
        hooks_.begin(), hooks_.end(),
        [&](const Hook& row) { return std::strcmp(row.symbol, name) == 0; });
    if (hook == hooks_.end() || *hook->original == nullptr) return;
    void* const value = *slot;
    if (value == hook->replacement) return;
    if (!MayPatch(object, *hook, type, symbol.st_shndx == SHN_UNDEF, value)) {
      return;
    }
    if (!object.Write(slot, hook->replacement)) {
      ++refused_count;
      return;
    }
    slots_[slot] = {&*hook, value, object.dynamic, object.name};
  });
  return refused_count;
}

std::size_t GotPatcher::Patch(const void* own) {
  std::size_t refused_count = 0;
  WithLoadedObjects([&] {
    is_patching_ = true;
    refused_count = PatchObjects(own);
  });
  return refused_count;
}

std::size_t GotPatcher::PatchLoaded(const void* own) {
  std::size_t refused_count = 0;
  WithLoadedObjects([&] {
    if (is_patching_) refused_count = PatchObjects(own);
  });
  return refused_count;
}

std::size_t GotPatcher::PatchObjects(const void* own) {
  std::size_t refused_count = 0;
  ForEachObject([&](const dl_phdr_info& info) {
    const Object object(info);
    const bool is_own = object.Loads(reinterpret_cast<std::uintptr_t>(own));
    if (object.dynamic != 0 && !is_own && !IsLeftAlone(object.name)) {
      refused_count += PatchObject(object);
    }
    return true;
  });
  return refused_count;
}

std::size_t GotPatcher::Restore() {
  std::size_t foreign_count = 0;
  WithLoadedObjects([&] {
    is_patching_ = false;
    ForEachObject([&](const dl_phdr_info& info) {
      foreign_count += RestoreObject(Object(info));
      return true;
    });
    slots_.clear();
  });
  return foreign_count;
}

std::size_t GotPatcher::RestoreObject(const Object& object) {
  std::size_t foreign_count = 0;
  for (auto& [slot, patched] : slots_) {
    // Of an object that was closed since, not even the address is valid.
    if (patched.object != object.dynamic || patched.name != object.name) {
      continue;
    }
    if (*slot == patched.hook->replacement) {
      if (!object.Write(slot, patched.before)) ++foreign_count;
    } else if (*slot != patched.before && *slot != *patched.hook->original) {
      // The original: the loader was binding the slot when it was patched.
      ++foreign_count;
    }
  }
  return foreign_count;
}

std::size_t GotPatcher::SlotCount() const {
  std::size_t count = 0;
  WithLoaderLocked([&](const dl_phdr_info&) { count = slots_.size(); });
  return count;
}

std::vector<std::string> GotPatcher::Describe() const {
  std::vector<std::string> lines;
  WithLoaderLocked([&](const dl_phdr_info&) {
    for (const auto& [slot, patched] : slots_) {
      lines.push_back((patched.name.empty() ? "(executable)" : patched.name) +
                      " " + patched.hook->symbol);
    }
  });
  return lines;
}

}  // namespace highwater
