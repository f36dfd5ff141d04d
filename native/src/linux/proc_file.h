// Files of /proc, which have no size beforehand.
#pragma once

#include <unistd.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace highwater {

struct FileCloser {
  void operator()(FILE* file) const { std::fclose(file); }
};
using OpenFile = std::unique_ptr<FILE, FileCloser>;

// Closed with its owner.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (ok()) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool ok() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  const int number_;
};

// What errno says of the file.
std::string FileFailure(const char* path);

// All of it. Nothing: `*why` says what failed.
std::optional<std::string> ReadFile(const char* path, std::string* why);

}  // namespace highwater
