/// The entries of a vocabulary as a tree over their bytes, for finding the longest one that a word begins with.
struct WordPieceTrie: Sendable {
    /// What entries that go on a word begin with.
    static let continuation = Array("##".utf8)

    // The edges: a table of (node, byte) → node with open addressing, whose size is a power of two.
    private var keys: [UInt64] = []
    private var targets: [Int32] = []
    private var edges = 0
    // The token that ends in each node, −1 without. Node 0 begins words, node 1 goes on with them.
    private var tokens: [Int32] = [-1, -1]

    /// Builds the tree; an entry's token is its place, and empty entries have none.
    init(_ entries: [[UInt8]]) {
        grow(to: 1 << 10)
        for (place, entry) in entries.enumerated() where !entry.isEmpty {
            add(entry[...], below: 0, token: Int32(place))
            if entry.starts(with: Self.continuation), entry.count > Self.continuation.count {
                add(entry[Self.continuation.count...], below: 1, token: Int32(place))
            }
        }
    }

    /// The token of an entry.
    func token(_ entry: [UInt8]) -> Int? {
        var node = 0
        for byte in entry {
            guard let next = child(of: node, byte) else { return nil }
            node = next
        }
        return tokens[node] < 0 ? nil : Int(tokens[node])
    }

    /// Covers a word by the longest entries from left to right; false, with some tokens written, where there are none.
    func cover(_ word: [UInt8], into result: inout [Int]) -> Bool {
        var place = 0
        while place < word.count {
            var node = place == 0 ? 0 : 1
            var (end, token) = (place, Int32(-1))
            for at in place..<word.count {
                guard let next = child(of: node, word[at]) else { break }
                node = next
                if tokens[node] >= 0 { (end, token) = (at + 1, tokens[node]) }
            }
            if token < 0 { return false }
            result.append(Int(token))
            place = end
        }
        return true
    }

    private static let free = UInt64.max

    @inline(__always)
    private func slot(_ key: UInt64) -> Int {
        let mask = keys.count - 1
        var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
        while keys[slot] != key && keys[slot] != Self.free { slot = (slot + 1) & mask }
        return slot
    }

    @inline(__always)
    private func child(of node: Int, _ byte: UInt8) -> Int? {
        let slot = slot(UInt64(node) << 8 | UInt64(byte))
        return keys[slot] == Self.free ? nil : Int(targets[slot])
    }

    private mutating func add(_ bytes: ArraySlice<UInt8>, below root: Int, token: Int32) {
        var node = root
        for byte in bytes {
            if let next = child(of: node, byte) {
                node = next
                continue
            }
            if 2 * (edges + 1) > keys.count { grow(to: 2 * keys.count) }
            let key = UInt64(node) << 8 | UInt64(byte)
            let slot = slot(key)
            (keys[slot], targets[slot]) = (key, Int32(tokens.count))
            edges += 1
            node = tokens.count
            tokens.append(-1)
        }
        tokens[node] = token
    }

    private mutating func grow(to size: Int) {
        let (oldKeys, oldTargets) = (keys, targets)
        keys = Array(repeating: Self.free, count: size)
        targets = Array(repeating: 0, count: size)
        for (key, target) in zip(oldKeys, oldTargets) where key != Self.free {
            let slot = slot(key)
            (keys[slot], targets[slot]) = (key, target)
        }
    }
}
