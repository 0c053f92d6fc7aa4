/// Which items can be compared at all: the parts of the comparison graph, and the items that the data leave
/// without a bound.
///
/// A maximum-likelihood ranking exists exactly when every item can be reached from every other along "beat or
/// tied with" (Ford, 1957). Where that fails inside a connected part, the scores of the strongly connected groups
/// run away from each other; where parts are not connected at all, their scores have nothing in common.
struct Comparability: Sendable {
    /// The part of each item, 0 for the largest.
    private(set) var part: [Int]
    /// The number of parts.
    private(set) var partCount: Int
    /// The side on which an item's score has no bound.
    private(set) var open: [RankedItem.OpenSide?]

    /// - Complexity: O(items + orders).
    init(items count: Int, blocks: [any LikelihoodBlock]) {
        var better: [[Int32]] = Array(repeating: [], count: count)
        var parent = Array(0..<count)
        func root(_ item: Int) -> Int {
            var item = item
            while parent[item] != item {
                parent[item] = parent[parent[item]]
                item = parent[item]
            }
            return item
        }
        for block in blocks {
            block.visitOrders { winner, loser in
                better[winner].append(Int32(loser))
                let a = root(winner), b = root(loser)
                if a != b { parent[max(a, b)] = min(a, b) }
            }
        }
        (part, partCount) = Self.number((0..<count).map(root))
        let group = Self.strongGroups(better)
        open = Self.openSides(better, group: group, part: part)
    }

    /// Numbers groups by falling size; groups of one size keep the order of their first item.
    private static func number(_ roots: [Int]) -> ([Int], Int) {
        var size: [Int: Int] = [:]
        for root in roots { size[root, default: 0] += 1 }
        let order = size.keys.sorted { size[$0]! != size[$1]! ? size[$0]! > size[$1]! : $0 < $1 }
        let place = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($0.element, $0.offset) })
        return (roots.map { place[$0]! }, order.count)
    }

    /// Tarjan's strongly connected components, without recursion; numbered in reverse topological order.
    private static func strongGroups(_ better: [[Int32]]) -> [Int] {
        let count = better.count
        var order = [Int](repeating: -1, count: count), low = order, group = order
        var next = [Int](repeating: 0, count: count)
        var stack: [Int] = [], path: [Int] = []
        var counter = 0, groups = 0
        for start in 0..<count where order[start] < 0 {
            path.append(start)
            while let item = path.last {
                if next[item] == 0 {
                    order[item] = counter
                    low[item] = counter
                    counter += 1
                    stack.append(item)
                }
                if next[item] < better[item].count {
                    let other = Int(better[item][next[item]])
                    next[item] += 1
                    if order[other] < 0 {
                        path.append(other)
                    } else if group[other] < 0 {
                        low[item] = min(low[item], order[other])
                    }
                } else {
                    // A node without successors must not look fresh if it is seen again.
                    next[item] = max(next[item], 1)
                    path.removeLast()
                    if let above = path.last { low[above] = min(low[above], low[item]) }
                    if low[item] == order[item] {
                        while true {
                            let member = stack.removeLast()
                            group[member] = groups
                            if member == item { break }
                        }
                        groups += 1
                    }
                }
            }
        }
        return group
    }

    /// In each part, the largest strongly connected group is the anchor: groups that only beat it are open above,
    /// groups that only lose to it open below, others on both sides.
    private static func openSides(_ better: [[Int32]], group: [Int], part: [Int]) -> [RankedItem.OpenSide?] {
        let count = group.count
        guard count > 0 else { return [] }
        let groups = (group.max() ?? -1) + 1
        var size = [Int](repeating: 0, count: groups), partOf = size
        for item in 0..<count {
            size[group[item]] += 1
            partOf[group[item]] = part[item]
        }
        var below: [[Int]] = Array(repeating: [], count: groups), above = below
        for item in 0..<count {
            for other in better[item] where group[item] != group[Int(other)] {
                below[group[item]].append(group[Int(other)])
                above[group[Int(other)]].append(group[item])
            }
        }
        var anchor: [Int: Int] = [:], groupsInPart: [Int: Int] = [:]
        for g in 0..<groups {
            groupsInPart[partOf[g], default: 0] += 1
            if size[g] >= 2, size[g] > anchor[partOf[g]].map({ size[$0] }) ?? 0 { anchor[partOf[g]] = g }
        }
        var side = [RankedItem.OpenSide?](repeating: nil, count: groups)
        for g in 0..<groups where groupsInPart[partOf[g]]! > 1 && anchor[partOf[g]] != g {
            if anchor[partOf[g]] == nil {
                side[g] = above[g].isEmpty ? .above : below[g].isEmpty ? .below : .both
            } else {
                side[g] = .both
            }
        }
        func mark(from start: Int, _ next: [[Int]], _ value: RankedItem.OpenSide) {
            var seen = Set([start]), queue = [start]
            while let g = queue.popLast() {
                for other in next[g] where seen.insert(other).inserted {
                    side[other] = value
                    queue.append(other)
                }
            }
        }
        for (_, g) in anchor where groupsInPart[partOf[g]]! > 1 {
            mark(from: g, above, .above)
            mark(from: g, below, .below)
        }
        return (0..<count).map { side[group[$0]] }
    }
}
