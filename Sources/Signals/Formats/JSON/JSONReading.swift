/// Reads JSON lines, or the elements of one JSON array, or JSON objects one after the other.
struct JSONReading {
    private let session: ReadSession
    private var splitter: JSONSplitter
    private var columns = JSONColumns()
    private let row = Row()
    private var tape = JSONTape()

    /// How a JSON file is laid out, `nil` where it is none: it begins with `[` or `{`.
    static func mode(_ bytes: UnsafeBufferPointer<UInt8>) -> JSONSplitter.Mode? {
        var at = 0
        JSONTape.skipBlanks(bytes, &at)
        guard at < bytes.count else { return nil }
        if bytes[at] == UInt8(ascii: "{") {
            // Lines, unless the first object goes on over several and the next line begins no other.
            let line = bytes[at...].prefix { $0 != 0x0A && $0 != 0x0D }
            var next = line.endIndex
            JSONTape.skipBlanks(bytes, &next)
            if next == bytes.count || bytes[next] == UInt8(ascii: "{") { return .lines }
            return JSONSplitter.isWhole(UnsafeBufferPointer(rebasing: line)) ? .lines : .values
        }
        return bytes[at] == UInt8(ascii: "[") ? .array : nil
    }

    init(_ session: ReadSession, _ mode: JSONSplitter.Mode) {
        self.session = session
        splitter = JSONSplitter(mode)
        session.report.layout = mode == .array ? .jsonArray : .jsonLines
    }

    mutating func read(into sink: inout some FeedbackSink) throws {
        let schema = try sample()
        let found = try Recogniser.find(
            schema, options: session.options, file: session.file, layout: session.report.layout)
        try session.use(found, schema)
        var decoder = try session.decoder(found)
        let isEvents = decoder is EventDecoder && !session.hasFilter
        var out = DecodedEvents()
        let buffer = session.buffer
        reading: while true {
            let bytes = buffer.bytes
            let before = splitter
            switch splitter.step(bytes, isLast: buffer.isLast) {
            case .finished:
                session.advance(bytes.count)
                break reading
            case .more:
                splitter = before
                try buffer.more(line: session.line)
            case .bad(let start, let end, let length, let reason, let fatal):
                session.advance(start)
                session.report.records += 1
                let record = UnsafeBufferPointer(rebasing: bytes[start..<end])
                try session.reject(
                    record: record, line: session.line, offset: 0, field: nil, value: Excerpt.of(record),
                    reason: reason,
                    &sink)
                session.advance(length - start)
                if fatal { break reading }
            case .record(let start, let end, let length):
                session.advance(start)
                let record = UnsafeBufferPointer(rebasing: bytes[start..<end])
                var at = 0
                JSONTape.skipBlanks(record, &at)
                if at < record.count { try take(record, isEvents, &decoder, &out, into: &sink) }
                session.advance(length - start)
            }
        }
        try session.takeRest(&decoder, &out, into: &sink)
    }

    private mutating func take(
        _ record: UnsafeBufferPointer<UInt8>, _ isEvents: Bool, _ decoder: inout any RowDecoder,
        _ out: inout DecodedEvents, into sink: inout some FeedbackSink
    ) throws {
        row.begin(line: session.line, record: record, columns: columns.names.count)
        do {
            try tape.parse(record) { root in
                if isEvents { row.json = root } else { try columns.fill(row, from: root) }
                try session.take(row, &decoder, &out, into: &sink)
            }
        } catch let error as JSONError {
            session.report.records += 1
            let rest = UnsafeBufferPointer(rebasing: record[min(error.offset, record.count)...])
            try session.reject(
                record: record, line: session.line, offset: error.offset, field: nil, value: Excerpt.of(rest),
                reason: "not JSON: \(error.reason)", &sink)
        } catch let error as FieldError {
            session.report.records += 1
            var error = error
            if error.offset == nil { error.offset = 0 }
            try session.reject(error, row, &sink)
        }
    }

    /// Looks at the first records without using them up.
    private mutating func sample() throws -> Schema {
        let buffer = session.buffer
        while true {
            let bytes = buffer.bytes
            var splitter = splitter
            var at = 0
            var schema = Schema(columns: [], isJSON: true)
            var refused = 0
            scan: while schema.records < Schema.sampleSize {
                let rest = UnsafeBufferPointer(rebasing: bytes[at...])
                switch splitter.step(rest, isLast: buffer.isLast) {
                case .finished, .more: break scan
                case .bad(_, _, let length, _, let fatal):
                    at += length
                    if fatal { break scan }
                case .record(let start, let end, let length):
                    let record = UnsafeBufferPointer(rebasing: rest[start..<end])
                    row.begin(line: 0, record: record, columns: columns.names.count)
                    let isSound: Void? = try? tape.parse(record) { try columns.fill(row, from: $0) }
                    if isSound == nil {
                        refused += 1
                    } else {
                        for code in schema.columns.count..<max(schema.columns.count, columns.names.count) {
                            schema.columns.append(Schema.Column(columns.names[UInt32(code)]))
                        }
                        schema.sample(row)
                    }
                    at += length
                }
            }
            if schema.records > 0 || buffer.isLast {
                if schema.records == 0, refused > 0, session.options.mapping.isEmpty {
                    throw FeedbackReadError.unrecognised(
                        file: session.file, looksLike: "a text that begins like JSON", columns: [],
                        advice: "None of its \(counted(refused, "record")) is a JSON object.")
                }
                return schema
            }
            try buffer.more(line: session.line)
        }
    }
}
