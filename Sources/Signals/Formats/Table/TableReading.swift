/// Reads a delimited table.
struct TableReading {
    private let session: ReadSession
    private let row = Row()
    private var fields: [TableScanner.Field] = []
    private var scanner: TableScanner

    init(_ session: ReadSession) {
        self.session = session
        scanner = TableScanner(separator: TableScanner.separator(of: session.buffer.bytes))
    }

    mutating func read(into sink: inout some FeedbackSink) throws {
        session.report.layout =
            scanner.separator == 0x09
            ? .tabSeparated : scanner.separator == UInt8(ascii: ";") ? .semicolonSeparated : .commaSeparated
        let (schema, header) = try sample()
        if header > 0 { session.advance(header) }
        let found = try Recogniser.find(
            schema, options: session.options, file: session.file, layout: session.report.layout)
        try session.use(found, schema)
        var decoder = try session.decoder(found)
        var plain: PlainComparisons?
        if let comparisons = decoder as? ComparisonDecoder, !session.hasFilter {
            plain = PlainComparisons(comparisons, separator: scanner.separator, columns: schema.columns.count)
        }
        var decisions: PlainDecisions?
        if let rows = decoder as? DecisionRowDecoder, !session.hasFilter {
            decisions = PlainDecisions(rows, separator: scanner.separator, columns: schema.columns.count)
        }
        try read(columns: schema.columns.count, &decoder, &plain, &decisions, into: &sink)
    }

    private mutating func read(
        columns: Int, _ decoder: inout any RowDecoder, _ plain: inout PlainComparisons?,
        _ decisions: inout PlainDecisions?, into sink: inout some FeedbackSink
    ) throws {
        var out = DecodedEvents()
        var generation = -1
        var valid = 0
        let buffer = session.buffer
        while true {
            var bytes = buffer.bytes
            if generation != buffer.generation {
                generation = buffer.generation
                valid =
                    buffer.start
                    + (UTF8Check.isASCII(bytes) ? bytes.count : UTF8Check.firstInvalid(bytes) ?? bytes.count)
            }
            if plain != nil, valid > buffer.start {
                let head = UnsafeBufferPointer(rebasing: bytes[..<(valid - buffer.start)])
                let (lines, length) = plain!.read(head, line: session.line)
                if lines > 0 {
                    session.advance(lines: lines, length: length)
                    session.report.records += lines
                    session.report.events += lines
                    try sink.receive(plain!.batch)
                    bytes = buffer.bytes
                }
            }
            if decisions != nil, valid > buffer.start, let builder = session.decisions {
                let head = UnsafeBufferPointer(rebasing: bytes[..<(valid - buffer.start)])
                let (lines, length) = decisions!.read(head, into: &builder.log)
                if lines > 0 {
                    session.advance(lines: lines, length: length)
                    session.report.records += lines
                    bytes = buffer.bytes
                }
            }
            if bytes.isEmpty, buffer.isLast { break }
            switch scanner.scan(bytes, isLast: buffer.isLast, into: &fields) {
            case .more: try buffer.more(line: session.line)
            case .bad(let length, let body, let offset, let reason):
                session.report.records += 1
                let record = UnsafeBufferPointer(rebasing: bytes[..<body])
                let value = offset < 0 ? "" : Excerpt.of(record[offset...])
                try session.reject(
                    record: record, line: session.line, offset: offset < 0 ? nil : offset, field: nil,
                    value: value,
                    reason: reason, &sink)
                session.advance(lines: length > body ? 1 : 0, length: length, endsInLine: length == body)
            case .record(let length, let body, let lineBreaks):
                let record = UnsafeBufferPointer(rebasing: bytes[..<body])
                if fields.count > 1 || fields[0].quoted || fields[0].end > fields[0].start {
                    try take(record, columns, buffer.start + body <= valid, &decoder, &out, into: &sink)
                }
                session.advance(lines: lineBreaks, length: length, endsInLine: length == body)
            }
        }
        try session.takeRest(&decoder, &out, into: &sink)
    }

    private func take(
        _ record: UnsafeBufferPointer<UInt8>, _ columns: Int, _ isValid: Bool,
        _ decoder: inout any RowDecoder,
        _ out: inout DecodedEvents, into sink: inout some FeedbackSink
    ) throws {
        if !isValid, let bad = UTF8Check.firstInvalid(record) {
            session.report.records += 1
            return try session.reject(
                record: record, line: session.line, offset: bad, field: nil,
                value: Excerpt.of(record[bad...]),
                reason: "not valid UTF-8; convert the file first, for example with iconv -f LATIN1 -t UTF-8",
                &sink)
        }
        if fields.count != columns {
            session.report.records += 1
            return try session.reject(
                record: record, line: session.line, offset: nil, field: nil, value: Excerpt.of(record),
                reason: "\(counted(fields.count, "field")) where the header names \(columns)", &sink)
        }
        row.begin(line: session.line, record: record, columns: columns)
        TableScanner.fill(row, from: fields)
        try session.take(row, &decoder, &out, into: &sink)
    }

    /// Reads the header and looks at the first records without using them up. The length is the header's.
    private mutating func sample() throws -> (Schema, header: Int) {
        let buffer = session.buffer
        while true {
            let bytes = buffer.bytes
            var at = 0
            var schema: Schema?
            var header = 0
            scan: while at < bytes.count, (schema?.records ?? 0) < Schema.sampleSize {
                let rest = UnsafeBufferPointer(rebasing: bytes[at...])
                switch scanner.scan(rest, isLast: buffer.isLast, into: &fields) {
                case .more: break scan
                case .bad(let length, let body, let offset, let reason):
                    if schema == nil {
                        throw FeedbackReadError.unrecognised(
                            file: session.file, looksLike: "a text", columns: [],
                            advice:
                                "Its first line is no header: \(reason) at column \(max(0, offset) + 1) of "
                                + "\(Excerpt.of(rest[..<body]).debugDescription).")
                    }
                    at += length
                case .record(let length, let body, _):
                    let isBlank = fields.count == 1 && !fields[0].quoted && fields[0].end == fields[0].start
                    defer { at += length }
                    if isBlank { continue }
                    let record = UnsafeBufferPointer(rebasing: rest[..<body])
                    row.begin(line: 0, record: record, columns: fields.count)
                    TableScanner.fill(row, from: fields)
                    if schema != nil {
                        if fields.count == schema!.columns.count { schema!.sample(row) }
                    } else if isHeaderless() {
                        schema = Schema(
                            columns: ["user", "item", "rating", "timestamp"].map { Schema.Column($0) },
                            isJSON: false)
                        schema!.sample(row)
                    } else {
                        let names = fields.indices.map { row.text($0) ?? "" }
                        schema = Schema(columns: names.map { Schema.Column($0) }, isJSON: false)
                        header = at + length
                    }
                }
            }
            if let schema, schema.records > 0 || buffer.isLast { return (schema, header) }
            try buffer.more(line: session.line)
        }
    }

    /// MovieLens' `u.data`: four tab-separated numbers in every line and no header.
    private func isHeaderless() -> Bool {
        scanner.separator == 0x09 && fields.count == 4
            && (0..<4).allSatisfy { row.bytes($0).map { DecimalNumber.integer($0) != nil } ?? false }
    }
}
