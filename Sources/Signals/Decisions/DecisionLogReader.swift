/// Reads logs of decisions: Vowpal Wabbit's contextual-bandit text, Open Bandit tables, plain tables of actions and
/// rewards, and Heed's own events, of which decisions and rewards are joined.
///
/// ```swift
/// let (log, report) = try DecisionLogReader().read(["monday.vw.gz", "tuesday.vw.gz"])
/// print(report.lines.joined(separator: "\n"))
/// ```
///
/// A decision without a reward has a reward that is not a number: whether that is 0 is for the caller to say. The
/// result does not depend on the number of threads.
public struct DecisionLogReader: Sendable {
    /// How sources are read; `format` may be `vowpalWabbit`, `openBandit`, `decisions` or `events`.
    public var options: ReadOptions
    /// A table that describes every possible action, its first column (or `item_id`) the action's name. Each decision
    /// that names no possible actions then has all of these, with their numbers and categories.
    public var items: FeedbackSource?

    /// Creates a reader.
    public init(_ options: ReadOptions = ReadOptions(), items: FeedbackSource? = nil) {
        self.options = options
        self.items = items
    }

    /// Reads files (`-` for standard input) into one log.
    ///
    /// - Throws: `FeedbackReadError` for the first file that cannot be read or, unless the options say to skip them,
    ///   has bad lines.
    public func read(_ paths: [String]) throws -> (log: DecisionLog, report: DecisionReadReport) {
        try read(paths.map { FeedbackSource($0) })
    }

    /// Reads sources into one log; a reward may stand in another source than its decision.
    ///
    /// - Throws: `FeedbackReadError`.
    public func read(_ sources: [FeedbackSource]) throws -> (log: DecisionLog, report: DecisionReadReport) {
        let builder = DecisionBuilder()
        var report = DecisionReadReport()
        for source in sources {
            var sink = EventSink(builder: builder, file: source.name)
            let session = try FeedbackReader(options).read(source, into: &sink, decisions: builder)
            for bad in sink.rejected { session.note(bad) }
            try session.throwBadLines()
            report.sources.append(session.report)
        }
        try finish(builder, &report)
        return (builder.log, report)
    }

    /// Reads the events of a store.
    ///
    /// - Throws: `StoreError`, and `FeedbackReadError` where events contradict each other.
    public func read(_ store: FeedbackStore, _ filter: EventFilter = EventFilter()) throws
        -> (log: DecisionLog, report: DecisionReadReport)
    {
        let builder = DecisionBuilder()
        var report = DecisionReadReport()
        var source = ReadReport(file: store.path, format: .events, layout: .jsonLines)
        var sink = EventSink(builder: builder, file: store.path)
        try store.events(filter) { stored in
            sink.receive(stored.event, line: Int(stored.sequence))
            source.records += 1
        }
        source.badLines = Array(sink.rejected.prefix(options.maximumBadLines))
        source.badLineCount = sink.rejected.count
        if source.badLineCount > 0, !options.skipBad {
            throw FeedbackReadError.badLines(
                file: store.path, lines: source.badLines, count: source.badLineCount)
        }
        report.sources = [source]
        try finish(builder, &report)
        return (builder.log, report)
    }

    private func finish(_ builder: DecisionBuilder, _ report: inout DecisionReadReport) throws {
        builder.assemble()
        if let items {
            let table = try ActionTable(items)
            report.assumed.append(table.add(to: &builder.log))
        }
        report.rows = builder.log.count
        report.withoutReward = builder.log.reward.count { $0.isNaN }
        report.withoutPropensity = builder.log.propensity.count { $0.isNaN }
        report.leftOut = report.sources.reduce(0) { $0 + $1.leftOut }
        report.repeated = builder.repeated
        report.unmatched = builder.unmatched
        report.ignored = builder.ignored
        for note in report.sources.flatMap(\.notes) where !report.assumed.contains(note) {
            report.assumed.append(note)
        }
    }

    /// Gives events to a builder.
    private struct EventSink: FeedbackSink {
        let builder: DecisionBuilder
        let file: String
        var rejected: [BadLine] = []

        mutating func receive(_ event: FeedbackEvent, line: Int) {
            guard let error = builder.add(event, line: line, file: file) else { return }
            rejected.append(
                BadLine(
                    file: file, line: line, column: 0, field: error.field, value: error.value,
                    reason: error.reason,
                    text: event.jsonLine()))
        }

        mutating func reject(_ line: BadLine) {}
    }
}

extension DecisionLog {
    /// Reads files (`-` for standard input), one after the other, into a new log.
    ///
    /// - Parameter items: A table that describes every possible action, see `DecisionLogReader.items`.
    /// - Throws: `FeedbackReadError` for the first file that cannot be read or, unless the options say to skip them,
    ///   has bad lines.
    public init(contentsOf paths: [String], options: ReadOptions = ReadOptions(), items: String? = nil) throws
    {
        self = try DecisionLogReader(options, items: items.map { FeedbackSource($0) }).read(paths).log
    }

    /// Reads the events of a store into a new log.
    ///
    /// - Throws: `StoreError`.
    public init(contentsOf store: FeedbackStore) throws { self = try DecisionLogReader().read(store).log }
}
