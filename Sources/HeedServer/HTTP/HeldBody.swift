import Hummingbird
import NIOCore
import Serving
import Signals

/// How many bytes of bodies are held at once: bounds the memory that requests take together.
final class BodyBudget: Sendable {
    private let limit: Int
    private let used = Locked(0)

    init(limit: Int) { self.limit = limit }

    func take(_ bytes: Int) throws {
        let isTaken = used.withLock { used in
            guard used + bytes <= limit else { return false }
            used += bytes
            return true
        }
        if !isTaken {
            throw APIError(
                .serviceUnavailable, "overloaded", "too many large requests at once; try again", retryAfter: 1
            )
        }
    }

    func give(_ bytes: Int) { used.withLock { $0 -= bytes } }
}

/// The body of a request; its bytes count against the budget for as long as this lives.
final class HeldBody: Sendable {
    let buffer: ByteBuffer
    private let bytes: Int
    private let budget: BodyBudget

    private init(_ buffer: ByteBuffer, bytes: Int, budget: BodyBudget) {
        self.buffer = buffer
        self.bytes = bytes
        self.budget = budget
    }

    deinit { budget.give(bytes) }

    /// Reads a body.
    ///
    /// - Throws: `APIError` for one over the limit.
    static func read(_ request: Request, limit: Int, budget: BodyBudget) async throws -> HeldBody {
        let tooLarge = APIError(.contentTooLarge, "too_large", "the body is over the limit of \(limit) bytes")
        if let text = request.headers[.contentLength], let length = Int(text), length > limit {
            throw tooLarge
        }
        var taken = 0
        var buffer: ByteBuffer?
        do {
            for try await chunk in request.body {
                guard taken + chunk.readableBytes <= limit else { throw tooLarge }
                try budget.take(chunk.readableBytes)
                taken += chunk.readableBytes
                if buffer == nil { buffer = chunk } else { buffer?.writeImmutableBuffer(chunk) }
            }
        } catch {
            budget.give(taken)
            throw error
        }
        return HeldBody(buffer ?? ByteBuffer(), bytes: taken, budget: budget)
    }

    /// Lets something read the bytes.
    func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        try buffer.withUnsafeReadableBytes { try body($0.bindMemory(to: UInt8.self)) }
    }

    /// Refuses what is not JSON, or nested too deep.
    func check(depth: Int) throws { try parse(depth: depth) { _ in } }

    /// Reads the JSON.
    ///
    /// - Throws: `APIError` for what is not JSON.
    func parse<R>(depth: Int, _ body: (JSONValue) throws -> R) throws -> R {
        try withBytes { bytes in
            var tape = JSONTape(depth: depth, limit: 2_000_000)
            do {
                return try tape.parse(bytes, body)
            } catch let error as JSONError {
                throw APIError(
                    .badRequest, "bad_json", "the body is not JSON: byte \(error.offset + 1): \(error.reason)"
                )
            }
        }
    }
}
