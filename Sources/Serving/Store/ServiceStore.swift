import Foundation
import Signals

/// Where a service keeps its data: feedback by space, and records of everything else.
///
/// One protocol over SQLite and PostgreSQL. Calls block until they are done; what returned is durable. Every implementation
/// passes `StoreConformance` in the tests.
public protocol ServiceStore: Sendable {
    /// What it is, for people: `sqlite`, `postgres`.
    var kind: String { get }

    // MARK: Feedback

    /// Adds feedback in one transaction, durable when this returns; what became of each submission, in order.
    ///
    /// An event with an id is kept once in its space. A space that the store does not know is made.
    ///
    /// - Throws: `StoreError`; then nothing was added.
    func append(_ submissions: [Submission]) throws -> [AppendResult]

    /// The names of the spaces that something was ever delivered to.
    func spaces() throws -> [String]

    /// Reads a space's events in the order of arrival, at most `limit` of them, from one consistent picture.
    func events(_ space: String, _ filter: EventFilter, limit: Int?, _ body: (StoredEvent) throws -> Void)
        throws

    /// Reads events as lines of Heed's own format: faster than `events`.
    func lines(_ space: String, _ filter: EventFilter, limit: Int?, _ body: (String) throws -> Void) throws

    /// The event that is the decision with an id.
    func decision(_ space: String, _ id: String) throws -> StoredEvent?

    /// The events that answer a decision, in the order of arrival.
    func answers(_ space: String, decision: String) throws -> [StoredEvent]

    /// What was delivered to a space, and what became of it. O(1).
    func ledger(_ space: String) throws -> Ledger

    /// The number of the last event of a space; 0 where there is none. A number is never given twice.
    func last(_ space: String) throws -> Int64

    /// How many events of each kind count in a space: kinds without any are left out. O(1).
    func counts(_ space: String) throws -> [Feedback.Kind: Int]

    /// What was refused in a space, newest first.
    func refusals(_ space: String, limit: Int) throws -> [Refusal]

    // MARK: Removing

    /// Removes events by their ids (those that answer a removed decision with it).
    func remove(_ space: String, ids: [String]) throws -> Removal

    /// Removes everything that a judge sent, and what answers their decisions, from the spaces named (`nil`: all), so that
    /// nothing of it can be read from the files any more.
    func erase(judge: String, from spaces: [String]?) throws -> [Removal]

    /// Removes the events of a space that arrived before a time (in seconds since 1970-01-01 UTC).
    func prune(_ space: String, before: Double) throws -> Removal

    /// Removes a space with all its feedback.
    func drop(_ space: String) throws

    // MARK: Records

    /// A record.
    func record(_ kind: String, _ id: String) throws -> ServiceRecord?

    /// All records of a kind, ordered by the bytes of their ids.
    func records(_ kind: String) throws -> [ServiceRecord]

    /// The kinds of which there are records.
    func recordKinds() throws -> [String]

    /// Makes changes in one transaction: all of them, or none where a record is not at the version that a change expects.
    ///
    /// - Returns: Whether they were made.
    func write(_ changes: [RecordChange]) throws -> Bool

    /// A number that grows with every change of a record, by any process.
    func revision() throws -> Int64

    // MARK: The whole

    /// Counts everything again and reads every event: what is wrong, in words.
    func verify() throws -> [String]

    /// Lets go of the store.
    func close() throws
}

/// A batch of feedback for one space.
public struct Submission: Sendable {
    /// One piece: an event, or what could not be read as one.
    public enum Entry: Sendable {
        /// An event; the store checks it.
        case event(FeedbackEvent)
        /// Something that says nothing usable, kept in the ledger as refused.
        case malformed(BadLine)
    }

    /// The space.
    public var space: String
    /// The pieces.
    public var entries: [Entry]

    /// When they arrived, in seconds since 1970-01-01 UTC: what `prune` goes by. `nil` for now.
    public var arrived: Double?

    /// The time that is kept for events which come without one, in seconds since 1970-01-01 UTC; `nil` leaves them without.
    ///
    /// It is no part of what such an event says: when it is sent again, with whatever stamp, it is a duplicate of the one
    /// that is kept. An event with a time of its own is the same only if that is the time that is kept.
    public var stamp: Double?

    /// Creates a batch.
    public init(space: String, entries: [Entry], arrived: Double? = nil, stamp: Double? = nil) {
        self.space = space
        self.entries = entries
        self.arrived = arrived
        self.stamp = stamp
    }

    /// Creates a batch of events.
    public init(
        space: String, events: [FeedbackEvent], arrived: Double? = nil, stamp: Double? = nil
    ) {
        self.init(space: space, entries: events.map { .event($0) }, arrived: arrived, stamp: stamp)
    }
}

/// What was removed from a space.
public struct Removal: Sendable, Hashable {
    /// The space.
    public var space: String
    /// How many events.
    public var events = 0
    /// The numbers of the first and the last of them; `nil` where there was none.
    public var range: ClosedRange<Int64>?

    /// Creates it.
    public init(space: String, events: Int = 0, range: ClosedRange<Int64>? = nil) {
        self.space = space
        self.events = events
        self.range = range
    }
}

/// Something small that a service remembers: a space, a key, a model, its bytes.
public struct ServiceRecord: Sendable, Hashable {
    /// What it is: `space`, `key`, `model`, `blob`…
    public var kind: String
    /// Its name among its kind.
    public var id: String
    /// How often it was written, from 1.
    public var version: Int64
    /// What it holds.
    public var body: Data

    /// Creates it.
    public init(kind: String, id: String, version: Int64 = 0, body: Data) {
        self.kind = kind
        self.id = id
        self.version = version
        self.body = body
    }
}

/// A change of a record.
public struct RecordChange: Sendable, Hashable {
    /// The record's kind.
    public var kind: String
    /// The record's id.
    public var id: String
    /// What it is to hold; `nil` removes it.
    public var body: Data?
    /// The version that it must be at: 0 for one that must not be there; `nil` for whatever it is.
    public var expected: Int64?

    /// Creates a change.
    public init(kind: String, id: String, body: Data?, expected: Int64? = nil) {
        self.kind = kind
        self.id = id
        self.body = body
        self.expected = expected
    }
}
