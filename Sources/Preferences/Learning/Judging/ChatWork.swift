import Foundation

/// What the methods that ask language models share: many questions at a time, and answers in JSON.
enum ChatWork {
    /// The results of `body` for 0..<count, in order; at most so many run at a time. The first error ends the rest.
    static func map<T: Sendable>(
        _ count: Int, concurrency: Int, _ body: @escaping @Sendable (Int) async throws -> T
    ) async throws -> [T] {
        try await withThrowingTaskGroup(of: (Int, T).self) { group in
            var results = [T?](repeating: nil, count: count)
            var next = 0
            func start() {
                let place = next
                next += 1
                group.addTask { (place, try await body(place)) }
            }
            while next < min(count, concurrency) { start() }
            while let (place, value) = try await group.next() {
                results[place] = value
                if next < count { start() }
            }
            return results.compactMap { $0 }
        }
    }

    /// The value in JSON that a reply holds, whatever stands around it; nil where it holds none.
    static func value<T: Decodable>(_ type: T.Type, in reply: String) -> T? {
        let bytes = Array(reply.utf8)
        for (open, close) in [(UInt8(ascii: "{"), UInt8(ascii: "}")), (UInt8(ascii: "["), UInt8(ascii: "]"))]
        {
            guard let start = bytes.firstIndex(of: open), let end = bytes.lastIndex(of: close), start < end
            else { continue }
            if let value = try? JSONDecoder().decode(type, from: Data(bytes[start...end])) { return value }
        }
        return nil
    }
}
