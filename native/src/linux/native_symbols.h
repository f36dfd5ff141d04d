// Names of native code: from an address to a function and its file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace highwater {

struct NativeFunction {
  // Demangled and short; "" when not known.
  std::string name;
  // The file's name without its folders: "node", "sharp-linux-x64.node".
  std::string module;
};

// Of the files that are loaded when it is made. Reads the symbol table of a
// file when the first of its addresses is asked for: some 20 ms for Node's.
class NativeSymbols {
 public:
  NativeSymbols();
  ~NativeSymbols();
  NativeSymbols(const NativeSymbols&) = delete;
  NativeSymbols& operator=(const NativeSymbols&) = delete;

  // `pc` is a return address: the one behind a call.
  NativeFunction Find(std::uintptr_t pc);

 private:
  class Module;
  std::vector<std::unique_ptr<Module>> modules_;
};

}  // namespace highwater
