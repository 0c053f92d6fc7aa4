import Kernels

/// A table that describes actions, one row each.
struct ActionTable {
    private var names: [[UInt8]] = []
    private var numbers: [[(name: String, value: Double)]] = []
    private let file: String

    /// Reads a table; a column is of numbers where all its values are, and of categories otherwise.
    init(_ source: FeedbackSource) throws {
        file = source.name
        let buffer = try BlockBuffer(ByteInput(source), file: source.name)
        if buffer.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { buffer.consume(3) }
        if let (looksLike, advice) = FileKind.refusal(buffer.bytes) {
            throw FeedbackReadError.wrongKind(file: source.name, looksLike: looksLike, advice: advice)
        }
        while !buffer.isLast { try buffer.more(line: 1) }
        let lines = try Self.rows(of: buffer.bytes, file: source.name)
        guard let header = lines.first else { return }
        let key =
            header.cells.firstIndex { Schema.key(String(decoding: $0, as: UTF8.self)) == "item_id" } ?? 0
        let isNumeric = header.cells.indices.map { column in
            lines.dropFirst().allSatisfy { line in
                line.cells[column].isEmpty
                    || line.cells[column].withUnsafeBufferPointer { DecimalNumber.value($0) } != nil
            }
        }
        var seen = Names()
        for line in lines.dropFirst() {
            let name = line.cells[key]
            let known = seen.count
            name.withUnsafeBufferPointer { _ = seen.intern($0) }
            guard seen.count > known, !name.isEmpty else {
                throw Self.bad(
                    source.name, line, value: name,
                    reason: name.isEmpty ? "an action needs a name" : "an action appears twice")
            }
            names.append(name)
            var row: [(name: String, value: Double)] = []
            for (column, cell) in line.cells.enumerated() where column != key && !cell.isEmpty {
                let title = String(decoding: header.cells[column], as: UTF8.self)
                guard !title.isEmpty else { continue }
                if isNumeric[column] {
                    let value = cell.withUnsafeBufferPointer { DecimalNumber.value($0) } ?? 0
                    if value != 0 { row.append((title, value)) }
                } else {
                    row.append(("\(title)=\(String(decoding: cell, as: UTF8.self))", 1))
                }
            }
            numbers.append(row)
        }
    }

    private struct Line {
        var number: Int
        var text: [UInt8]
        var cells: [[UInt8]]
    }

    private static func rows(of bytes: UnsafeBufferPointer<UInt8>, file: String) throws -> [Line] {
        let scanner = TableScanner(separator: TableScanner.separator(of: bytes))
        let row = Row()
        var fields: [TableScanner.Field] = []
        var lines: [Line] = []
        var at = 0
        var number = 1
        while at < bytes.count {
            let rest = UnsafeBufferPointer(rebasing: bytes[at...])
            switch scanner.scan(rest, isLast: true, into: &fields) {
            case .more: return lines
            case .bad(_, let body, _, let reason):
                throw bad(
                    file, Line(number: number, text: Array(rest[..<body]), cells: []), value: [],
                    reason: reason)
            case .record(let length, let body, let lineBreaks):
                let record = UnsafeBufferPointer(rebasing: rest[..<body])
                row.begin(line: number, record: record, columns: fields.count)
                TableScanner.fill(row, from: fields)
                var line = Line(number: number, text: Array(record), cells: [])
                if fields.count > 1 || row.bytes(0) != nil {
                    line.cells = fields.indices.map { row.bytes($0).map { Array($0) } ?? [] }
                    guard UTF8Check.firstInvalid(record) == nil else {
                        throw bad(file, line, value: [], reason: "not valid UTF-8")
                    }
                    guard lines.isEmpty || lines[0].cells.count == fields.count else {
                        throw bad(
                            file, line, value: line.text,
                            reason:
                                "\(counted(fields.count, "field")) where the header names \(lines[0].cells.count)"
                        )
                    }
                    lines.append(line)
                }
                at += length
                number += lineBreaks
            }
        }
        return lines
    }

    private static func bad(_ file: String, _ line: Line, value: [UInt8], reason: String) -> FeedbackReadError
    {
        .badLines(
            file: file,
            lines: [
                BadLine(
                    file: file, line: line.number, column: 0, field: "item", value: Excerpt.of(value),
                    reason: reason,
                    text: String(decoding: line.text, as: UTF8.self))
            ], count: 1)
    }

    /// Gives every decision that names no possible actions all those of the table; says what was done.
    func add(to log: inout DecisionLog) -> String {
        let codes = names.map { name in name.withUnsafeBufferPointer { log.actions.intern($0) } }
        let features = numbers.map { row in row.map { (log.featureNames.intern($0.name), $0.value) } }
        let known = Set(codes)
        let (old, oldFeatures) = (log.possible, log.actionFeatures)
        log.possible = SparseRows()
        log.actionFeatures = SparseRows()
        var strangers = 0
        for row in 0..<log.count {
            let given = row < old.count ? old.range(row) : 0..<0
            if given.isEmpty {
                if !known.contains(log.action[row]) {
                    strangers += 1
                    log.possible.append(
                        column: Int32(bitPattern: log.action[row]), value: log.propensity[row])
                    log.actionFeatures.endRow()
                }
                for (code, numbers) in zip(codes, features) {
                    log.possible.append(
                        column: Int32(bitPattern: code),
                        value: code == log.action[row] ? log.propensity[row] : .nan)
                    for (feature, value) in numbers {
                        log.actionFeatures.append(column: Int32(bitPattern: feature), value: value)
                    }
                    log.actionFeatures.endRow()
                }
            } else {
                for entry in given {
                    log.possible.append(column: old.columns[entry], value: old.values[entry])
                    if entry < oldFeatures.count {
                        for index in oldFeatures.range(entry) {
                            log.actionFeatures.append(
                                column: oldFeatures.columns[index], value: oldFeatures.values[index])
                        }
                    }
                    log.actionFeatures.endRow()
                }
            }
            log.possible.endRow()
        }
        let missing =
            strangers > 0 ? "; \(counted(strangers, "decision")) took an action that is not there" : ""
        return
            "every one of the \(counted(names.count, "action")) in \(file) was possible every time\(missing)"
    }
}
