import HTTPTypes
import HeedAPI
import Hummingbird
import NIOCore
import Serving
import Signals

extension APIRoutes {
    static let feedback = [
        APIRoute(
            name: "sendFeedback", method: .post, path: "/v1/spaces/{space}/events", access: .space(.send),
            about: "Keeps a batch of feedback; it is durable when this answers.", input: .events,
            output: .json(.of(IngestReceipt.self))
        ) { call in .json(try await call.ingest()) },
        APIRoute(
            name: "refusals", method: .get, path: "/v1/spaces/{space}/refusals", access: .space(.read),
            about: "What was refused, newest first.",
            query: [.init(name: "limit", about: "How many at most: 1 to 1000, 100 where left out.")],
            output: .json(.list(of: RefusalView.self))
        ) { call in
            let limit = try call.number("limit", 100, in: 1...1_000)
            return .json(try await call.service.refusals(call.space(), limit: limit).map(RefusalView.init))
        },
        APIRoute(
            name: "export", method: .get, path: "/v1/spaces/{space}/export", access: .space(.read),
            about: "All feedback in the order of arrival, an event a line.",
            query: [
                .init(name: "kind", about: "Kinds of feedback, with commas between them; all where left out.")
            ],
            output: .other("application/x-ndjson")
        ) { call in try await call.export() },
    ]
}

extension RefusalView {
    fileprivate init(_ refusal: Refusal) {
        self.init(
            reason: refusal.reason.rawValue, record: refusal.record, field: refusal.field,
            value: refusal.value,
            explanation: refusal.explanation, text: refusal.text)
    }
}

extension Call {
    /// Reads a batch of events and hands it to the service.
    fileprivate func ingest() async throws -> IngestReceipt {
        let space = try space()
        _ = try service.spaces.space(space)
        let isLines = try request.isNDJSON()
        let key = request.headers[.idempotencyKey]
        let entries = try await readEvents(isLines: isLines)
        try state.limiter.takeEvents(entries.count, principal.key, state.options.limits, now: service.now)
        let receipt = try await service.ingest(space, entries, key: key, stamp: service.now)
        state.metrics.note(receipt)
        return receipt
    }

    private func readEvents(isLines: Bool) async throws -> [Submission.Entry] {
        let limits = EventBatch.Limits(
            events: state.options.limits.batch, depth: state.options.limits.nesting)
        let body = try await body()
        do {
            let entries = try body.withBytes {
                try isLines ? EventBatch.lines($0, limits) : EventBatch.object($0, limits)
            }
            return entries.map { entry in
                switch entry {
                case .malformed(let line): .malformed(line)
                case .event(let event): .event(event)
                }
            }
        } catch EventBatch.Refusal.unreadable(let column, let reason) {
            throw APIError(.badRequest, "bad_json", "the body is no batch: byte \(column): \(reason)")
        } catch EventBatch.Refusal.tooMany(let limit) {
            throw APIError(
                .contentTooLarge, "too_large", "a batch has at most \(limit) events", field: "events")
        }
    }

    /// Streams the feedback of a space.
    fileprivate func export() async throws -> Response {
        let space = try space()
        let kinds = try query("kind").map { text in
            try Set(
                text.split(separator: ",").map { word in
                    guard let kind = Feedback.Kind(rawValue: String(word)) else {
                        let known = Feedback.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                        throw APIError(
                            .badRequest, "invalid", "kind is \(word.prefix(40)); of \(known) is expected",
                            field: "kind")
                    }
                    return kind
                })
        }
        let service = service
        let first = try await service.export(space, kinds: kinds)
        let body = ResponseBody { writer in
            var page = first
            while true {
                var buffer = ByteBuffer()
                for line in page.lines {
                    buffer.writeString(line)
                    buffer.writeInteger(UInt8(ascii: "\n"))
                }
                if buffer.readableBytes > 0 { try await writer.write(buffer) }
                guard let next = page.next else { break }
                page = try await service.export(space, kinds: kinds, after: next)
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "application/x-ndjson"], body: body)
    }
}

extension HTTPField.Name {
    /// Names a batch, so that sending it again changes nothing.
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
}
