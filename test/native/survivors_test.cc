#include "heap/survivors.h"

#include <cstdint>
#include <vector>

#include "check.h"
#include "graphs.h"
#include "heap/strong_paths.h"

namespace highwater {
namespace {

SurvivorGroup OnlyGroup(const HeapGraph& graph, Names& names,
                        std::uint32_t after_id) {
  const StrongPaths paths(graph, after_id);
  const std::vector<SurvivorGroup> groups =
      Survivors(graph, paths, names, after_id).Groups(1);
  CHECK_EQ(groups.size(), 1U);
  return groups.empty() ? SurvivorGroup{} : groups.front();
}

}  // namespace

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

TEST(a_million_deep_is_one_group) {
  constexpr Node kCount = 1'000'000;
  const HeapGraph graph = BuildDoublyLinked(kCount);
  Names names;
  names.classes[9] = 8;
  const SurvivorGroup group = OnlyGroup(graph, names, IdOf(9));
  CHECK_EQ(group.count, kCount - 10U);
  CHECK_EQ(group.holder, 9U);
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

TEST(what_the_holder_had_before_is_counted_by_class) {
  // holder -> two old things, an old one of another class, three new things
  const HeapGraph graph =
      BuildObjects(8, {{0, 1}, {1, 2}, {1, 3}, {1, 4}, {1, 5}, {1, 6}, {1, 7}});
  Names names;
  names.classes[1] = 8;
  names.classes[4] = 9;
  const SurvivorGroup group = OnlyGroup(graph, names, IdOf(4));
  CHECK_EQ(group.count, 3U);
  CHECK_EQ(group.older, 2U);
}

TEST(old_values_beside_new_keys_are_not_counted) {
  const HeapGraph graph = BuildObjects(5, {{0, 1}, {1, 2}, {1, 3}, {1, 4}});
  Names names;
  names.classes[1] = 8;
  names.slots[1] = 2;
  const SurvivorGroup group = OnlyGroup(graph, names, IdOf(3));
  CHECK_EQ(group.count, 1U);
  CHECK_EQ(group.older, 1U);
}

}  // namespace highwater
