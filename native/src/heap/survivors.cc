#include "survivors.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace highwater {
namespace {

bool IsText(NodeType type) {
  return type == NodeType::kString || type == NodeType::kConsString ||
         type == NodeType::kSlicedString;
}

std::uint64_t KeyOf(NodeType type, std::uint32_t name) {
  return static_cast<std::uint64_t>(type) << 32 | name;
}

class ClassTable {
 public:
  void Add(NodeType type, std::uint32_t name, std::uint64_t count,
           std::uint64_t bytes) {
    const auto [entry, is_new] =
        index_of_.try_emplace(KeyOf(type, name), tallies_.size());
    if (is_new) tallies_.push_back({type, name, 0, 0});
    tallies_[entry->second].count += count;
    tallies_[entry->second].bytes += bytes;
  }

  void Add(const ClassTable& other) {
    for (const ClassTally& tally : other.tallies_) {
      Add(tally.type, tally.name, tally.count, tally.bytes);
    }
  }

  std::vector<ClassTally> MostBytesFirst() const {
    std::vector<ClassTally> sorted = tallies_;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const ClassTally& a, const ClassTally& b) {
                       return a.bytes > b.bytes;
                     });
    return sorted;
  }

 private:
  std::unordered_map<std::uint64_t, std::size_t> index_of_;
  std::vector<ClassTally> tallies_;
};

// Places of arrays and tables are all alike, and so are properties: an object
// may be a dictionary. Keys and values of a Map are not.
struct GroupKey {
  Node holder;
  std::uint32_t slot;
  std::uint64_t of_class;

  bool operator==(const GroupKey& other) const {
    return holder == other.holder && slot == other.slot &&
           of_class == other.of_class;
  }
};

struct GroupKeyHash {
  std::size_t operator()(const GroupKey& key) const {
    const std::uint64_t hash =
        key.of_class * 0x9E3779B97F4A7C15U ^
        (static_cast<std::uint64_t>(key.holder) << 2 ^ key.slot) *
            0xC2B2AE3D27D4EB4FU;
    return hash ^ hash >> 29;
  }
};

void Add(const SurvivorGroup& group, SurvivorGroup* sum) {
  sum->count += group.count;
  sum->older += group.older;
  sum->bytes += group.bytes;
  sum->retained_bytes += group.retained_bytes;
  for (std::size_t age = 0; age < group.counts.size(); ++age) {
    sum->counts[age] += group.counts[age];
  }
}

using GroupIndex = std::uint32_t;
using LinkIndex = std::uint32_t;
constexpr std::uint32_t kNone = UINT32_MAX;

// A new value right below a new value of its own class.
struct Link {
  Node node;
  Node above;
  std::uint32_t edge_name;
  // Whether the node hangs on, or has below it, the same edge once more. One
  // such step may be chance; two are a list.
  bool repeats;
};

}  // namespace

Survivors::Survivors(const HeapGraph& graph, const StrongPaths& paths,
                     HeapNames& names, std::uint32_t after_id)
    : graph_(graph),
      paths_(paths),
      names_(names),
      after_id_(after_id),
      states_(graph.node_count(), 0),
      holders_(graph.node_count(), kRootNode) {
  for (const Node node : paths.order()) {
    const Role role = graph.role(node);
    const bool is_seen = role == Role::kValue || role == Role::kHandleRoot ||
                         role == Role::kRoot || role == Role::kStackRoot;
    const Node parent = paths.parent(node);
    holders_[node] = is_seen || parent == kNoNode ? node : holders_[parent];
    states_[node] |= HasNewId(node) ? kNew : 0;
    states_[node] |= IsNotKept(node) ? kNotKept : 0;
  }
}

bool Survivors::HasNewId(Node node) const {
  switch (graph_.AgeOf(node, after_id_)) {
    case Age::kOld:
      return false;
    case Age::kNew:
      return after_id_ == 0 || !names_.IsBookOfRuntime(node);
    case Age::kAsHolder:
      return IsNew(paths_.parent(node));
  }
  return false;
}

bool Survivors::IsNotKept(Node node) const {
  const Node parent = paths_.parent(node);
  if (parent == kNoNode) return false;
  if ((states_[parent] & kNotKept) != 0) return true;
  if (graph_.role(node) == Role::kCode) return true;
  // A variable holds what it refers to, although only running code can see it.
  if (graph_.role(parent) == Role::kScope && !IsNew(parent)) return false;
  const Role holder = graph_.role(holders_[parent]);
  return IsNew(node) && (holder == Role::kStackRoot || holder == Role::kRoot);
}

bool Survivors::IsSameClass(Node a, Node b) const {
  return graph_.type(a) == graph_.type(b) &&
         names_.ClassOf(a) == names_.ClassOf(b);
}

