#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "check.h"
#include "heap/heap_graph.h"
#include "heap/retention.h"
#include "heap/strong_paths.h"
#include "heap/survivors.h"

namespace highwater {
namespace {

struct Arrow {
  Node from;
  Node to;
  EdgeType type = EdgeType::kProperty;
};

struct Thing {
  NodeType type = NodeType::kObject;
  Role role = Role::kValue;
  std::uint64_t bytes = 1;
};

// Ids are 1, 3, 5... in the order of the nodes; node 0 is the root.
HeapGraph Build(const std::vector<Thing>& things, std::vector<Arrow> arrows) {
  std::stable_sort(
      arrows.begin(), arrows.end(),
      [](const Arrow& a, const Arrow& b) { return a.from < b.from; });
  HeapGraph graph;
  std::size_t next = 0;
  for (Node node = 0; node < things.size(); ++node) {
    const Thing& thing = things[node];
    graph.AddNode(thing.type, thing.role, 2 * node + 1, thing.bytes);
    for (; next < arrows.size() && arrows[next].from == node; ++next) {
      graph.AddEdge(arrows[next].type, arrows[next].to);
    }
  }
  graph.Finish();
  return graph;
}

HeapGraph BuildObjects(std::size_t count, const std::vector<Arrow>& arrows) {
  return Build(std::vector<Thing>(count), arrows);
}

std::uint32_t IdOf(Node node) { return 2 * node + 1; }

// Every class is 1 and every edge has the name it was given here, else 2.
class Names final : public HeapNames {
 public:
  std::unordered_map<Node, std::uint32_t> classes;
  std::unordered_map<Edge, std::uint32_t> edges;
  std::unordered_map<Edge, std::uint32_t> slots;

  std::uint32_t ClassOf(Node node) override { return Get(classes, node, 1); }
  std::uint32_t NameOf(Edge edge) override { return Get(edges, edge, 2); }
  std::uint32_t SlotOf(Edge edge) override { return Get(slots, edge, 0); }

