#include "session/native_stacks.h"

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "linux/native_frames.h"
#include "linux/native_symbols.h"

namespace highwater {
void NameNativeFrames(const StackTable& stacks,
                      const std::vector<bool>& is_used, NamedStacks* named) {
  NativeSymbols symbols;
  std::map<std::tuple<std::size_t, std::string, std::string>, std::size_t>
      children;
  named->node_of_stack.resize(stacks.last() + 1, 0);
  for (StackId id = 1; id <= stacks.last() && id < is_used.size(); ++id) {
    const Stack stack = stacks.Get(id);
    if (!is_used[id] || stack.context != kNativeContext) continue;
    std::size_t at = named->node_of_stack[stack.below];
    for (std::size_t i = stack.count; i-- > 0;) {
      NativeFunction function = symbols.Find(stack.pcs[i]);
      const auto [known, is_new] = children.try_emplace(
          {at, function.name, function.module}, named->nodes.size());
      if (is_new) {
        ProfileNode node;
        node.parent = static_cast<std::int32_t>(at);
        node.function_name = std::move(function.name);
        // A library that is gone by now is still no JavaScript.
        node.module =
            function.module.empty() ? "?" : std::move(function.module);
        named->nodes.push_back(std::move(node));
      }
      at = known->second;
    }
    named->node_of_stack[id] = at;
  }
}

}  // namespace highwater
