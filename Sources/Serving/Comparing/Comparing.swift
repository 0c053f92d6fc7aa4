import Foundation
import HeedAPI
import Signals

/// Asks people: which things to show next, and what became of their answers.
final class Comparing: Sendable {
    private let core: ServiceCore
    private let watching: Watching
    /// Reading a space's votes for the first time may take seconds: that must keep nobody else waiting.
    private let lane = BlockingLane("heed.compare", threads: 2)
    private let askers = Locked<[String: Asker]>([:])
    private let given = Locked(GivenAnswers())

    init(_ core: ServiceCore, watching: Watching) {
        self.core = core
        self.watching = watching
    }

    var invitations: Invitations { Invitations(core: core) }

    /// Refuses names that no judge can have.
    static func check(judge: String) throws {
        guard (1...200).contains(judge.utf8.count) else {
            throw ServiceError.invalid(
                field: "judge", value: "\(judge.utf8.count) bytes", expected: "1 to 200 bytes")
        }
    }

    /// Forgets all spaces but these.
    func forget(except spaces: Set<String>) {
        askers.withLock { $0 = $0.filter { spaces.contains($0.key) } }
    }

    /// Forgets which answers were kept lately, as some may be there no longer: the store knows.
    func forgetAnswers() { given.withLock { $0 = GivenAnswers() } }

    private func asker(_ space: String) -> Asker {
        let feed = watching.feed(space)
        return askers.withLock { askers in
            if let asker = askers[space], asker.feed === feed { return asker }
            let asker = Asker(feed, store: core.store, seed: core.options.seed)
            askers[space] = asker
            return asker
        }
    }

    /// The next question for a judge; `nil` where there is nothing to compare.
    func next(_ space: Space, judge: String, invitation: String?) async throws -> ComparisonTask? {
        let asker = asker(space.name)
        let now = core.now()
        let next = try await lane.runUnlessCancelled { [watching] in
            _ = try watching.apply(space.name)
            return try asker.next(space.settings, judge: judge, now: now)
        }
        guard let next else { return nil }
        let nonce = KeyRing.text(KeyRing.random(10))
        let shown = TaskClaims.shuffled(next.items, seed: core.options.seed, nonce: nonce)
        let claims = TaskClaims(
            space: space.name, judge: judge, items: shown, issued: now, nonce: nonce, invitation: invitation)
        let known = Dictionary(
            space.settings.items.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return ComparisonTask(
            token: try core.signer.token(TaskClaims.purpose, claims), question: space.settings.question,
            items: shown.map { known[$0] ?? Item($0) }, bits: next.bits, answered: next.answered,
            settled: next.settled, advice: next.advice)
    }

    /// Keeps an answer, once.
    func keep(_ answer: ComparisonAnswer, _ found: Space, judge: String) async throws -> String {
        let space = found.name
        guard let claims = core.signer.payload(TaskClaims.self, TaskClaims.purpose, answer.token),
            claims.space == space, claims.judge == judge
        else {
            throw ServiceError.invalid(
                field: "token", value: String(answer.token.prefix(20)),
                expected: "the token of a question to this judge")
        }
        let now = core.now()
        guard now - claims.issued <= TaskClaims.lifetime else {
            throw ServiceError.expired("this question was asked more than an hour ago; ask for the next one")
        }
        guard claims.issued >= found.created else {
            throw ServiceError.expired("this question was asked in a former space; ask for the next one")
        }
        let reading = AnswerReading(claims: claims, answer: answer, now: now)
        let event = try reading.event()
        let reason = try reading.reason()
        let id = claims.answerID
        let said = GivenAnswers.Said(event)
        if let before = given.withLock({ $0[space, id] }) {
            guard before == said else { throw Self.answered }
            return id
        }
        let result = try await core.queue.submit(Submission(space: space, events: [event]))
        switch result.outcomes.first {
        case .kept, .duplicate: break
        case .conflict:
            let before = try await lane.run { [self] in
                try find(id, space, judge: judge, since: claims.issued)
            }
            guard let before, GivenAnswers.Said(before.event) == said else { throw Self.answered }
        case .pending, .malformed, nil:
            throw ServiceError.conflict("the answer could not be kept; ask for the next question")
        }
        given.withLock { $0.note(said, space, id, at: now) }
        asker(space).release(claims.items)
        if let reason { _ = try await core.queue.submit(Submission(space: space, events: [reason])) }
        return id
    }

    private static let answered = ServiceError.conflict(
        "this question has another answer already; take that one back first")

    /// Takes back an answer of the last hour.
    func takeBack(_ id: String, _ space: String, judge: String) async throws {
        let since = core.now() - TaskClaims.lifetime
        let feed = watching.feed(space)
        try await lane.run { [self] in
            guard id.hasPrefix(TaskClaims.prefix), !id.hasSuffix(":why"),
                let answer = try find(id, space, judge: judge, since: since)
            else {
                throw ServiceError.notFound(
                    kind: "answer of this judge within the last hour", name: String(id.prefix(80)))
            }
            let reason = try find(id + ":why", space, judge: judge, since: since)
            _ = try feed.remove([answer, reason].compactMap { $0 })
            given.withLock { $0.forget(space, id) }
        }
    }

    /// What a judge said under an id since a time.
    private func find(_ id: String, _ space: String, judge: String, since: Double) throws -> StoredEvent? {
        var found: StoredEvent?
        try core.store.events(space, EventFilter(judge: judge, from: since - 1), limit: nil) {
            if $0.event.id == id { found = $0 }
        }
        return found
    }
}

/// The answers that this process kept lately, so that one that is sent twice is recognised without asking the store.
struct GivenAnswers: Sendable {
    /// What was said, whenever it was.
    struct Said: Sendable, Hashable {
        private let feedback: Feedback
        private let groups: [String: String]

        init(_ event: FeedbackEvent) {
            feedback = event.feedback
            groups = event.groups
        }
    }

    private static let limit = 20_000
    private var answers: [String: (said: Said, time: Double)] = [:]

    subscript(space: String, id: String) -> Said? { answers[space + "/" + id]?.said }

    mutating func note(_ said: Said, _ space: String, _ id: String, at time: Double) {
        if answers.count >= Self.limit {
            let times = answers.values.map(\.time).sorted()
            let middle = times[times.count / 2]
            answers = answers.filter { $0.value.time > middle }
        }
        answers[space + "/" + id] = (said, time)
    }

    mutating func forget(_ space: String, _ id: String) { answers[space + "/" + id] = nil }
}
