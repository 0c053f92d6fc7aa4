/// Reads feedback from files, standard input or memory, in any of the formats of `FeedbackFormat`.
///
/// ```swift
/// var log = FeedbackLog()
/// let report = try FeedbackReader().read("battles.csv", into: &log)
/// print(report.summary)
/// ```
///
/// Sources are read in blocks and never held as a whole. The format is recognised by the columns of the first
/// records, the same way each time; the report says what was found and how columns were read.
public struct FeedbackReader: Sendable {
    /// How sources are read.
    public var options: ReadOptions

    /// Creates a reader.
    public init(_ options: ReadOptions = ReadOptions()) { self.options = options }

    /// Reads the file at a path (`-` for standard input) into a sink.
    @discardableResult
    public func read(_ path: String, into sink: inout some FeedbackSink) throws -> ReadReport {
        try read(FeedbackSource(path), into: &sink)
    }

    /// Reads a source into a sink.
    ///
    /// - Throws: `FeedbackReadError`, and what the sink throws. Where `skipBad` is off and the source has bad
    ///   lines, it is still read to its end, so that the error names them all; what the sink was given until then
    ///   is not to be used.
    @discardableResult
    public func read(_ source: FeedbackSource, into sink: inout some FeedbackSink) throws -> ReadReport {
        let session = try read(source, into: &sink, decisions: nil)
        try session.throwBadLines()
        return session.report
    }

    /// Reads a source into a sink; where a log of decisions is given, what need not become events goes there.
    func read(
        _ source: FeedbackSource, into sink: inout some FeedbackSink, decisions: DecisionBuilder?
    ) throws -> ReadSession {
        let input = try ByteInput(source)
        let buffer = try BlockBuffer(input, file: source.name, size: decisions == nil ? 1 << 18 : 1 << 23)
        let session = ReadSession(
            file: source.name, options: options, buffer: buffer, decisions: decisions)
        session.report.isCompressed = input.isCompressed
        if buffer.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { buffer.consume(3) }
        if let (looksLike, advice) = FileKind.refusal(buffer.bytes) {
            throw FeedbackReadError.wrongKind(file: source.name, looksLike: looksLike, advice: advice)
        }
        let wantsPrefLib = options.format == .prefLib
        if wantsPrefLib
            || (options.format == nil && options.mapping.isEmpty && PrefLibReader.recognises(buffer.bytes))
        {
            guard decisions == nil else {
                throw FeedbackReadError.wrongKind(
                    file: source.name, looksLike: "a PrefLib file",
                    advice: "It holds rankings, not decisions.")
            }
            var reader = PrefLibReader(session)
            try reader.read(into: &sink)
        } else if options.format == .vowpalWabbit
            || (options.format == nil && options.mapping.isEmpty
                && VowpalWabbitText.recognises(buffer.bytes))
        {
            let reader = try VowpalWabbitReading(session)
            if let decisions { try reader.read(into: decisions) } else { try reader.read(into: &sink) }
        } else if let mode = JSONReading.mode(buffer.bytes) {
            var reader = JSONReading(session, mode)
            try reader.read(into: &sink)
        } else {
            var reader = TableReading(session)
            try reader.read(into: &sink)
        }
        session.finish()
        return session
    }
}

extension FeedbackLog: FeedbackSink {
    public mutating func receive(_ event: FeedbackEvent, line: Int) { appendSound(event) }

    public mutating func receive(_ batch: ComparisonBatch) { append(batch) }

    public mutating func reject(_ line: BadLine) {}

    /// Reads files (`-` for standard input), one after the other, into a new log.
    ///
    /// - Throws: `FeedbackReadError` for the first file that cannot be read or, unless the options say to skip
    ///   them, has bad lines.
    public init(contentsOf paths: [String], options: ReadOptions = ReadOptions()) throws {
        self.init()
        for path in paths { try FeedbackReader(options).read(path, into: &self) }
    }

    /// Reads a file (`-` for standard input) into a new log.
    public init(contentsOf path: String, options: ReadOptions = ReadOptions()) throws {
        try self.init(contentsOf: [path], options: options)
    }
}
