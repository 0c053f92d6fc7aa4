/// Events that were sent together, read strictly, one by one.
///
/// What is JSON but no event becomes an entry that says why; what is not JSON at all is refused as a whole.
package enum EventBatch {
    /// One piece of a batch.
    package enum Entry: Sendable {
        case event(FeedbackEvent)
        case malformed(BadLine)
    }

    /// What a batch may hold.
    package struct Limits: Sendable {
        /// How many events.
        package var events: Int
        /// How deep an event may be nested.
        package var depth: Int
        /// How many values and keys in all: bounds the memory that a hostile text takes.
        package var values: Int

        /// Creates limits.
        package init(events: Int, depth: Int, values: Int = 2_000_000) {
            self.events = events
            self.depth = depth
            self.values = values
        }
    }

    /// Why a batch is refused as a whole.
    package enum Refusal: Error, Sendable {
        /// The text is not what a batch looks like: the byte, counted from 1, and what is wrong there.
        case unreadable(column: Int, reason: String)
        /// It holds more than so many events.
        case tooMany(limit: Int)
    }

    /// Reads one event from each line; empty lines are passed over.
    ///
    /// - Throws: `Refusal`.
    package static func lines(_ bytes: UnsafeBufferPointer<UInt8>, _ limits: Limits) throws -> [Entry] {
        var entries: [Entry] = []
        var tape = JSONTape(depth: limits.depth, limit: limits.values)
        var at = 0
        var number = 0
        while at < bytes.count {
            let start = at
            while at < bytes.count, bytes[at] != 0x0A { at += 1 }
            let line = UnsafeBufferPointer(rebasing: bytes[start..<at])
            at += 1
            number += 1
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            guard entries.count < limits.events else { throw Refusal.tooMany(limit: limits.events) }
            do {
                entries.append(try tape.parse(line) { entry($0, number: number) })
            } catch let error as JSONError {
                let flaw = EventLineError(json: error, in: line)
                entries.append(.malformed(BadLine(flaw, number: number, offset: 0, text: line)))
            }
        }
        return entries
    }

    /// Reads the events of `{"events": […]}`.
    ///
    /// - Throws: `Refusal`.
    package static func object(_ bytes: UnsafeBufferPointer<UInt8>, _ limits: Limits) throws -> [Entry] {
        var tape = JSONTape(depth: limits.depth + 2, limit: limits.values)
        do {
            return try tape.parse(bytes) { root in
                func refuse(_ value: JSONValue, _ reason: String) -> Refusal {
                    .unreadable(column: value.offset + 1, reason: reason)
                }
                guard root.kind == .object else {
                    throw refuse(root, #"an object {"events": […]} is expected"#)
                }
                var list: JSONValue?
                for (key, value) in root.members {
                    guard key.isText("events") else { throw refuse(key, "the only key is events") }
                    guard list == nil else { throw refuse(key, "a key that appears twice") }
                    list = value
                }
                guard let list else { throw refuse(root, "events is missing") }
                guard list.kind == .array else { throw refuse(list, "events is a list") }
                var entries: [Entry] = []
                for value in list.elements {
                    guard entries.count < limits.events else { throw Refusal.tooMany(limit: limits.events) }
                    entries.append(entry(value, number: entries.count + 1))
                }
                return entries
            }
        } catch let error as JSONError {
            throw Refusal.unreadable(column: error.offset + 1, reason: error.reason)
        }
    }

    private static func entry(_ value: JSONValue, number: Int) -> Entry {
        do throws(EventLineError) {
            return .event(try FeedbackEvent(json: value))
        } catch {
            return .malformed(BadLine(error, number: number, offset: value.offset, text: value.raw))
        }
    }
}

extension BadLine {
    /// The longest text of a refused event that is kept, in bytes.
    private static let longest = 2_000

    fileprivate init(
        _ flaw: EventLineError, number: Int, offset: Int, text: UnsafeBufferPointer<UInt8>
    ) {
        let kept = UnsafeBufferPointer(rebasing: text.prefix(Self.longest))
        self.init(
            file: "batch", line: number, column: max(0, flaw.column - offset), field: flaw.field,
            value: flaw.value, reason: flaw.reason, text: String(decoding: kept, as: UTF8.self))
    }
}
