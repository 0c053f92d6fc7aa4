/// Reads PrefLib files (.soc, .soi, .toc, .toi): the present form with `# KEY: value` lines and `count: 1,{2,3}`, and
/// the older one that begins with the number of alternatives.
struct PrefLibReader {
    private let session: ReadSession
    private var splitter = JSONSplitter(.lines)
    private var names: [String] = []
    private var voters: Double?
    private var counted_ = 0.0
    private var single = 0

    init(_ session: ReadSession) { self.session = session }

    /// Whether the first lines are those of a PrefLib file.
    static func recognises(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var lines = bytes.prefix(1 << 16).split(maxSplits: 3, omittingEmptySubsequences: true) {
            $0 == 0x0A || $0 == 0x0D
        }
        .map { UnsafeBufferPointer(rebasing: $0) }
        guard let first = lines.first else { return false }
        if first.starts(with: "#".utf8) {
            let keys = ["FILE NAME", "TITLE", "DATA TYPE", "NUMBER ALTERNATIVES", "ALTERNATIVE NAME"]
            let text = String(decoding: first.dropFirst().drop { $0 == 0x20 }.prefix(64), as: UTF8.self)
            return keys.contains { text.hasPrefix($0) }
        }
        guard let count = DecimalNumber.integer(first), count > 0 else { return false }
        lines.removeFirst()
        // The names follow, numbered from 1.
        return lines.first.map { $0.starts(with: "1,".utf8) } ?? false
    }

    mutating func read(into sink: inout some FeedbackSink) throws {
        session.report.layout = .prefLib
        session.report.format = .prefLib
        var older: Int?
        var isFirst = true
        var totals = false
        try eachLine(&sink) { reader, line, sink in
            if line.starts(with: "#".utf8) {
                try reader.header(line)
            } else if isFirst, let count = DecimalNumber.integer(line), count > 0, count < 1 << 24 {
                older = count
            } else if let count = older, reader.names.count < count {
                try reader.oldName(line)
            } else if older != nil, !totals {
                totals = true
                reader.voters = line.split(separator: UInt8(ascii: ",")).first.flatMap {
                    DecimalNumber.value(UnsafeBufferPointer(rebasing: $0))
                }
            } else {
                try reader.order(line, isOlder: older != nil, into: &sink)
            }
            isFirst = false
        }
        if let voters, voters != counted_ {
            session.report.notes.append(
                "the header announces \(DecimalNumber.text(voters)) voters, the rankings count \(DecimalNumber.text(counted_))"
            )
        }
        if single > 0 {
            session.report.notes.append(
                "\(counted(single, "ranking")) of a single item left out: nothing is above or below it")
        }
    }

    private mutating func eachLine<Sink: FeedbackSink>(
        _ sink: inout Sink,
        _ body: (inout PrefLibReader, UnsafeBufferPointer<UInt8>, inout Sink) throws -> Void
    ) throws {
        while true {
            let bytes = session.buffer.bytes
            switch splitter.step(bytes, isLast: session.buffer.isLast) {
            case .more: try session.buffer.more(line: session.line)
            case .record(let start, let end, let length):
                var line = UnsafeBufferPointer(rebasing: bytes[start..<end])
                while let last = line.last, last == 0x20 || last == 0x09 {
                    line = UnsafeBufferPointer(rebasing: line.dropLast())
                }
                if !line.isEmpty {
                    do {
                        try body(&self, line, &sink)
                    } catch let error as FieldError {
                        session.report.records += 1
                        try session.reject(
                            record: line, line: session.line, offset: error.offset, field: error.field,
                            value: error.value,
                            reason: error.reason, &sink)
                    }
                }
                session.advance(length)
            default: return
            }
        }
    }