 private:
  static std::uint32_t Get(
      const std::unordered_map<std::uint32_t, std::uint32_t>& map,
      std::uint32_t key, std::uint32_t otherwise) {
    const auto found = map.find(key);
    return found == map.end() ? otherwise : found->second;
  }
};

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

SurvivorGroup OnlyGroup(const HeapGraph& graph, Names& names,
                        std::uint32_t after_id) {
  const StrongPaths paths(graph, after_id);
  const std::vector<SurvivorGroup> groups =
      Survivors(graph, paths, names, after_id).Groups(1);
  CHECK_EQ(groups.size(), 1U);
  return groups.empty() ? SurvivorGroup{} : groups.front();
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
  std::vector<Arrow> arrows;
  for (Node node = 0; node + 1 < kCount; ++node) {
    arrows.push_back({node, node + 1});
    // And back, as in a doubly linked list.
    if (node > 0) arrows.push_back({node + 1, node});
  }
  const HeapGraph graph = BuildObjects(kCount, arrows);
  const Retention retention(graph);
  CHECK_EQ(retention.bytes(0), kCount);
  CHECK_EQ(retention.bytes(kCount - 1), 1U);
  const StrongPaths paths(graph);
  CHECK_EQ(paths.PathTo(kCount - 1).size(), kCount - 1U);
  Names names;
  names.classes[9] = 8;
  const SurvivorGroup group = OnlyGroup(graph, names, IdOf(9));
  CHECK_EQ(group.count, kCount - 10U);
  CHECK_EQ(group.holder, 9U);
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

TEST(new_objects_in_a_new_store_are_one_group_of_the_old_holder) {
  // root -> holder -> (new) store -> 3 members, each with one thing inside.
  const HeapGraph graph = Build(
      {{}, {}, {NodeType::kArray, Role::kStore, 100}, {}, {}, {}, {}, {}, {}},
      {{0, 1},
       {1, 2, EdgeType::kInternal},
       {2, 3, EdgeType::kInternal},
       {2, 4, EdgeType::kInternal},
       {2, 5, EdgeType::kInternal},
       {3, 6},
       {4, 7},
       {5, 8}});
  Names names;
  for (const Node node : {6, 7, 8}) names.classes[node] = 7;
  const SurvivorGroup group = OnlyGroup(graph, names, IdOf(1));
  CHECK_EQ(group.holder, 1U);
  CHECK_EQ(group.count, 3U);
  CHECK_EQ(group.bytes, 3U);
  CHECK_EQ(group.retained_bytes, 6U);
  CHECK_EQ(group.contents.size(), 1U);
  CHECK_EQ(group.contents.front().name, 7U);
  CHECK_EQ(group.contents.front().count, 3U);
  const StrongPaths paths(graph, IdOf(1));
  const std::vector<GrownStore> stores =
      Survivors(graph, paths, names, IdOf(1)).GrownStores();
  CHECK_EQ(stores.size(), 1U);
  CHECK_EQ(stores.front().store, 2U);
  CHECK_EQ(stores.front().bytes, 100U);
}

TEST(what_holds_old_things_is_as_old_as_these) {
  // holder -> members 5 and 6, of which 5 was made for what is in it: 3, and 4.
  const HeapGraph graph =
      BuildObjects(7, {{0, 1}, {1, 5}, {1, 6}, {5, 4}, {4, 3}});
  Names names;
  for (const Node node : {3, 4}) names.classes[node] = 7;
  const StrongPaths paths(graph, IdOf(1));
  const std::vector<SurvivorGroup> groups =
      Survivors(graph, paths, names, IdOf(1)).Groups(1, {IdOf(3), IdOf(5)});
  CHECK_EQ(groups.size(), 1U);
  CHECK_EQ(groups.front().count, 2U);
  CHECK(groups.front().counts == (std::vector<std::uint64_t>{1, 0, 1}));
}

TEST(a_link_is_not_as_old_as_the_next_one) {
  // holder -head-> 4 -next-> 3 -next-> 2: the latest comes first.
  const HeapGraph graph = BuildObjects(5, {{0, 1}, {1, 4}, {4, 3}, {3, 2}});
  Names names;
  names.edges[1] = 5;
  const StrongPaths paths(graph, IdOf(1));
  const std::vector<SurvivorGroup> groups =
      Survivors(graph, paths, names, IdOf(1)).Groups(1, {IdOf(2), IdOf(3)});
  CHECK_EQ(groups.size(), 1U);
  CHECK(groups.front().counts == (std::vector<std::uint64_t>{1, 1, 1}));
}

TEST(keys_and_values_of_one_class_are_two_groups) {
  const HeapGraph graph =
      Build({{}, {}, {NodeType::kArray, Role::kStore}, {}, {}},
            {{0, 1}, {1, 2}, {2, 3}, {2, 4}});
  Names names;
  names.slots[2] = 1;
  names.slots[3] = 2;
  const StrongPaths paths(graph, IdOf(1));
  CHECK_EQ(Survivors(graph, paths, names, IdOf(1)).Groups(1).size(), 2U);
  CHECK_EQ(Survivors(graph, paths, names, IdOf(1)).Groups(2).size(), 0U);
}

TEST(a_list_counts_every_link_whatever_its_first_edge_is_called) {
  // holder -head-> 2 -next-> 3 -next-> 4
  const HeapGraph graph = BuildObjects(5, {{0, 1}, {1, 2}, {2, 3}, {3, 4}});
  Names names;
  names.edges[1] = 5;
  const SurvivorGroup group = OnlyGroup(graph, names, IdOf(1));
  CHECK_EQ(group.count, 3U);
  CHECK(group.contents.empty());
}

TEST(a_list_that_grew_is_held_by_whoever_holds_its_first_link) {
  // holder -head-> 2 -next-> 3 -next-> 4 -next-> 5, of which 4 and 5 are new.
  const HeapGraph graph =
      BuildObjects(6, {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}});
  Names names;
  names.edges[1] = 5;
  names.classes[1] = 9;
  const SurvivorGroup group = OnlyGroup(graph, names, IdOf(3));
  CHECK_EQ(group.holder, 1U);
  CHECK_EQ(group.count, 2U);
}

TEST(the_parts_of_a_text_are_no_list) {
  std::vector<Thing> things(5);
  for (Node node = 2; node < 5; ++node)
    things[node].type = NodeType::kConsString;
  const HeapGraph graph = Build(things, {{0, 1}, {1, 2}, {2, 3}, {3, 4}});
  Names names;
  const SurvivorGroup group = OnlyGroup(graph, names, IdOf(1));
  CHECK_EQ(group.count, 1U);
  CHECK_EQ(group.retained_bytes, 3U);
}

TEST(an_object_in_an_object_of_its_class_is_no_list) {
  // holder -x-> 2 -a-> 3 -b-> 4
  const HeapGraph graph = BuildObjects(5, {{0, 1}, {1, 2}, {2, 3}, {3, 4}});
  Names names;
  names.edges[1] = 5;
  names.edges[2] = 6;
  names.edges[3] = 7;
  const SurvivorGroup group = OnlyGroup(graph, names, IdOf(1));
  CHECK_EQ(group.count, 1U);
  CHECK_EQ(group.retained_bytes, 3U);
}

TEST(a_ring_that_is_entered_at_both_ends_is_one_group) {
  constexpr Node kCount = 40;
  std::vector<Arrow> arrows{{0, 1}, {1, 2}, {1, kCount - 1}};
  for (Node node = 2; node + 1 < kCount; ++node) {
    arrows.push_back({node, node + 1});
    arrows.push_back({node + 1, node});
  }
  const HeapGraph graph = BuildObjects(kCount, arrows);
  Names names;
  const SurvivorGroup group = OnlyGroup(graph, names, IdOf(1));
  CHECK_EQ(group.count, kCount - 2U);
}

TEST(what_v8_makes_for_itself_is_no_survivor) {
  // Below code, below V8's tables, and on the stack only; node 7 is all of them
  // and held.
  const HeapGraph graph = Build({{},
                                 {},
                                 {NodeType::kCode, Role::kCode},
                                 {NodeType::kSynthetic, Role::kRoot},
                                 {NodeType::kSynthetic, Role::kStackRoot},
                                 {},
                                 {},
                                 {},
                                 {}},
                                {{0, 1},
                                 {1, 2},
                                 {0, 3},
                                 {0, 4},
                                 {2, 5},
                                 {3, 6},
                                 {4, 7},
                                 {4, 8},
                                 {2, 7},
                                 {3, 7},
                                 {1, 7}});
  Names names;
  const SurvivorGroup group = OnlyGroup(graph, names, IdOf(4));
  CHECK_EQ(group.sample, 7U);
  const StrongPaths paths(graph, IdOf(4));
  const std::vector<ClassTally> classes =
      Survivors(graph, paths, names, IdOf(4)).Classes();
  CHECK_EQ(classes.size(), 1U);
  CHECK_EQ(classes.front().count, 1U);
}

TEST(what_the_stack_reaches_through_an_old_object_survives) {
  const HeapGraph graph =
      Build({{}, {NodeType::kSynthetic, Role::kStackRoot}, {}, {}},
            {{0, 1}, {1, 2}, {2, 3}});
  Names names;
  CHECK_EQ(OnlyGroup(graph, names, IdOf(2)).holder, 2U);
}

TEST(an_array_buffers_store_is_as_new_as_its_buffer) {
  // The stores 3 and 4 have new ids; only the buffer 2 is new.
  const HeapGraph graph = Build({{},
                                 {},
                                 {},
                                 {NodeType::kNative, Role::kValue, 1000},
                                 {NodeType::kNative, Role::kValue, 1000}},
                                {{0, 1}, {1, 2}, {1, 3}, {2, 4}});
  Names names;
  const SurvivorGroup group = OnlyGroup(graph, names, IdOf(1));
  CHECK_EQ(group.sample, 2U);
  CHECK_EQ(group.retained_bytes, 1001U);
}

}  // namespace highwater
