/// What the reading of one source shares between its steps: where it is, what was found, what was refused.
final class ReadSession {
    let file: String
    let options: ReadOptions
    let buffer: BlockBuffer
    var report: ReadReport
    /// Where decisions go without becoming events, if a log of decisions is read.
    let decisions: DecisionBuilder?
    /// The line on which the next record begins, and how far into that line.
    var line = 1
    private(set) var lead = 0
    private var endsInLine = false
    private var filter: [(column: Int, values: Set<String>)] = []
    private var fieldColumns: [String: Int] = [:]

    /// The longest line that is kept as it stands.
    private static let longestKept = 1 << 20

    init(file: String, options: ReadOptions, buffer: BlockBuffer, decisions: DecisionBuilder? = nil) {
        self.file = file
        self.decisions = decisions
        self.options = options
        self.buffer = buffer
        report = ReadReport(file: file, format: .events, layout: .jsonLines)
    }

    // MARK: Where the reading is

    /// Passes lines that were already counted.
    func advance(lines: Int, length: Int, endsInLine: Bool = false) {
        line += lines
        lead = 0
        self.endsInLine = endsInLine
        buffer.consume(length)
    }

    /// Passes bytes, counting their lines.
    func advance(_ length: Int) {
        let bytes = buffer.bytes
        var at = 0
        while at < length {
            let byte = bytes[at]
            let isBreak = byte == 0x0A || (byte == 0x0D && !(at + 1 < bytes.count && bytes[at + 1] == 0x0A))
            if isBreak {
                line += 1
                lead = 0
            } else {
                lead += 1
            }
            at += 1
        }
        if length > 0 { endsInLine = lead > 0 }
        buffer.consume(length)
    }

    /// Closes the report.
    func finish() {
        report.lines = line - (endsInLine ? 0 : 1)
        if report.leftOut > 0, report.records == report.leftOut {
            report.notes.append("no record has the values that were asked for")
        }
    }

    /// Refuses the source if it has bad lines and the options do not say to go on without them.
    func throwBadLines() throws {
        guard report.badLineCount > 0, !options.skipBad else { return }
        throw FeedbackReadError.badLines(file: file, lines: report.badLines, count: report.badLineCount)
    }

    // MARK: What was recognised

    /// Notes how the columns are read.
    func use(_ found: Recogniser.Found, _ schema: Schema) throws {
        report.format = found.decoder.format
        func use(_ field: String, _ column: Int) -> ReadReport.Use {
            ReadReport.Use(field: field, column: schema.columns[column].name)
        }
        report.fields = found.fields.map { use($0.field, $0.column) }
        fieldColumns = Dictionary(
            found.fields.map { ($0.field, $0.column) }, uniquingKeysWith: { first, _ in first })
        let extras = found.decoder.extras
        report.groups = extras.groups.map { use($0.name, $0.column) }
        report.features =
            extras.features.map { use($0.name, $0.column) }
            + extras.pairs.flatMap { [use($0.name, $0.left), use($0.name, $0.right)] }
        let used = Set(
            found.fields.map(\.column) + extras.groups.map(\.column) + extras.features.map(\.column)
                + extras.pairs.flatMap { [$0.left, $0.right] })
        if report.format != .events {
            report.ignored = schema.columns.indices.filter { !used.contains($0) }.map {
                schema.columns[$0].name
            }
        }
        for (name, values) in options.keeping.sorted(by: { $0.key < $1.key }) {
            filter.append((try Recogniser.column(name, schema, "the filter's value", file), values))
        }
    }

    /// The decoder that reads the records: what was found, or for a log of decisions one that adds to it.
    func decoder(_ found: Recogniser.Found) throws -> any RowDecoder {
        guard let decisions else { return found.decoder }
        decisions.assemble()
        if let decoder = found.decoder as? DecisionDecoder { return DecisionRowDecoder(decoder, decisions) }
        guard found.decoder is EventDecoder else {
            throw FeedbackReadError.wrongKind(
                file: file, looksLike: "a file of \(found.decoder.format.rawValue)",
                advice: "A log of decisions has at least an action and a reward or cost in each row.")
        }
        return found.decoder
    }

    /// Whether rows are to be looked at before they are read.
    var hasFilter: Bool { !filter.isEmpty }

    // MARK: Records

    /// Reads a record with the decoder and hands on what comes of it.
    func take(
        _ row: Row, _ decoder: inout any RowDecoder, _ out: inout DecodedEvents,
        into sink: inout some FeedbackSink
    ) throws {
        report.records += 1
        for (column, values) in filter {
            guard values.contains(row.text(column) ?? "") else {
                report.leftOut += 1
                return
            }
        }
        do throws(FieldError) {
            try decoder.decode(row, into: &out)
        } catch {
            out.removeAll()
            try reject(error, row, &sink)
            return
        }
        try drain(&out, row, into: &sink)
    }

    /// Hands on what a decoder held back until the end.
    func takeRest(
        _ decoder: inout any RowDecoder, _ out: inout DecodedEvents, into sink: inout some FeedbackSink
    ) throws {
        decoder.finish(into: &out)
        try drain(&out, nil, into: &sink)
        report.notes += decoder.notes
    }

    private func drain(_ out: inout DecodedEvents, _ row: Row?, into sink: inout some FeedbackSink) throws {
        for (event, line) in out.events {
            if let flaw = event.flaw {
                try reject(
                    FieldError(flaw.field, column: fieldColumns[flaw.field], value: flaw.value, flaw.reason),
                    row, &sink,
                    line: line)
                break
            }
            try sink.receive(event, line: line)
            report.events += 1
        }
        for (error, line) in out.problems { try reject(error, nil, &sink, line: line) }
        out.removeAll()
    }

    /// Reports a bad record.
    func reject(_ error: FieldError, _ row: Row?, _ sink: inout some FeedbackSink, line: Int? = nil) throws {
        var offset = error.offset
        if offset == nil, let row, let column = error.column, column < row.cells.count,
            row.cells[column].kind != .missing
        {
            offset = row.cells[column].offset
        }
        try reject(
            record: row?.record, line: row?.line ?? line ?? self.line, offset: offset, field: error.field,
            value: error.value, reason: error.reason, &sink)
    }

    /// Reports a bad record; `offset` counts from its beginning.
    func reject(
        record: UnsafeBufferPointer<UInt8>?, line: Int, offset: Int?, field: String?, value: String,
        reason: String,
        _ sink: inout some FeedbackSink
    ) throws {
        var place = (line: line, column: 0)
        if let record, let offset {
            place.column = (line == self.line ? lead : 0) + 1
            for at in 0..<min(offset, record.count) {
                let isBreak =
                    record[at] == 0x0A
                    || (record[at] == 0x0D && !(at + 1 < record.count && record[at + 1] == 0x0A))
                place = isBreak ? (place.line + 1, 1) : (place.line, place.column + 1)
            }
        }
        let text = record.map { String(decoding: $0.prefix(Self.longestKept), as: UTF8.self) } ?? ""
        let bad = BadLine(
            file: file, line: place.line, column: place.column, field: field,
            value: Excerpt.of(Array(value.utf8)),
            reason: reason, text: text)
        note(bad)
        try sink.reject(bad)
    }

    /// Counts a bad line.
    func note(_ bad: BadLine) {
        report.badLineCount += 1
        if report.badLines.count < options.maximumBadLines { report.badLines.append(bad) }
    }
}
