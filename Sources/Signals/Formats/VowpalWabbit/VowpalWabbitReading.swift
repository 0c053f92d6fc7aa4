import Kernels

/// Reads Vowpal Wabbit's contextual-bandit text.
struct VowpalWabbitReading {
    private let session: ReadSession
    private let isMultiline: Bool

    /// The bytes that are read at once by one thread.
    private static let partSize = 1 << 20

    init(_ session: ReadSession) throws {
        guard session.options.keeping.isEmpty else {
            throw FeedbackReadError.options(
                file: session.file, reason: "Vowpal Wabbit text has no columns to choose rows by")
        }
        self.session = session
        isMultiline = VowpalWabbitText.isMultiline(session.buffer.bytes)
        session.report.layout = .vowpalWabbit
        session.report.format = .vowpalWabbit
        session.report.notes.append(
            isMultiline
                ? "examples of several lines, as for --cb_adf" : "one line for each example, as for --cb")
    }

    /// Reads everything, many parts at a time, in order; their text is valid only within the closure.
    private func eachBlock(
        keepsPlaces: Bool,
        _ body: ([VowpalWabbitPart], UnsafeBufferPointer<UInt8>, [Range<Int>]) throws -> Void
    ) throws {
        let buffer = session.buffer
        var withoutAction = 0
        var severalCosts = 0
        var withoutActionFeatures = 0
        var (tags, places) = (false, false)
        while true {
            let bytes = buffer.bytes
            let length =
                buffer.isLast ? bytes.count : VowpalWabbitText.lastBoundary(bytes, isMultiline: isMultiline)
            if length == 0 {
                if buffer.isLast { break }
                try buffer.more(line: session.line)
                continue
            }
            let ranges = VowpalWabbitText.cut(bytes, length, size: Self.partSize, isMultiline: isMultiline)
            nonisolated(unsafe) let text = bytes
            let multiline = isMultiline
            let parts = Parallel.map(ranges.count) {
                VowpalWabbitParser.parse(
                    UnsafeBufferPointer(rebasing: text[ranges[$0]]), isMultiline: multiline,
                    keepsPlaces: keepsPlaces)
            }
            try body(parts, bytes, ranges)
            for part in parts {
                session.report.records += part.records
                withoutAction += part.withoutAction
                severalCosts += part.severalCosts
                withoutActionFeatures += part.withoutActionFeatures
                tags = tags || part.usesTags
                places = places || part.usesPlaces
            }
            let last = bytes[length - 1]
            session.advance(
                lines: parts.reduce(0) { $0 + $1.lines }, length: length,
                endsInLine: last != 0x0A && last != 0x0D)
            if !buffer.isLast { try buffer.more(line: session.line) }
        }
        session.report.leftOut += withoutAction
        note(withoutAction, severalCosts, tags, places)
        if withoutActionFeatures > 0 {
            session.report.notes.append(
                "\(counted(withoutActionFeatures, "example")) with too many numbers of actions for an event: left out"
            )
        }
    }

    private func note(_ withoutAction: Int, _ severalCosts: Int, _ tags: Bool, _ places: Bool) {
        var notes = ["a reward is the cost with its sign changed"]
        if withoutAction > 0 {
            notes.append(
                "\(counted(withoutAction, "example")) left out: no label says which action was taken")
        }
        if severalCosts > 0 {
            notes.append(
                "\(counted(severalCosts, "line")) with several costs: the first is of the action that was taken, as to "
                    + "Vowpal Wabbit")
        }
        if tags { notes.append("actions are called by their tags") }
        if places { notes.append("actions are called by their place in the example, the first 1") }
        session.report.notes += notes
    }

    /// Reads into a log of decisions.
    func read(into builder: DecisionBuilder) throws {
        var sink = NoEvents()
        try eachBlock(keepsPlaces: false) { parts, bytes, ranges in
            var line = session.line
            for (part, range) in zip(parts, ranges) {
                for fault in part.faults { try reject(fault, bytes, range, line, &sink) }
                builder.take(part)
                line += part.lines
            }
        }
    }

    /// Reads into a sink of events: a decision and, where there is one, its reward.
    func read(into sink: inout some FeedbackSink) throws {
        var ids = DecisionIDs()
        try eachBlock(keepsPlaces: true) { parts, bytes, ranges in
            var line = session.line
            for (part, range) in zip(parts, ranges) {
                let names = part.featureNames()
                // What is good and what is bad goes on in the order of the text.
                var faults = part.faults[...]
                for row in 0..<part.count {
                    let place = part.places[row]
                    while let first = faults.first, first.line < place.line {
                        try reject(faults.removeFirst(), bytes, range, line, &sink)
                    }
                    let record = bytes[(range.lowerBound + place.start)..<(range.lowerBound + place.end)]
                    let id = ids.next(UnsafeBufferPointer(rebasing: record))
                    let events = part.events(row, id: id, names: names)
                    if let flaw = events.lazy.compactMap(\.flaw).first {
                        try session.reject(
                            FieldError(flaw.field, column: nil, value: flaw.value, flaw.reason), nil, &sink,
                            line: line + place.line)
                        continue
                    }
                    for event in events { try sink.receive(event, line: line + place.line) }
                    session.report.events += events.count
                }
                for fault in faults { try reject(fault, bytes, range, line, &sink) }
                line += part.lines
            }
        }
    }

    private func reject(
        _ fault: VowpalWabbitPart.Fault, _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>,
        _ line: Int, _ sink: inout some FeedbackSink
    ) throws {
        let start = range.lowerBound + fault.lineStart
        let record = UnsafeBufferPointer(rebasing: bytes[start..<(range.lowerBound + fault.lineEnd)])
        let from = min(max(0, fault.start - fault.lineStart), record.count)
        let to = min(max(from, fault.end - fault.lineStart), record.count)
        try session.reject(
            record: record, line: line + fault.line, offset: from, field: "\(fault.field)",
            value: Excerpt.of(UnsafeBufferPointer(rebasing: record[from..<to])), reason: "\(fault.reason)",
            &sink)
    }
}

/// A sink for what has no events.
struct NoEvents: FeedbackSink {
    mutating func receive(_ event: FeedbackEvent, line: Int) {}
    mutating func reject(_ line: BadLine) {}
}
