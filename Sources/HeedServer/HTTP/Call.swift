import Foundation
import HTTPTypes
import HeedAPI
import Hummingbird
import NIOCore
import Serving
import Signals

/// One request to one route, after it was let in.
struct Call: Sendable {
    let request: Request
    let context: ServerContext
    let state: ServerState
    /// Who asks; a nobody on routes that need no key.
    let principal: Principal

    var service: HeedService { state.service }

    /// A part of the path, decoded.
    func path(_ name: String) throws -> String { try context.pathText(name) }

    /// The space in the path.
    func space() throws -> String { try path("space") }

    /// A value of the query.
    func query(_ name: String) throws -> String? {
        guard let raw = request.uri.queryParameters[name[...]] else { return nil }
        return String(raw)
    }

    /// A value of the query that cannot be left out.
    func needed(_ name: String) throws -> String {
        guard let value = try query(name), !value.isEmpty else {
            throw APIError(.badRequest, "invalid", "the query lacks \(name)=", field: name)
        }
        return value
    }

    /// A whole number of the query within bounds.
    func number(_ name: String, _ standard: Int, in range: ClosedRange<Int>) throws -> Int {
        guard let text = try query(name) else { return standard }
        guard let value = Int(text), range.contains(value) else {
            throw APIError(
                .badRequest, "invalid",
                "\(name) is \(text.prefix(20)); a whole number from \(range.lowerBound) to \(range.upperBound) is expected",
                field: name)
        }
        return value
    }

    /// One of a few words in the query.
    func word<Word: RawRepresentable & CaseIterable>(_ name: String, _ type: Word.Type) throws -> Word?
    where Word.RawValue == String {
        guard let text = try query(name) else { return nil }
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw APIError(
                .badRequest, "invalid", "\(name) is \(text.prefix(40)); one of \(known) is expected",
                field: name)
        }
        return word
    }

    /// Reads the body.
    func body() async throws -> HeldBody {
        try await HeldBody.read(request, limit: state.options.limits.body, budget: state.bodies)
    }

    /// Reads the body as a value; `standard` where there is none.
    func body<Value: Decodable>(_ type: Value.Type, or standard: Value? = nil) async throws -> Value {
        let held = try await body()
        if held.buffer.readableBytes == 0, let standard { return standard }
        try held.check(depth: state.options.limits.nesting)
        return try JSONDecoder().decode(type, from: Data(held.buffer.readableBytesView))
    }
}

extension ServerContext {
    /// A part of the path, decoded.
    ///
    /// - Throws: `APIError` for one that is no text.
    public func pathText(_ name: String) throws -> String {
        guard let text = parameters.get(name)?.removingPercentEncoding, !text.isEmpty,
            text.utf8.count <= 1_000
        else {
            throw APIError(.badRequest, "invalid", "the \(name) in the path is not a text", field: name)
        }
        return text
    }
}
