#include "heap/pending_calls.h"

#include <cstdint>
#include <vector>

#include "check.h"
#include "graphs.h"

namespace highwater {
namespace {

constexpr Thing kObject{};
constexpr Thing kFunction{NodeType::kClosure, Role::kValue};
constexpr Thing kScope{NodeType::kObject, Role::kScope};
constexpr Thing kStore{NodeType::kArray, Role::kStore};
constexpr Thing kCode{NodeType::kCode, Role::kCode};
constexpr Thing kRealm{NodeType::kHidden, Role::kInternal};
constexpr EdgeType kContext = EdgeType::kContext;
constexpr EdgeType kInternal = EdgeType::kInternal;

constexpr Node kTimer = 1;

// What sees the target, with node 1 as what waits for a turn.
std::vector<Node> ThatSee(const HeapGraph& graph, Node target,
                          std::uint32_t hops = 1, std::size_t limit = 16) {
  Names names;
  names.hops[kTimer] = hops;
  std::vector<Node> functions;
  for (const PendingCall& call :
       PendingCalls(graph, target).Find(FindWaiting(graph, names), limit)) {
    CHECK_EQ(call.waiting, kTimer);
    CHECK_EQ(graph.to(call.arrival), call.function);
    functions.push_back(call.function);
  }
  return functions;
}

}  // namespace

TEST(a_function_sees_its_variables_and_those_around_it) {
  // timer -> function -> scope -> scope around it -> variable
  const HeapGraph graph =
      Build({kObject, kObject, kFunction, kScope, kScope, kObject, kObject},
            {{0, 1},
             {1, 2},
             {2, 3, kInternal},
             {3, 4, kInternal},
             {4, 5, kContext},
             {0, 6}});
  CHECK(ThatSee(graph, 5) == std::vector<Node>{2});
  CHECK(ThatSee(graph, 3) == std::vector<Node>{2});
  CHECK(ThatSee(graph, 6).empty());
}

TEST(variables_without_names_are_seen_too) {
  const HeapGraph graph =
      Build({kObject, kObject, kFunction, kScope, kObject},
            {{0, 1}, {1, 2}, {2, 3, kInternal}, {3, 4, EdgeType::kHidden}});
  CHECK(ThatSee(graph, 4) == std::vector<Node>{2});
}

TEST(an_object_is_seen_two_levels_deep_and_stores_are_no_level) {
  // variable -> store -> object -> object -> object
  const HeapGraph graph = Build({kObject, kObject, kFunction, kScope, kObject,
                                 kStore, kObject, kObject, kObject},
                                {{0, 1},
                                 {1, 2},
                                 {2, 3, kInternal},
                                 {3, 4, kContext},
                                 {4, 5, kInternal},
                                 {5, 6, kInternal},
                                 {6, 7},
                                 {7, 8}});
  CHECK_EQ(ThatSee(graph, 7).size(), 1U);
  CHECK(ThatSee(graph, 8).empty());
}

TEST(other_functions_code_and_the_realm_are_no_way) {
  // The scope also has a function, with a scope of its own.
  const HeapGraph graph =
      Build({kObject, kObject, kFunction, kScope, kFunction, kScope, kObject,
             kRealm, kObject, kCode, kObject, kFunction, kScope},
            {{0, 1},
             {1, 2},
             {2, 3, kInternal},
             {2, 9, kInternal},
             {3, 4, kContext},
             {3, 7, kInternal},
             {4, 5, kInternal},
             {5, 11, kContext},
             {7, 8},
             {9, 10},
             {11, 12, kInternal},
             {12, 6, kContext}});
  CHECK(ThatSee(graph, 6).empty());
  CHECK(ThatSee(graph, 8).empty());
  CHECK(ThatSee(graph, 10).empty());
}

TEST(what_a_function_was_given_to_call_sees_for_it) {
  // Node's wrapper has the user's function 4 as a variable.
  const HeapGraph graph =
      Build({kObject, kObject, kFunction, kScope, kFunction, kScope, kObject},
            {{0, 1},
             {1, 2},
             {2, 3, kInternal},
             {3, 4, kContext},
             {4, 5, kInternal},
             {5, 6, kContext}});
  CHECK(ThatSee(graph, 6) == std::vector<Node>{4});
}

TEST(a_bound_function_sees_its_this) {
  const HeapGraph graph = Build({kObject, kObject, kFunction, kObject, kObject},
                                {{0, 1}, {1, 2}, {2, 3, kInternal}, {3, 4}});
  CHECK(ThatSee(graph, 4) == std::vector<Node>{2});
}

TEST(a_suspended_function_sees_by_its_scope) {
  // task -> scope of the await -> generator -> function, and its scope
  const HeapGraph graph =
      Build({kObject, kObject, kScope, kObject, kFunction, kScope, kObject},
            {{0, 1},
             {1, 2, EdgeType::kHidden},
             {2, 3, kInternal},
             {3, 4, kInternal},
             {3, 5, kInternal},
             {5, 6, kContext}});
  CHECK(ThatSee(graph, 6) == std::vector<Node>{4});
}

TEST(functions_are_as_far_from_a_queue_as_its_names_say) {
  // queue -> list -> tick -> function
  const HeapGraph graph = Build(
      {kObject, kObject, kObject, kObject, kFunction, kScope, kObject},
      {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5, kInternal}, {5, 6, kContext}});
  CHECK_EQ(ThatSee(graph, 6, 3).size(), 1U);
  CHECK(ThatSee(graph, 6, 2).empty());
  CHECK(ThatSee(graph, 6, 0).empty());
}

TEST(closures_of_one_function_are_told_once) {
  // Ten timers' worth of closures on one waiting thing; 2 is their code.
  std::vector<Thing> things{kObject, kObject, kCode, kScope, kObject};
  std::vector<Arrow> arrows{{0, 1}, {3, 4, kContext}};
  for (Node node = 5; node < 15; ++node) {
    things.push_back(kFunction);
    arrows.push_back({1, node});
    arrows.push_back({node, 2, kInternal});
    arrows.push_back({node, 3, kInternal});
  }
  things.push_back(kFunction);
  arrows.push_back({1, 15});
  arrows.push_back({15, 3, kInternal});
  const HeapGraph graph = Build(things, arrows);
  CHECK_EQ(ThatSee(graph, 4).size(), 2U);
  CHECK_EQ(ThatSee(graph, 4, 1, 1).size(), 1U);
}

TEST(cycles_end) {
  const HeapGraph graph =
      Build({kObject, kObject, kFunction, kScope, kObject, kObject},
            {{0, 1},
             {1, 2},
             {1, 1},
             {2, 3, kInternal},
             {3, 3, kInternal},
             {3, 4, kContext},
             {4, 4}});
  CHECK(ThatSee(graph, 5, 4).empty());
}

}  // namespace highwater