// A list that grew has new links behind old ones: whoever holds the first link
// holds them all.
Node Survivors::HolderOfList(Node node, Node holder) const {
  const Edge arrival = paths_.arrival(node);
  const EdgeType type = graph_.edge_type(arrival);
  const bool is_named = type == EdgeType::kProperty ||
                        type == EdgeType::kInternal ||
                        type == EdgeType::kContext;
  if (!is_named || graph_.role(holder) != Role::kValue) return holder;
  const Node last = holder;
  while (paths_.parent(holder) != kNoNode && IsSameClass(node, holder)) {
    const Edge edge = paths_.arrival(holder);
    const Node above = holders_[paths_.parent(holder)];
    const bool repeats = graph_.edge_type(edge) == type &&
                         names_.NameOf(edge) == names_.NameOf(arrival);
    // The first link of all may be called by another name: `head`.
    if (graph_.role(above) != Role::kValue || (!repeats && holder == last)) {
      break;
    }
    holder = above;
    if (!repeats) break;
  }
  return holder;
}

std::vector<ClassTally> Survivors::Classes() const {
  ClassTable classes;
  for (const Node node : paths_.order()) {
    if (after_id_ != 0 && !IsKeptNew(node)) continue;
    if (graph_.type(node) == NodeType::kSynthetic) continue;
    classes.Add(graph_.type(node), names_.ClassOf(node), 1, graph_.bytes(node));
  }
  return classes.MostBytesFirst();
}

std::vector<SurvivorGroup> Survivors::Groups(
    std::uint64_t fewest, const std::vector<std::uint32_t>& later) const {
  std::vector<SurvivorGroup> groups;
  std::unordered_map<GroupKey, GroupIndex, GroupKeyHash> index_of;
  std::vector<GroupIndex> group_of(graph_.node_count(), kNone);
  std::vector<LinkIndex> link_of(graph_.node_count(), kNone);
  std::vector<Link> links;

  for (const Node node : paths_.order()) {
    if (!IsKeptNew(node) || paths_.parent(node) == kNoNode) continue;
    Node above = holders_[paths_.parent(node)];
    if (graph_.role(node) != Role::kValue) {
      group_of[node] = group_of[above];
      continue;
    }
    const Edge arrival = paths_.arrival(node);
    const NodeType type = graph_.type(node);
    const std::uint32_t name = names_.ClassOf(node);
    if (!IsNew(above)) {
      above = HolderOfList(node, above);
      const GroupKey key{above, names_.SlotOf(arrival), KeyOf(type, name)};
      const auto [entry, is_new] =
          index_of.try_emplace(key, static_cast<GroupIndex>(groups.size()));
      if (is_new) {
        SurvivorGroup group;
        group.type = type;
        group.name = name;
        group.holder = above;
        group.sample = node;
        groups.push_back(std::move(group));
      }
      group_of[node] = entry->second;
      continue;
    }
    group_of[node] = group_of[above];
    // The parts of a text are no list.
    if (group_of[node] == kNone || IsText(type) || !IsSameClass(node, above)) {
      continue;
    }
    Link link{node, above, names_.NameOf(arrival), false};
    if (const LinkIndex upper = link_of[above]; upper != kNone) {
      if (links[upper].edge_name == link.edge_name) {
        links[upper].repeats = link.repeats = true;
      }
    } else if (names_.NameOf(paths_.arrival(above)) == link.edge_name) {
      link.repeats = true;
    }
    link_of[node] = static_cast<LinkIndex>(links.size());
    links.push_back(link);
  }

  // A list may be reached from both of its ends: what hangs together in chains
  // below one holder is one group.
  std::vector<GroupIndex> merged(groups.size());
  std::unordered_map<GroupKey, GroupIndex, GroupKeyHash> chain_of;
  std::vector<bool> is_chain(groups.size(), false);
  for (const Link& link : links) {
    if (link.repeats) is_chain[group_of[link.node]] = true;
  }
  for (GroupIndex i = 0; i < groups.size(); ++i) {
    merged[i] = i;
    if (!is_chain[i]) continue;
    const GroupKey key{groups[i].holder, 0,
                       KeyOf(groups[i].type, groups[i].name)};
    merged[i] = chain_of.try_emplace(key, i).first->second;
  }

  std::vector<ClassTable> contents(groups.size());
  std::vector<bool> is_member(graph_.node_count(), false);
  // By member: the least id of what is below it, itself included.
  std::vector<Node> member_above(graph_.node_count(), kNoNode);
  std::vector<std::uint32_t> oldest(graph_.node_count(), UINT32_MAX);
  for (const Node node : paths_.order()) {
    if (group_of[node] == kNone) continue;
    const GroupIndex index = merged[group_of[node]];
    SurvivorGroup& group = groups[index];
    const std::uint64_t bytes = graph_.bytes(node);
    group.retained_bytes += bytes;
    const LinkIndex link = link_of[node];
    const bool is_direct = graph_.role(node) == Role::kValue &&
                           !IsNew(holders_[paths_.parent(node)]);
    is_member[node] = is_direct || (link != kNone && links[link].repeats &&
                                    is_member[links[link].above]);
    member_above[node] =
        is_member[node] ? node : member_above[paths_.parent(node)];
    if (is_member[node]) {
      ++group.count;
      group.bytes += bytes;
    } else {
      contents[index].Add(graph_.type(node), names_.ClassOf(node), 1, bytes);
    }
    // Some native objects have no id that tells their age.
    const bool has_age = graph_.AgeOf(node, after_id_) == Age::kNew;
    if (const Node member = member_above[node]; has_age && member != kNoNode) {
      oldest[member] = std::min(oldest[member], graph_.id(node));
    }
  }
  // A timer that is set anew, a state that is copied: what is new has old
  // things in it, and is as old as these.
  for (const Node node : paths_.order()) {
    if (!is_member[node]) continue;
    SurvivorGroup& group = groups[merged[group_of[node]]];
    group.counts.resize(later.size() + 1);
    const auto since =
        std::lower_bound(later.begin(), later.end(), oldest[node]);
    ++group.counts[static_cast<std::size_t>(since - later.begin())];
  }

  CountOlder(&groups);

  // A listener each on many emitters: too few for one holder, but alike.
  std::unordered_map<std::uint64_t, Node> class_of;
  std::unordered_map<GroupKey, GroupIndex, GroupKeyHash> alike;
  for (GroupIndex i = 0; i < groups.size(); ++i) {
    SurvivorGroup& group = groups[i];
    if (group.count == 0 || group.count >= fewest) continue;
    const std::uint64_t holder_class =
        KeyOf(graph_.type(group.holder), names_.ClassOf(group.holder));
    const Node holder =
        class_of.try_emplace(holder_class, static_cast<Node>(class_of.size()))
            .first->second;
    const GroupKey key{holder, names_.SlotOf(paths_.arrival(group.sample)),
                       KeyOf(group.type, group.name)};
    const auto [entry, is_first] = alike.try_emplace(key, i);
    if (is_first) continue;
    Add(group, &groups[entry->second]);
    contents[entry->second].Add(contents[i]);
    group.count = 0;
  }

  std::vector<SurvivorGroup> kept;
  for (GroupIndex i = 0; i < groups.size(); ++i) {
    if (groups[i].count < fewest || groups[i].count == 0) continue;
    groups[i].contents = contents[i].MostBytesFirst();
    kept.push_back(std::move(groups[i]));
  }
  std::stable_sort(kept.begin(), kept.end(),
                   [](const SurvivorGroup& a, const SurvivorGroup& b) {
                     return a.retained_bytes > b.retained_bytes;
                   });
  return kept;
}

