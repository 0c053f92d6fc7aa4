import Foundation
import HeedAPI
import Signals

extension HeedClient {
    /// Sends feedback; it is durable when this returns.
    ///
    /// Events without a time get the present one.
    ///
    /// - Parameter idempotencyKey: names the batch; a new one where left out. Events without an id get it as
    ///   part of theirs, so that the batch can be sent again.
    public func send(_ space: String, _ events: [FeedbackEvent], idempotencyKey: String? = nil) async throws
        -> IngestReceipt
    {
        let now = Date().timeIntervalSince1970
        var lines: [UInt8] = []
        for var event in events {
            if event.time == nil { event.time = now }
            lines.append(contentsOf: event.jsonLine().utf8)
            lines.append(UInt8(ascii: "\n"))
        }
        return try await send(space, lines: lines, idempotencyKey: idempotencyKey ?? UUID().uuidString)
    }

    /// Sends feedback that is there as lines of Heed's own format; they should carry a time.
    public func send(_ space: String, lines: [UInt8], idempotencyKey: String) async throws -> IngestReceipt {
        var request = ClientRequest(.POST, ["v1", "spaces", space, "events"])
        request.type = "application/x-ndjson"
        request.body = lines
        request.idempotencyKey = idempotencyKey
        return try await ask(request, isRepeatable: true).value()
    }

    /// Asks for a decision. A request without an id gets one, so that it can be sent again.
    public func decide(_ space: String, _ wanted: DecideRequest = DecideRequest()) async throws
        -> DecideResponse
    {
        var wanted = wanted
        if wanted.id == nil { wanted.id = UUID().uuidString }
        let request = try ClientRequest(.POST, ["v1", "spaces", space, "decide"]).with(wanted)
        return try await ask(request, isRepeatable: true).value()
    }

    /// A past decision, and where it came from.
    public func decision(_ space: String, _ id: String) async throws -> DecisionProvenance {
        try await get(["v1", "spaces", space, "decisions", id])
    }

    /// The ranking; `nil` where there are no comparisons yet.
    public func ranking(_ space: String) async throws -> RankingView? {
        try await perhaps(["v1", "spaces", space, "ranking"])
    }

    /// The next question for a judge; `nil` where there is nothing to compare.
    public func nextTask(_ space: String, judge: String) async throws -> ComparisonTask? {
        try await perhaps(["v1", "spaces", space, "next"], query: [("judge", judge)])
    }

    /// Gives an answer.
    ///
    /// - Returns: its id, for `undo`.
    public func answer(_ space: String, judge: String, _ answer: ComparisonAnswer) async throws -> String {
        let request = try ClientRequest(.POST, ["v1", "spaces", space, "answers"], query: [("judge", judge)])
            .with(answer)
        return try await ask(request, isRepeatable: false).value(AnswerReceipt.self).id
    }

    /// Takes an answer back.
    public func undo(_ space: String, judge: String, answer id: String) async throws {
        let request = ClientRequest(
            .DELETE, ["v1", "spaces", space, "answers", id], query: [("judge", judge)])
        _ = try await ask(request, isRepeatable: false)
    }

    /// The judges: those with reasons first.
    public func judges(_ space: String) async throws -> [JudgeView] {
        try await get(["v1", "spaces", space, "judges"])
    }

    /// What was refused, newest first.
    public func refusals(_ space: String, limit: Int = 100) async throws -> [RefusalView] {
        try await get(["v1", "spaces", space, "refusals"], query: [("limit", "\(limit)")])
    }

    /// All feedback in the order of arrival, an event a line.
    public func export(_ space: String, kinds: [Feedback.Kind]? = nil) async throws -> Data {
        let request = ClientRequest(
            .GET, ["v1", "spaces", space, "export"],
            query: [("kind", kinds.map { $0.map(\.rawValue).joined(separator: ",") })])
        return try await ask(request, isRepeatable: true).body
    }

    func get<Value: Decodable>(_ path: [String], query: [(String, String?)] = []) async throws -> Value {
        try await ask(ClientRequest(.GET, path, query: query), isRepeatable: true).value()
    }

    func perhaps<Value: Decodable>(_ path: [String], query: [(String, String?)] = []) async throws -> Value? {
        let answer = try await ask(ClientRequest(.GET, path, query: query), isRepeatable: true)
        return answer.status == 204 ? nil : try answer.value()
    }

    /// Asks for something that happens anew each time: sent again only where the server said that it did
    /// nothing.
    func post<Value: Decodable>(
        _ path: [String], _ value: (any Encodable)? = nil, query: [(String, String?)] = []
    ) async throws -> Value {
        var request = ClientRequest(.POST, path, query: query)
        if let value { request = try request.with(value) }
        return try await ask(request, isRepeatable: false).value()
    }
}
