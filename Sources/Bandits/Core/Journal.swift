import Kernels

/// The numbers of a policy's decisions: which were made, and which still wait for their outcome.
///
/// It costs one bit for each decision from the oldest unanswered one on, so that outcomes may come late, out of order and more than
/// once. Randomness is a function of the seed and the decision's number: nothing else has to be saved.
///
/// - Complexity: O(1) amortised to open and to close a decision; O(n/64) to count or to forget those that wait, with n decisions
///   since the oldest of them.
public struct Journal: Sendable, Hashable, Codable {
    /// The seed of all randomness.
    public let seed: UInt64
    /// The number of decisions made.
    public private(set) var decided = 0
    /// The number of outcomes learnt.
    public private(set) var learned = 0
    /// The number of outcomes refused: repeated, forgotten, or of a decision that was never made here.
    public private(set) var refused = 0

    /// The number of the decision that bit 0 of the first live word stands for; a multiple of 64.
    private var base = 0
    /// A bit for each decision from `base` on: set while it waits.
    private var waitingBits: [UInt64] = []
    /// The words at the front that are no longer used.
    private var head = 0

    /// Creates an empty journal.
    public init(seed: UInt64 = 1) { self.seed = seed }

    /// The number of decisions that wait for their outcome.
    public var waiting: Int { waitingBits[head...].reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Whether a decision waits for its outcome.
    public func isWaiting(_ id: Int) -> Bool {
        guard id >= base, id < decided else { return false }
        let word = head + (id - base) >> 6
        return word < waitingBits.count && waitingBits[word] & (1 << UInt64(id & 63)) != 0
    }

    /// The randomness of the next decision.
    public var upcoming: CounterRandom { CounterRandom(seed: seed).split(UInt64(decided)) }

    /// Opens the next decision: its number and its randomness.
    public mutating func begin() -> (id: Int, random: CounterRandom) {
        let id = decided
        let random = upcoming
        decided += 1
        if waitingBits.count == head { base = id & ~63 }
        let word = head + (id - base) >> 6
        if word == waitingBits.count { waitingBits.append(0) }
        waitingBits[word] |= 1 << UInt64(id & 63)
        return (id, random)
    }

    /// Closes a decision.
    ///
    /// - Returns: Whether it was waiting.
    public mutating func close(_ id: Int) -> Bool {
        guard isWaiting(id) else {
            refused += 1
            return false
        }
        waitingBits[head + (id - base) >> 6] &= ~(1 << UInt64(id & 63))
        learned += 1
        dropAnswered()
        return true
    }

    /// Gives up waiting for all decisions before this one: their outcomes will be refused.
    public mutating func forget(before id: Int) {
        guard id > base else { return }
        let end = min(id, decided)
        for word in head..<waitingBits.count {
            let start = base + (word - head) * 64
            if start + 64 <= end {
                waitingBits[word] = 0
            } else if start < end {
                waitingBits[word] &= ~0 << UInt64(end - start)
            }
        }
        dropAnswered()
    }

    /// Lets go of the words at the front in which nothing waits, except the one in which the next decision falls.
    private mutating func dropAnswered() {
        while head < waitingBits.count, waitingBits[head] == 0, base + 64 <= decided {
            head += 1
            base += 64
        }
        if head > 64, head * 2 > waitingBits.count {
            waitingBits.removeFirst(head)
            head = 0
        }
    }
}