// Classes are looked up only below the holders: few nodes of a heap.
void Survivors::CountOlder(std::vector<SurvivorGroup>* groups) const {
  std::vector<bool> is_holder(graph_.node_count(), false);
  std::unordered_map<GroupKey, GroupIndex, GroupKeyHash> index_of;
  for (GroupIndex i = 0; i < groups->size(); ++i) {
    const SurvivorGroup& group = (*groups)[i];
    if (group.count == 0) continue;
    is_holder[group.holder] = true;
    index_of.try_emplace(
        {group.holder, names_.SlotOf(paths_.arrival(group.sample)),
         KeyOf(group.type, group.name)},
        i);
  }
  for (const Node node : paths_.order()) {
    if (IsNew(node) || graph_.role(node) != Role::kValue ||
        paths_.parent(node) == kNoNode) {
      continue;
    }
    const Node above = holders_[paths_.parent(node)];
    if (!is_holder[above]) continue;
    const auto found =
        index_of.find({above, names_.SlotOf(paths_.arrival(node)),
                       KeyOf(graph_.type(node), names_.ClassOf(node))});
    if (found != index_of.end()) ++(*groups)[found->second].older;
  }
}

std::vector<GrownStore> Survivors::GrownStores() const {
  std::vector<GrownStore> grown;
  std::unordered_map<Node, std::size_t> index_of;
  for (const Node node : paths_.order()) {
    if (graph_.role(node) != Role::kStore || !IsKeptNew(node)) continue;
    const Node holder = holders_[paths_.parent(node)];
    if (graph_.role(holder) != Role::kValue || IsNew(holder)) continue;
    const auto [entry, is_new] = index_of.try_emplace(holder, grown.size());
    if (is_new) grown.push_back({node, 0});
    GrownStore& store = grown[entry->second];
    store.bytes += graph_.bytes(node);
    if (graph_.bytes(node) > graph_.bytes(store.store)) store.store = node;
  }
  // A text that was appended to is a new one in the same place.
  for (const SurvivorGroup& group : Groups(1)) {
    const EdgeType arrival = graph_.edge_type(paths_.arrival(group.sample));
    if (IsText(group.type) &&
        (arrival == EdgeType::kProperty || arrival == EdgeType::kContext)) {
      grown.push_back({group.sample, group.retained_bytes});
    }
  }
  std::stable_sort(grown.begin(), grown.end(),
                   [](const GrownStore& a, const GrownStore& b) {
                     return a.bytes > b.bytes;
                   });
  return grown;
}

}  // namespace highwater
