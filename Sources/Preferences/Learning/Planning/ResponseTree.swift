import Kernels

/// Answers to one prompt that share their beginnings: a tree of text in which each leaf is a whole answer.
///
/// Source: Qiu et al., "Reward Generalization in RLHF: A Topological Perspective" (2024). From the prompt B
/// continuations of one segment each are drawn, from each of these B again, and so on to depth D: B^D
/// answers for about B^D (1 + 1/(B − 1)) segments. Pairs to compare are drawn evenly among the leaves, so
/// that each takes part in many comparisons.
///
/// ```swift
/// let tree = try ResponseTree(depth: 3, branching: 2) { prefix, child in try model.nextSentence(after: prefix) }
/// let pairs = tree.pairs(10, seed: 1)
/// ```
public struct ResponseTree: Sendable, Hashable {
    /// D.
    public let depth: Int
    /// B.
    public let branching: Int
    /// The segments of each level below the root, level by level: B, B², …, B^D of them.
    public let segments: [[String]]

    /// A pair of leaves to compare.
    public struct LeafPair: Sendable, Hashable {
        /// The first leaf.
        public let first: Int
        /// The second leaf.
        public let second: Int
        /// The depth down to which their beginnings are the same, from 0 to D − 1.
        public let sharedDepth: Int
    }

    /// Grows a tree.
    ///
    /// - Parameter expand: Draws the segment that follows a beginning (all segments so far, joined), as
    ///   child 0 ..< B of its node.
    /// - Throws: What `expand` throws.
    public init(
        depth: Int, branching: Int, expand: (_ prefix: String, _ child: Int) throws -> String
    ) rethrows {
        precondition(depth > 0 && branching > 0, "a tree has a depth and branches")
        self.depth = depth
        self.branching = branching
        var levels: [[String]] = []
        var prefixes = [""]
        for _ in 0..<depth {
            var level: [String] = []
            var next: [String] = []
            for prefix in prefixes {
                for child in 0..<branching {
                    let segment = try expand(prefix, child)
                    level.append(segment)
                    next.append(prefix + segment)
                }
            }
            levels.append(level)
            prefixes = next
        }
        segments = levels
    }

    /// The number of leaves, B^D.
    public var leaves: Int { segments[depth - 1].count }

    /// The answer at a leaf: all segments from the root on.
    public func response(_ leaf: Int) -> String {
        var text = ""
        for level in 0..<depth { text += segments[level][ancestor(leaf, at: level + 1)] }
        return text
    }

    /// The depth of the last node that the ways to two leaves share; 0 is the prompt.
    public func sharedDepth(_ first: Int, _ second: Int) -> Int {
        var level = depth
        while level > 0, ancestor(first, at: level) != ancestor(second, at: level) { level -= 1 }
        return level
    }

    /// Pairs of different leaves, drawn evenly; the same pair may come again.
    public func pairs(_ count: Int, seed: UInt64 = 1) -> [LeafPair] {
        precondition(leaves >= 2, "comparing needs two leaves")
        var random = CounterRandom(seed: seed).split(0x1eaf)
        return (0..<count).map { _ in
            let a = random.below(leaves)
            let b = (a + 1 + random.below(leaves - 1)) % leaves
            return LeafPair(first: a, second: b, sharedDepth: sharedDepth(a, b))
        }
    }

    /// The node at a depth (from 1) on the way to a leaf.
    private func ancestor(_ leaf: Int, at level: Int) -> Int {
        var node = leaf
        for _ in level..<depth { node /= branching }
        return node
    }
}

/// How far the policy that a reward leads to is from what people said: the mean |Δr/β − log-odds of the
/// people|.
///
/// Source: Qiu et al. (2024), preference learning seen as coding preferences into a reward and decoding it
/// into a policy π ∝ exp(r/β), whose log-odds are Δr/β. Ratios of odds themselves have no mean where people
/// are nearly of one mind; their logarithms do.
public enum PreferenceConsistency {
    /// The mean distance.
    ///
    /// - Parameters:
    ///   - rewards: r of each thing.
    ///   - pairs: Two things and the probability, strictly between 0 and 1, with which people prefer the
    ///     first.
    public static func logOddsError(
        rewards: [Double], pairs: [(first: Int, second: Int, share: Double)], beta: Double = 1
    ) -> Double {
        precondition(beta > 0, "beta is positive")
        precondition(pairs.allSatisfy { $0.share > 0 && $0.share < 1 }, "shares lie strictly between 0 and 1")
        return Statistics.mean(
            pairs.map { abs((rewards[$0.first] - rewards[$0.second]) / beta - Special.logit($0.share)) })
    }
}
