#include "native_symbols.h"

#include <cxxabi.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>

#include "linux/function_name.h"

namespace highwater {
namespace {

// A file's bytes. Nothing is believed of what stands in them.
class MappedFile {
 public:
  explicit MappedFile(const char* path) {
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    struct stat status = {};
    if (fstat(file, &status) == 0 && status.st_size > 0) {
      const auto bytes = static_cast<std::size_t>(status.st_size);
      void* const start = mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, file, 0);
      if (start != MAP_FAILED) {
        start_ = static_cast<const char*>(start);
        bytes_ = bytes;
      }
    }
    close(file);
  }
  ~MappedFile() {
    if (start_ != nullptr) munmap(const_cast<char*>(start_), bytes_);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  template <typename T>
  bool Read(std::uint64_t offset, T* value) const {
    if (offset > bytes_ || bytes_ - offset < sizeof(T)) return false;
    std::memcpy(value, start_ + offset, sizeof(T));
    return true;
  }

  std::string Text(std::uint64_t offset) const {
    if (offset >= bytes_) return "";
    return {start_ + offset, strnlen(start_ + offset, bytes_ - offset)};
  }

 private:
  const char* start_ = nullptr;
  std::size_t bytes_ = 0;
};

struct Symbol {
  std::uintptr_t address = 0;
  std::uintptr_t bytes = 0;
  std::uint64_t name_at = 0;
};

// Of one table of symbols, those that are functions.
void AddFunctions(const MappedFile& file, const ElfW(Shdr) & table,
                  const ElfW(Shdr) & names, std::vector<Symbol>* symbols) {
  ElfW(Sym) symbol;
  for (std::uint64_t at = 0; at + sizeof(symbol) <= table.sh_size;
       at += sizeof(symbol)) {
    if (!file.Read(table.sh_offset + at, &symbol)) return;
    const auto type = symbol.st_info & 0xf;
    if (type != STT_FUNC && type != STT_GNU_IFUNC) continue;
    if (symbol.st_shndx == SHN_UNDEF) continue;
    symbols->push_back(
        {symbol.st_value, symbol.st_size, names.sh_offset + symbol.st_name});
  }
}

// By address. The whole table where the file still has it, else what it
// exports.
std::vector<Symbol> FunctionsOf(const MappedFile& file) {
  ElfW(Ehdr) header;
  std::vector<Symbol> symbols;
  if (!file.Read(0, &header) ||
      std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
      header.e_shentsize != sizeof(ElfW(Shdr))) {
    return symbols;
  }
  for (const ElfW(Word) wanted : {SHT_SYMTAB, SHT_DYNSYM}) {
    for (unsigned i = 0; i < header.e_shnum; ++i) {
      ElfW(Shdr) table;
      ElfW(Shdr) names;
      if (!file.Read(header.e_shoff + i * sizeof(table), &table))
        return symbols;
      if (table.sh_type != wanted || table.sh_link >= header.e_shnum) continue;
      if (!file.Read(header.e_shoff + table.sh_link * sizeof(names), &names)) {
        continue;
      }
      AddFunctions(file, table, names, &symbols);
    }
    if (!symbols.empty()) break;
  }
  std::sort(
      symbols.begin(), symbols.end(),
      [](const Symbol& a, const Symbol& b) { return a.address < b.address; });
  return symbols;
}

std::string Demangle(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> demangled(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status),
      std::free);
  return status == 0 && demangled ? ShortFunctionName(demangled.get()) : symbol;
}

std::string_view FileNameOf(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

class NativeSymbols::Module {
 public:
  explicit Module(const dl_phdr_info& info)
      : base_(info.dlpi_addr), path_(info.dlpi_name) {
    for (int i = 0; i < info.dlpi_phnum; ++i) {
      const auto& header = info.dlpi_phdr[i];
      if (header.p_type != PT_LOAD || (header.p_flags & PF_X) == 0) continue;
      const std::uintptr_t begin = base_ + header.p_vaddr;
      code_.push_back({begin, begin + header.p_memsz});
    }
    // The executable has no name here.
    if (path_.empty()) path_ = "/proc/self/exe";
  }

  bool Contains(std::uintptr_t address) const {
    return std::any_of(code_.begin(), code_.end(), [&](const Range& range) {
      return range.begin <= address && address < range.end;
    });
  }

  NativeFunction Find(std::uintptr_t address) {
    if (!is_read_) Read();
    const std::uintptr_t wanted = address - base_;
    auto next = std::upper_bound(symbols_.begin(), symbols_.end(), wanted,
                                 [](std::uintptr_t at, const Symbol& symbol) {
                                   return at < symbol.address;
                                 });
    std::string name;
    if (next != symbols_.begin()) {
      const Symbol& symbol = *std::prev(next);
      // Of code written in assembler sizes are not always known.
      if (symbol.bytes == 0 || wanted - symbol.address < symbol.bytes) {
        name = Demangle(file_->Text(symbol.name_at));
      }
    }
    return {std::move(name), name_};
  }

 private:
  struct Range {
    std::uintptr_t begin;
    std::uintptr_t end;
  };

  void Read() {
    is_read_ = true;
    file_.emplace(path_.c_str());
    symbols_ = FunctionsOf(*file_);
    char target[4096];
    const ssize_t length = readlink(path_.c_str(), target, sizeof(target));
    name_ = FileNameOf(
        length > 0 && path_ == "/proc/self/exe"
            ? std::string_view(target, static_cast<std::size_t>(length))
            : std::string_view(path_));
  }

  const std::uintptr_t base_;
  std::string path_;
  std::string name_;
  std::vector<Range> code_;
  bool is_read_ = false;
  std::optional<MappedFile> file_;
  std::vector<Symbol> symbols_;
};

NativeSymbols::NativeSymbols() {
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        static_cast<NativeSymbols*>(data)->modules_.push_back(
            std::make_unique<Module>(*info));
        return 0;
      },
      this);
}

NativeSymbols::~NativeSymbols() = default;

NativeFunction NativeSymbols::Find(std::uintptr_t pc) {
  // A call may be the last instruction of its function.
  const std::uintptr_t address = pc - 1;
  for (const auto& module : modules_) {
    if (module->Contains(address)) return module->Find(address);
  }
  return {};
}

}  // namespace highwater
