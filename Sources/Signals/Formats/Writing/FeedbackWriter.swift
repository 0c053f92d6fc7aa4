/// Writes feedback to files, in formats that `FeedbackReader` reads back exactly.
///
/// ```swift
/// try FeedbackWriter(.comparisons).write(log, to: "votes.csv")
/// try FeedbackWriter(.events).write(log, to: "votes.jsonl.gz")   // packed, by the name
/// ```
///
/// A format that cannot carry an event refuses the log as a whole, naming the event, before anything is written.
/// Files appear whole or not at all: they are written beside their place and then moved there.
public struct FeedbackWriter: Sendable {
    /// The formats that are written.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// Heed's own event lines: every kind of event with everything it has.
        case events
        /// A comma-separated table of comparisons with everything they have.
        case comparisons
        /// Arena battles: comparisons whose left side was first.
        case arena
        /// PrefLib: rankings with whole weights and nothing else.
        case prefLib = "preflib"
    }

    /// The format.
    public var format: Format
    /// Whether to pack with gzip; `nil` packs where a file's name ends in `.gz`.
    public var compressed: Bool?

    /// Creates a writer.
    public init(_ format: Format = .events, compressed: Bool? = nil) {
        self.format = format
        self.compressed = compressed
    }

    /// Writes a log to a file, or to standard output for `-`.
    ///
    /// - Throws: `FeedbackWriteError`.
    public func write(_ log: FeedbackLog, to path: String) throws {
        let encoder = try encoder(for: log)
        try output(path) { output in try encoder(output) }
    }

    /// Writes event lines to a file as the events come, however many there are, or to standard output for `-`.
    ///
    /// - Throws: `FeedbackWriteError`, and what the sequence throws.
    public func writeLines(_ events: some Sequence<FeedbackEvent>, to path: String) throws {
        guard format == .events else {
            throw FeedbackWriteError.needsLog(format: format)
        }
        try output(path) { output in try Self.lines(events, to: output) }
    }

    /// The bytes of the file that `write` would write.
    ///
    /// - Throws: `FeedbackWriteError`.
    public func bytes(_ log: FeedbackLog) throws -> [UInt8] {
        let encoder = try encoder(for: log)
        let output = ByteOutput(compressed: compressed ?? false)
        try encoder(output)
        return try output.finish()
    }

    /// Checks that the format can carry the log and gives what writes it.
    private func encoder(for log: FeedbackLog) throws -> (ByteOutput) throws -> Void {
        switch format {
        case .events: return { try Self.lines(log.events, to: $0) }
        case .comparisons, .arena:
            let table = try ComparisonTableText(log, isArena: format == .arena)
            return { try table.write(log, to: $0) }
        case .prefLib:
            let text = try PrefLibText(log)
            return { try text.write(log, to: $0) }
        }
    }

    private func output(_ path: String, _ body: (ByteOutput) throws -> Void) throws {
        let packed = compressed ?? path.hasSuffix(".gz")
        let output = try ByteOutput(path: path, compressed: packed)
        do {
            try body(output)
            _ = try output.finish()
        } catch {
            output.abandon()
            throw error
        }
    }

    private static func lines(_ events: some Sequence<FeedbackEvent>, to output: ByteOutput) throws {
        var buffer: [UInt8] = []
        for event in events {
            event.appendJSON(to: &buffer)
            buffer.append(0x0A)
            if buffer.count >= 1 << 16 {
                try output.write(buffer)
                buffer.removeAll(keepingCapacity: true)
            }
        }
        try output.write(buffer)
    }
}

/// Why feedback could not be written.
public enum FeedbackWriteError: Error, Sendable, CustomStringConvertible {
    /// The file cannot be written.
    case unwritable(file: String, reason: String)
    /// The format has no place for something that an event holds; `event` counts from 1.
    case cannotCarry(format: FeedbackWriter.Format, event: Int, line: String, reason: String)
    /// The format is written from a whole log only, since its first lines depend on all events.
    case needsLog(format: FeedbackWriter.Format)

    public var description: String {
        switch self {
        case .unwritable(let file, let reason): return "\(file): cannot be written: \(reason)"
        case .cannotCarry(let format, let event, let line, let reason):
            return "\(format.rawValue) cannot carry event \(event), \(line): \(reason)"
        case .needsLog(let format): return "\(format.rawValue) is written from a log, not event by event"
        }
    }

    static func refuse(
        _ format: FeedbackWriter.Format, _ index: Int, _ event: FeedbackEvent, _ reason: String
    )
        -> FeedbackWriteError
    {
        let line = Array(event.jsonLine().utf8)
        return .cannotCarry(format: format, event: index + 1, line: Excerpt.of(line), reason: reason)
    }
}
