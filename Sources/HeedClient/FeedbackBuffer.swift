import Foundation
import HeedAPI
import Signals

/// Collects feedback and sends it in batches in the background, so that an app never waits for it.
///
/// What it holds is bounded; the policy says what becomes of more. A batch that cannot be delivered stays and
/// is tried again under the same idempotency key; one that the server refuses for good is given to `lost` and
/// counted.
///
/// ```swift
/// let buffer = FeedbackBuffer(heed, space: "offers")
/// try await buffer.add(event)
/// try await buffer.close()
/// ```
public actor FeedbackBuffer {
    /// What becomes of an event for which there is no room.
    public enum Policy: Sendable, Hashable {
        /// The new one is dropped: `add` throws.
        case refuse
        /// The oldest one that is not on its way is dropped.
        case dropOldest
        /// `add` waits for room.
        case wait
    }

    /// What became of the events.
    public struct Counts: Sendable, Hashable {
        /// Taken in.
        public var added = 0
        /// Acknowledged by the server.
        public var sent = 0
        /// Dropped for want of room.
        public var dropped = 0
        /// Refused by the server for good.
        public var lost = 0

        /// Creates counts.
        public init(added: Int = 0, sent: Int = 0, dropped: Int = 0, lost: Int = 0) {
            self.added = added
            self.sent = sent
            self.dropped = dropped
            self.lost = lost
        }
    }

    private struct Batch {
        var key: String
        var events: [FeedbackEvent]
    }

    private let client: HeedClient
    private let space: String
    private let capacity: Int
    private let batch: Int
    private let interval: Double
    private let policy: Policy
    private let lost: @Sendable ([FeedbackEvent], HeedClientError) -> Void
    private var events: [FeedbackEvent] = []
    private var underway: Batch?
    private var sending: Task<Void, Never>?
    private var timer: Task<Void, Never>?
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var failure: HeedClientError?
    private var isClosed = false
    /// What became of the events so far.
    public private(set) var counts = Counts()

    /// - Parameters:
    ///   - capacity: how many events it holds at most.
    ///   - batch: how many are sent at once.
    ///   - interval: how many seconds an event waits at most for others to go with it.
    ///   - lost: called with events that the server refuses for good.
    public init(
        _ client: HeedClient, space: String, capacity: Int = 10_000, batch: Int = 500, interval: Double = 1,
        policy: Policy = .refuse,
        lost: @escaping @Sendable ([FeedbackEvent], HeedClientError) -> Void = { _, _ in }
    ) {
        self.client = client
        self.space = space
        self.capacity = max(1, capacity)
        self.batch = max(1, min(batch, capacity))
        self.interval = max(0, interval)
        self.policy = policy
        self.lost = lost
    }

    /// How many events it holds.
    public var count: Int { events.count + (underway?.events.count ?? 0) }

    /// Takes an event in.
    ///
    /// - Throws: `HeedClientError.buffer` where there is no room and the policy is to refuse, or after
    ///   `close`.
    public func add(_ event: FeedbackEvent) async throws {
        while !isClosed, count >= capacity {
            switch policy {
            case .refuse:
                counts.dropped += 1
                throw HeedClientError.buffer("the buffer holds \(capacity) events and is full")
            case .dropOldest:
                counts.dropped += 1
                guard !events.isEmpty else { return }
                events.removeFirst()
            case .wait:
                send()
                await withCheckedContinuation { waiting.append($0) }
            }
        }
        if isClosed { throw HeedClientError.buffer("the buffer is closed") }
        var event = event
        if event.time == nil { event.time = Date().timeIntervalSince1970 }
        events.append(event)
        counts.added += 1
        if events.count >= batch { send() } else { wakeLater() }
    }

    /// Sends all that it holds.
    ///
    /// - Throws: `HeedClientError` where some of it could not be delivered; that stays and will be tried
    ///   again.
    public func flush() async throws {
        while count > 0 {
            send()
            await sending?.value
            if let failure { throw failure }
        }
    }

    /// Sends all that it holds and takes no more.
    public func close() async throws {
        isClosed = true
        release()
        timer?.cancel()
        try await flush()
    }

    private func release() {
        let all = waiting
        waiting = []
        for one in all { one.resume() }
    }

    private func wakeLater() {
        guard timer == nil, sending == nil, !isClosed else { return }
        timer = Task { [interval] in
            try? await Task.sleep(nanoseconds: UInt64(min(interval, 3_600) * 1e9))
            self.wake()
        }
    }

    private func wake() {
        timer = nil
        send()
    }

    private func send() {
        guard sending == nil, count > 0 else { return }
        failure = nil
        sending = Task { await self.drain() }
    }

    private func drain() async {
        while failure == nil, let next = take() { await deliver(next) }
        sending = nil
        if count > 0 { wakeLater() }
    }

    /// The batch that could not be delivered before, or the next one.
    private func take() -> Batch? {
        if underway == nil, !events.isEmpty {
            underway = Batch(key: UUID().uuidString, events: Array(events.prefix(batch)))
            events.removeFirst(min(batch, events.count))
        }
        return underway
    }

    private func deliver(_ next: Batch) async {
        do {
            _ = try await client.send(space, next.events, idempotencyKey: next.key)
            counts.sent += next.events.count
            underway = nil
        } catch let error as HeedClientError where !error.isTemporary {
            counts.lost += next.events.count
            underway = nil
            lost(next.events, error)
        } catch {
            failure = (error as? HeedClientError) ?? .connection("\(error)")
        }
        release()
    }
}
