#include "snapshot_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace highwater {
namespace {

class FileStream final : public v8::OutputStream {
 public:
  explicit FileStream(FILE* file) : file_(file) {}

  int GetChunkSize() override { return 64 * 1024; }
  void EndOfStream() override {}
  WriteResult WriteAsciiChunk(char* data, int size) override {
    const auto bytes = static_cast<std::size_t>(size);
    if (std::fwrite(data, 1, bytes, file_) == bytes) return kContinue;
    error_ = errno;
    return kAbort;
  }
  int error() const { return error_; }

 private:
  FILE* const file_;
  int error_ = 0;
};

}  // namespace

std::string WriteSnapshot(const v8::HeapSnapshot& snapshot,
                          const std::string& file) {
  const std::string unfinished = file + ".unfinished";
  FILE* const stream = std::fopen(unfinished.c_str(), "we");
  if (stream == nullptr) return std::strerror(errno);
  FileStream output(stream);
  snapshot.Serialize(&output, v8::HeapSnapshot::kJSON);
  int error = output.error();
  if (std::fclose(stream) != 0 && error == 0) error = errno;
  if (error == 0 && std::rename(unfinished.c_str(), file.c_str()) != 0) {
    error = errno;
  }
  if (error == 0) return "";
  std::remove(unfinished.c_str());
  return std::strerror(error);
}

}  // namespace highwater