    private mutating func header(_ line: UnsafeBufferPointer<UInt8>) throws(FieldError) {
        let text = line.dropFirst().drop { $0 == 0x20 }
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return }
        let key = String(decoding: text[..<colon], as: UTF8.self)
        let value = UnsafeBufferPointer(rebasing: text[(colon + 1)...].drop { $0 == 0x20 })
        if key == "NUMBER VOTERS" {
            voters = DecimalNumber.value(value)
        } else if key.hasPrefix("ALTERNATIVE NAME ") {
            guard Int(key.dropFirst(17)) == names.count + 1 else {
                throw Self.fault("alternative", line, colon, "alternatives are numbered 1, 2, 3 in order")
            }
            try add(value, line, colon + 1)
        }
    }

    private mutating func oldName(_ line: UnsafeBufferPointer<UInt8>) throws(FieldError) {
        guard let comma = line.firstIndex(of: UInt8(ascii: ",")),
            DecimalNumber.integer(UnsafeBufferPointer(rebasing: line[..<comma])) == names.count + 1
        else {
            throw Self.fault(
                "alternative", line, 0, "\(names.count + 1) and a name, with a comma between, are expected")
        }
        try add(UnsafeBufferPointer(rebasing: line[(comma + 1)...]), line, comma + 1)
    }

    private mutating func add(
        _ name: UnsafeBufferPointer<UInt8>, _ line: UnsafeBufferPointer<UInt8>, _ offset: Int
    ) throws(FieldError) {
        if let bad = UTF8Check.firstInvalid(name) {
            throw Self.fault("alternative", line, offset + bad, "not valid UTF-8")
        }
        var text = String(decoding: name, as: UTF8.self)
        if text.isEmpty { text = "\(names.count + 1)" }
        if names.contains(where: { $0.utf8.elementsEqual(text.utf8) }) { text += " (\(names.count + 1))" }
        names.append(text)
    }

    /// `count: 1,{2,3},4`; in the older form `count,1,{2,3},4`.
    private mutating func order(
        _ line: UnsafeBufferPointer<UInt8>, isOlder: Bool, into sink: inout some FeedbackSink
    ) throws {
        let mark = isOlder ? UInt8(ascii: ",") : UInt8(ascii: ":")
        guard let end = line.firstIndex(of: mark),
            let weight = DecimalNumber.value(UnsafeBufferPointer(rebasing: line[..<end])), weight >= 0
        else {
            throw Self.fault(
                "count", line, 0,
                "a count and \(isOlder ? "a comma" : "a colon") are expected before the ranking")
        }
        var tiers: [[String]] = []
        var inBraces = false
        var at = end + 1
        while true {
            while at < line.count, line[at] == 0x20 { at += 1 }
            if at < line.count, line[at] == UInt8(ascii: "{"), !inBraces {
                inBraces = true
                tiers.append([])
                at += 1
                continue
            }
            let start = at
            while at < line.count, line[at] &- 48 < 10 { at += 1 }
            guard at > start,
                let number = DecimalNumber.integer(UnsafeBufferPointer(rebasing: line[start..<at])),
                number >= 1, number <= names.count
            else {
                throw Self.fault(
                    "ranking", line, start, "the number of an alternative, 1 to \(names.count), is expected")
            }
            if inBraces {
                tiers[tiers.count - 1].append(names[number - 1])
            } else {
                tiers.append([names[number - 1]])
            }
            while at < line.count, line[at] == 0x20 { at += 1 }
            if at < line.count, line[at] == UInt8(ascii: "}"), inBraces {
                inBraces = false
                at += 1
            }
            if at == line.count { break }
            guard line[at] == UInt8(ascii: ",") else {
                throw Self.fault("ranking", line, at, "a comma is expected")
            }
            at += 1
        }
        if inBraces { throw Self.fault("ranking", line, line.count, "a } is missing") }
        session.report.records += 1
        counted_ += weight
        if tiers.count == 1, tiers[0].count == 1 {
            single += 1
            return
        }
        let event = FeedbackEvent(.ranking(Ranking(tiers: tiers)), weight: weight)
        if let flaw = event.flaw {
            session.report.records -= 1
            throw Self.fault(flaw.field, line, end + 1, "\(flaw.value): \(flaw.reason)")
        }
        try sink.receive(event, line: session.line)
        session.report.events += 1
    }

    private static func fault(
        _ field: String, _ line: UnsafeBufferPointer<UInt8>, _ offset: Int, _ reason: String
    ) -> FieldError {
        var error = FieldError(
            field, column: nil, value: Excerpt.of(line[min(offset, line.count)...]), reason)
        error.offset = offset
        return error
    }
}
