#include "function_starts.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace highwater {
namespace {

constexpr std::string_view kNodeFields = "\"node_fields\":[";
constexpr std::string_view kLocations = "\"locations\":[";

// Reads the JSON as it is written and keeps only what it looks for:
//
//   header, up to node_fields -> nodes and edges -> locations -> done
//
// Strings, which could contain anything, come after that.
class LocationsReader final : public v8::OutputStream {
 public:
  LocationsReader(const HeapGraph& graph,
                  std::unordered_map<Node, FunctionStart>* starts)
      : graph_(graph), starts_(*starts) {}

  int GetChunkSize() override { return 64 * 1024; }
  void EndOfStream() override {}

  WriteResult WriteAsciiChunk(char* data, int size) override {
    std::string_view chunk(data, static_cast<std::size_t>(size));
    if (state_ != State::kLocations) {
      // A word may begin in one chunk and end in the next.
      carried_.append(chunk);
      chunk = carried_;
    }
    if (state_ == State::kHeader && !ReadHeader(&chunk)) return kContinue;
    if (state_ == State::kGraph) {
      const std::size_t begin = chunk.find(kLocations);
      if (begin == std::string_view::npos) {
        const std::size_t kept = std::min(chunk.size(), kLocations.size());
        carried_ = std::string(chunk.substr(chunk.size() - kept));
        return kContinue;
      }
      state_ = State::kLocations;
      chunk.remove_prefix(begin + kLocations.size());
    }
    return ReadNumbers(chunk) ? kContinue : kAbort;
  }

 private:
  enum class State { kHeader, kGraph, kLocations };

  // A node's index in the JSON is a multiple of its number of fields.
  bool ReadHeader(std::string_view* chunk) {
    const std::size_t begin = chunk->find(kNodeFields);
    if (begin == std::string_view::npos) return false;
    const std::size_t end = chunk->find(']', begin);
    if (end == std::string_view::npos) return false;
    field_count_ = 1;
    for (const char c : chunk->substr(begin, end - begin)) {
      if (c == ',') ++field_count_;
    }
    state_ = State::kGraph;
    return true;
  }

  // False at the end of the list.
  bool ReadNumbers(std::string_view chunk) {
    for (const char c : chunk) {
      if (c >= '0' && c <= '9') {
        number_ = number_ * 10 + static_cast<std::uint64_t>(c - '0');
        has_digits_ = true;
        continue;
      }
      if (has_digits_) Add(number_);
      number_ = 0;
      has_digits_ = false;
      if (c == ']') return false;
    }
    return true;
  }

  void Add(std::uint64_t number) {
    row_[column_++] = number;
    if (column_ < row_.size()) return;
    column_ = 0;
    const std::uint64_t node = row_[0] / field_count_;
    if (node >= graph_.node_count() ||
        graph_.type(static_cast<Node>(node)) != NodeType::kClosure) {
      return;
    }
    starts_[static_cast<Node>(node)] = {static_cast<int>(row_[1]),
                                        static_cast<int>(row_[2]) + 1,
                                        static_cast<int>(row_[3]) + 1};
  }

  const HeapGraph& graph_;
  std::unordered_map<Node, FunctionStart>& starts_;
  State state_ = State::kHeader;
  std::string carried_;
  std::uint64_t field_count_ = 1;
  // Node, script, line, column.
  std::array<std::uint64_t, 4> row_{};
  std::size_t column_ = 0;
  std::uint64_t number_ = 0;
  bool has_digits_ = false;
};

}  // namespace

std::unordered_map<Node, FunctionStart> ReadFunctionStarts(
    const v8::HeapSnapshot& snapshot, const HeapGraph& graph) {
  std::unordered_map<Node, FunctionStart> starts;
  LocationsReader reader(graph, &starts);
  snapshot.Serialize(&reader, v8::HeapSnapshot::kJSON);
  return starts;
}

}  // namespace highwater
