#include "proc_file.h"

#include <array>
#include <cerrno>
#include <cstring>

namespace highwater {

std::string FileFailure(const char* path) {
  return std::string(path) + ": " + std::strerror(errno);
}

std::optional<std::string> ReadFile(const char* path, std::string* why) {
  const OpenFile file(std::fopen(path, "re"));
  if (file == nullptr) {
    *why = FileFailure(path);
    return std::nullopt;
  }
  std::string text;
  std::array<char, 16384> chunk;
  for (;;) {
    const std::size_t got =
        std::fread(chunk.data(), 1, chunk.size(), file.get());
    if (got == 0) break;
    text.append(chunk.data(), got);
  }
  if (std::ferror(file.get()) != 0) {
    *why = FileFailure(path);
    return std::nullopt;
  }
  return text;
}

}  // namespace highwater
