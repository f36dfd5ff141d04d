#include <cstdint>
#include <random>
#include <vector>

#include "check.h"
#include "graphs.h"
#include "heap/heap_graph.h"
#include "heap/node_index.h"
#include "heap/retention.h"
#include "heap/strong_paths.h"

namespace highwater {
namespace {

std::vector<Node> NodesOf(const HeapGraph& graph,
                          const std::vector<Edge>& path) {
  std::vector<Node> nodes;
  for (const Edge edge : path) nodes.push_back(graph.to(edge));
  return nodes;
}

std::vector<bool> Reached(const HeapGraph& graph, Node without) {
  std::vector<bool> reached(graph.node_count(), false);
  std::vector<Node> stack;
  if (without != kRootNode) {
    reached[kRootNode] = true;
    stack.push_back(kRootNode);
  }
  while (!stack.empty()) {
    const Node node = stack.back();
    stack.pop_back();
    for (Edge edge = graph.first_edge(node); edge < graph.end_edge(node);
         ++edge) {
      const Node to = graph.to(edge);
      if (!graph.IsStrong(edge) || reached[to] || to == without) continue;
      reached[to] = true;
      stack.push_back(to);
    }
  }
  return reached;
}

// By definition: what can no longer be reached without the node.
std::uint64_t RetainedByDefinition(const HeapGraph& graph, Node node) {
  const std::vector<bool> with = Reached(graph, kNoNode);
  if (!with[node]) return graph.bytes(node);
  const std::vector<bool> without = Reached(graph, node);
  std::uint64_t bytes = 0;
  for (Node other = 0; other < graph.node_count(); ++other) {
    if (with[other] && !without[other]) bytes += graph.bytes(other);
  }
  return bytes;
}

}  // namespace

TEST(a_lonely_root_retains_itself) {
  const HeapGraph graph = BuildObjects(1, {});
  CHECK_EQ(Retention(graph).bytes(0), 1U);
  CHECK(StrongPaths(graph).PathTo(0).empty());
  CHECK(StrongPaths(graph).Reaches(0));
}

TEST(a_diamond_is_retained_by_its_top) {
  const HeapGraph graph =
      BuildObjects(5, {{0, 1}, {1, 2}, {1, 3}, {2, 4}, {3, 4}});
  const Retention retention(graph);
  CHECK_EQ(retention.bytes(1), 4U);
  CHECK_EQ(retention.bytes(2), 1U);
  CHECK_EQ(retention.dominator(4), 1U);
  CHECK_EQ(retention.dominator(0), kNoNode);
}

TEST(weak_edges_hold_nothing) {
  const HeapGraph graph = BuildObjects(3, {{0, 1}, {1, 2, EdgeType::kWeak}});
  CHECK_EQ(Retention(graph).bytes(1), 1U);
  CHECK(!StrongPaths(graph).Reaches(2));
  CHECK_EQ(Retention(graph).dominator(2), kNoNode);
}

TEST(a_cycle_is_retained_where_it_is_entered) {
  const HeapGraph graph = BuildObjects(4, {{0, 1}, {1, 2}, {2, 3}, {3, 1}});
  const Retention retention(graph);
  CHECK_EQ(retention.bytes(1), 3U);
  CHECK_EQ(retention.bytes(3), 1U);
}

TEST(an_excluded_node_holds_nothing) {
  HeapGraph graph = BuildObjects(4, {{0, 1}, {1, 2}, {0, 3}, {3, 2}});
  graph.set_role(1, Role::kExcluded);
  CHECK_EQ(Retention(graph).dominator(2), 3U);
  CHECK(!StrongPaths(graph).Reaches(1));
}

TEST(a_weak_maps_value_is_held_by_its_key) {
  // root -> table and key; both -> value, and the table weakly to all.
  const HeapGraph graph =
      Build({{}, {NodeType::kArray, Role::kStore}, {}, {}, {}},
            {{0, 1},
             {0, 4},
             {4, 2},
             {1, 2, EdgeType::kWeak},
             {1, 3, EdgeType::kWeak},
             {1, 3, EdgeType::kInternal},
             {2, 3, EdgeType::kInternal}});
  CHECK_EQ(Retention(graph).dominator(3), 2U);
  CHECK(NodesOf(graph, StrongPaths(graph).PathTo(3)) ==
        (std::vector<Node>{4, 2, 3}));
}

TEST(random_graphs_agree_with_the_definition) {
  std::mt19937 random(20);
  for (int round = 0; round < 300; ++round) {
    const Node count = 1 + random() % 24;
    std::vector<Thing> things(count);
    for (Thing& thing : things) thing.bytes = 1 + random() % 100;
    std::vector<Arrow> arrows;
    const std::size_t edges = random() % (count * 3);
    for (std::size_t i = 0; i < edges; ++i) {
      arrows.push_back(
          {static_cast<Node>(random() % count),
           static_cast<Node>(random() % count),
           random() % 8 == 0 ? EdgeType::kWeak : EdgeType::kProperty});
    }
    const HeapGraph graph = Build(things, arrows);
    const Retention retention(graph);
    for (Node node = 0; node < count; ++node) {
      CHECK_EQ(retention.bytes(node), RetainedByDefinition(graph, node));
    }
  }
}

TEST(random_graphs_have_the_cheapest_paths) {
  std::mt19937 random(21);
  for (int round = 0; round < 200; ++round) {
    const Node count = 1 + random() % 24;
    std::vector<Arrow> arrows;
    for (std::size_t i = random() % (count * 3); i > 0; --i) {
      arrows.push_back({static_cast<Node>(random() % count),
                        static_cast<Node>(random() % count)});
    }
    const HeapGraph graph = BuildObjects(count, arrows);
    const StrongPaths paths(graph);
    // All edges cost the same here: breadth first.
    std::vector<std::size_t> depth(count, SIZE_MAX);
    std::vector<Node> queue{kRootNode};
    depth[kRootNode] = 0;
    for (std::size_t i = 0; i < queue.size(); ++i) {
      for (Edge edge = graph.first_edge(queue[i]);
           edge < graph.end_edge(queue[i]); ++edge) {
        if (depth[graph.to(edge)] != SIZE_MAX) continue;
        depth[graph.to(edge)] = depth[queue[i]] + 1;
        queue.push_back(graph.to(edge));
      }
    }
    for (Node node = 0; node < count; ++node) {
      CHECK_EQ(paths.Reaches(node), depth[node] != SIZE_MAX);
      if (paths.Reaches(node)) {
        CHECK_EQ(paths.PathTo(node).size(), depth[node]);
      }
    }
  }
}

TEST(a_million_deep_is_no_problem) {
  constexpr Node kCount = 1'000'000;
  const HeapGraph graph = BuildDoublyLinked(kCount);
  const Retention retention(graph);
  CHECK_EQ(retention.bytes(0), kCount);
  CHECK_EQ(retention.bytes(kCount - 1), 1U);
  const StrongPaths paths(graph);
  CHECK_EQ(paths.PathTo(kCount - 1).size(), kCount - 1U);
}

TEST(variables_are_preferred_to_internals_and_anything_to_the_stack) {
  const HeapGraph graph =
      Build({{},
             {NodeType::kSynthetic, Role::kStackRoot},
             {NodeType::kCode, Role::kCode},
             {},
             {},
             {}},
            {{0, 1}, {1, 5}, {0, 2}, {2, 5}, {0, 3}, {3, 4}, {4, 5}});
  const StrongPaths paths(graph);
  CHECK(NodesOf(graph, paths.PathTo(5)) == (std::vector<Node>{3, 4, 5}));
  const std::vector<std::vector<Edge>> all = paths.PathsTo(5, 9);
  CHECK_EQ(all.size(), 2U);  // not the stack's own
  CHECK(NodesOf(graph, all[1]) == (std::vector<Node>{2, 5}));
  CHECK_EQ(paths.PathsTo(5, 1).size(), 1U);
}

TEST(what_a_node_holds_is_no_other_holder_of_it) {
  const HeapGraph graph = BuildObjects(4, {{0, 1}, {1, 2}, {2, 1}, {0, 3}});
  CHECK_EQ(StrongPaths(graph).PathsTo(1, 9).size(), 1U);
}

TEST(old_paths_are_preferred_to_short_new_ones) {
  // The new node 5 is a short cut from the root to the old node 4.
  const HeapGraph graph =
      BuildObjects(7, {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {0, 5}, {5, 4}, {4, 6}});
  CHECK(NodesOf(graph, StrongPaths(graph).PathTo(4)) ==
        (std::vector<Node>{5, 4}));
  const StrongPaths paths(graph, IdOf(4));
  CHECK(NodesOf(graph, paths.PathTo(6)) == (std::vector<Node>{1, 2, 3, 4, 6}));
}

TEST(a_node_is_found_by_its_id_however_far_apart_ids_are) {
  for (const std::uint32_t step : {2U, 400'000'000U}) {
    NodeIndex index;
    index.Reserve(1 + 5 * step, 6);
    for (Node node = 0; node < 6; ++node) index.Add(1 + node * step, node);
    index.Add(0, 6);
    index.Add(8, 7);
    index.Add(8, 8);
    for (Node node = 0; node < 6; ++node) {
      CHECK_EQ(index.Find(1 + node * step), node);
    }
    CHECK_EQ(index.Find(0), 6U);
    CHECK_EQ(index.Find(8), 7U);
    for (const std::uint32_t unknown : {10U, 99U, UINT32_MAX}) {
      CHECK_EQ(index.Find(unknown), kNoNode);
    }
  }
}

}  // namespace highwater
