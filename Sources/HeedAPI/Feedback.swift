/// What became of a batch of feedback.
public struct IngestReceipt: Sendable, Hashable, Codable {
    /// How many pieces were in the batch; `kept + pending + duplicate + conflict + malformed` of them.
    public var received: Int
    /// In the store, and counting.
    public var kept: Int
    /// In the store, waiting for the decision that they answer.
    public var pending: Int
    /// The store had them: a batch that was sent twice is harmless.
    public var duplicate: Int
    /// Their id stands for something else in the store, which stays.
    public var conflict: Int
    /// They say nothing usable.
    public var malformed: Int
    /// The pieces that were refused, but for duplicates: at most 100.
    public var refused: [Refused]

    /// One piece that was refused.
    public struct Refused: Sendable, Hashable, Codable {
        /// Its place in the batch, from 0.
        public var index: Int
        /// `conflict` or `malformed`.
        public var reason: String
        /// The field at fault.
        public var field: String?
        /// The offending value, shortened.
        public var value: String
        /// What is wrong with it.
        public var explanation: String

        /// Creates an entry.
        public init(index: Int, reason: String, field: String?, value: String, explanation: String) {
            self.index = index
            self.reason = reason
            self.field = field
            self.value = value
            self.explanation = explanation
        }
    }

    /// Creates a receipt.
    public init(
        received: Int = 0, kept: Int = 0, pending: Int = 0, duplicate: Int = 0, conflict: Int = 0,
        malformed: Int = 0,
        refused: [Refused] = []
    ) {
        self.received = received
        self.kept = kept
        self.pending = pending
        self.duplicate = duplicate
        self.conflict = conflict
        self.malformed = malformed
        self.refused = refused
    }
}

/// What was delivered, and what became of it: `received = kept + pending + refused + removed`.
public struct LedgerReport: Sendable, Hashable, Codable {
    /// Everything that was delivered.
    public var received = 0
    /// What counts.
    public var kept = 0
    /// What waits for its decision.
    public var pending = 0
    /// What was refused, by reason: `malformed`, `duplicate`, `conflict`.
    public var refused: [String: Int] = [:]
    /// What was kept once and removed since, by erasure or by age.
    public var removed = 0
    /// Whether it adds up.
    public var addsUp = true

    /// Creates an empty ledger.
    public init() {}
}
