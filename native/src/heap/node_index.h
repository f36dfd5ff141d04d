// Which node has an id?
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "heap/heap_graph.h"

namespace highwater {

// Objects of V8's heap have odd ids, mostly dense enough for a table. Those of
// embedders have even ones, which need not be unique: the first node has it.
class NodeIndex {
 public:
  // Before any is added: `most_id` of the odd ones, how many nodes.
  void Reserve(std::uint32_t most_id, std::size_t count) {
    const std::size_t most = most_id / 2 + std::size_t{1};
    is_dense_ = most < 16 * count + 1'000'000;
    if (is_dense_) table_.resize(most, kNoNode);
  }

  void Add(std::uint32_t id, Node node) {
    if (!is_dense_ || id % 2 == 0) {
      others_.try_emplace(id, node);
      return;
    }
    if (id / 2 >= table_.size()) table_.resize(id / 2 + 1, kNoNode);
    table_[id / 2] = node;
  }

  // kNoNode: none has it.
  Node Find(std::uint32_t id) const {
    if (is_dense_ && id % 2 == 1) {
      return id / 2 < table_.size() ? table_[id / 2] : kNoNode;
    }
    const auto found = others_.find(id);
    return found == others_.end() ? kNoNode : found->second;
  }

 private:
  bool is_dense_ = true;
  std::vector<Node> table_;
  std::unordered_map<std::uint32_t, Node> others_;
};

}  // namespace highwater
