// Files of /proc, which have no size beforehand.
#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace highwater {

struct FileCloser {
  void operator()(FILE* file) const { std::fclose(file); }
};
using OpenFile = std::unique_ptr<FILE, FileCloser>;

// What errno says of the file.
std::string FileFailure(const char* path);

// All of it. Nothing: `*why` says what failed.
std::optional<std::string> ReadFile(const char* path, std::string* why);

}  // namespace highwater
