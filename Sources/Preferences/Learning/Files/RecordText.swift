import Foundation
import Kernels

/// One object of a JSON file or one row of a table.
struct FileRecord: Sendable {
    /// Where it begins, from 1.
    var line: Int
    var fields: [JSONField]

    /// A field that is there and not null or empty.
    subscript(_ name: String) -> JSONNode? {
        guard let value = value(name) else { return nil }
        switch value {
        case .null: return nil
        case .text(let text) where text.isEmpty: return nil
        default: return value
        }
    }

    /// A field, or a place within one: `info.post`, `summaries.0.text`, `summaries[0].text`.
    func value(_ name: String) -> JSONNode? {
        if let field = fields.first(where: { $0.name == name }) { return field.value }
        let parts = name.split { $0 == "." || $0 == "[" || $0 == "]" }
        guard parts.count > 1, var node = fields.first(where: { $0.name == parts[0] })?.value else {
            return nil
        }
        for part in parts.dropFirst() {
            let next: JSONNode? =
                switch node {
                case .object: node[String(part)]
                case .list(let nodes): Int(part).flatMap { nodes.indices.contains($0) ? nodes[$0] : nil }
                case .numbers(let numbers):
                    Int(part).flatMap { numbers.indices.contains($0) ? .number(numbers[$0]) : nil }
                default: nil
                }
            guard let next else { return nil }
            node = next
        }
        return node
    }
}

/// Reads records from bytes: JSON lines, a JSON array of objects, or a table with a header line.
struct RecordText {
    /// The file, for messages.
    let path: String
    /// The most bytes of one record.
    let longest: Int

    private func failed(
        _ line: Int?, _ problem: String, _ advice: String, field: String? = nil, value: String? = nil
    ) -> PairFileError {
        PairFileError(path: path, line: line, field: field, value: value, problem: problem, advice: advice)
    }

    /// Reads all records.
    func records(_ bytes: [UInt8]) throws -> [FileRecord] {
        try bytes.withUnsafeBufferPointer { bytes in
            var start = 0
            if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { start = 3 }
            try check(bytes)
            var first = start
            while first < bytes.count, bytes[first] <= 0x20 { first += 1 }
            guard first < bytes.count else {
                throw failed(nil, "the file is empty", "give a file with a record on each line")
            }
            let records: [FileRecord]
            switch bytes[first] {
            case UInt8(ascii: "["): records = try array(bytes, first)
            case UInt8(ascii: "{"): records = try lines(bytes, start)
            default: records = try TableText(path: path, longest: longest).records(bytes, start)
            }
            guard !records.isEmpty else {
                throw failed(nil, "the file has no records", "give a file with a record on each line")
            }
            return records
        }
    }

    /// What the first bytes say, and whether all is UTF-8.
    private func check(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        if bytes.count >= 2, bytes[0] == 0x1F, bytes[1] == 0x8B {
            throw failed(nil, "the file is compressed by gzip", "decompress it first (gunzip)")
        }
        if bytes.count >= 4, bytes[0] == 0x50, bytes[1] == 0x41, bytes[2] == 0x52, bytes[3] == 0x31 {
            throw failed(nil, "the file is Parquet", "convert it to JSON lines first")
        }
        if bytes.count >= 2, bytes[0] == 0xFF && bytes[1] == 0xFE || bytes[0] == 0xFE && bytes[1] == 0xFF {
            throw failed(nil, "the file is UTF-16", "convert it to UTF-8 first")
        }
        if let place = UTF8Bytes.firstInvalid(bytes) {
            throw failed(
                line(at: place, bytes), "byte \(place + 1) of the file is no UTF-8",
                "convert the file to UTF-8 (iconv)", value: "0x" + String(bytes[place], radix: 16))
        }
    }

    private func line(at place: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        1 + bytes[..<min(place, bytes.count)].count { $0 == 0x0A }
    }

    private func lines(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) throws -> [FileRecord] {
        var ranges: [(line: Int, range: Range<Int>)] = []
        var (place, line) = (start, 0)
        while place < bytes.count {
            let found = memchr(bytes.baseAddress! + place, 0x0A, bytes.count - place)
            let end = found.map { UnsafeRawPointer($0) - UnsafeRawPointer(bytes.baseAddress!) } ?? bytes.count
            line += 1
            if bytes[place..<end].contains(where: { $0 > 0x20 }) {
                guard end - place <= longest else {
                    throw failed(
                        line, "the line has \(end - place) bytes, and \(longest) is the limit",
                        "shorten it, or raise the limit")
                }
                ranges.append((line, place..<end))
            }
            place = end + 1
        }
        let (all, found) = (ranges, UnsafeSendable(bytes))
        let chunks = Parallel.chunks(all.count, size: 256)
        return try Parallel.map(chunks.count) { chunk in
            try chunks[chunk].map { index in
                let (line, range) = all[index]
                var scanner = JSONScanner(found.bytes, range)
                let fields = try object(&scanner, line: line, lineStart: range.lowerBound)
                scanner.skipSpace()
                guard scanner.isAtEnd else {
                    throw failed(
                        line,
                        "something follows the object at character \(scanner.place - range.lowerBound + 1)",
                        "write one object on each line")
                }
                return FileRecord(line: line, fields: fields)
            }
        }.flatMap { $0 }
    }

    private func array(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) throws -> [FileRecord] {
        var records: [FileRecord] = []
        var scanner = JSONScanner(bytes, start + 1..<bytes.count)
        var (counted, line) = (0, 1)
        func here() -> Int {
            line += bytes[counted..<max(counted, scanner.place)].count { $0 == 0x0A }
            counted = max(counted, scanner.place)
            return line
        }
        scanner.skipSpace()
        if scanner.take("]") { return [] }
        repeat {
            scanner.skipSpace()
            let (line, begin) = (here(), scanner.place)
            let fields = try object(&scanner, line: line, lineStart: begin)
            guard scanner.place - begin <= longest else {
                throw failed(
                    line, "the object has \(scanner.place - begin) bytes, and \(longest) is the limit",
                    "shorten it, or raise the limit")
            }
            records.append(FileRecord(line: line, fields: fields))
        } while scanner.take(",")
        guard scanner.take("]") else {
            throw failed(here(), "a comma or the end of the list should stand here", "correct the JSON")
        }
        scanner.skipSpace()
        guard scanner.isAtEnd else {
            throw failed(here(), "something follows the end of the list", "remove it")
        }
        return records
    }

    private func object(_ scanner: inout JSONScanner, line: Int, lineStart: Int) throws -> [JSONField] {
        do {
            let node = try scanner.value()
            guard case .object(let fields) = node else {
                throw failed(
                    line, "there is \(node.kind) where an object should stand",
                    "write one object with named fields for each comparison", value: node.shown)
            }
            return fields
        } catch let problem as JSONProblem {
            throw failed(
                line, "this is no JSON at character \(problem.place - lineStart + 1): \(problem.reason)",
                "correct the line")
        }
    }
}

/// Bytes that several threads read while they are kept in place.
private struct UnsafeSendable: @unchecked Sendable {
    let bytes: UnsafeBufferPointer<UInt8>
    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }
}

/// Checks UTF-8.
enum UTF8Bytes {
    /// The place of the first byte that is not part of valid UTF-8.
    static func firstInvalid(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var place = 0
        let count = bytes.count
        while place < count {
            if place + 8 <= count,
                UnsafeRawPointer(bytes.baseAddress! + place).loadUnaligned(as: UInt64.self)
                    & 0x8080_8080_8080_8080 == 0
            {
                place += 8
                continue
            }
            let first = bytes[place]
            if first < 0x80 {
                place += 1
                continue
            }
            let length: Int
            var second: ClosedRange<UInt8> = 0x80...0xBF
            switch first {
            case 0xC2...0xDF: length = 2
            case 0xE0: (length, second) = (3, 0xA0...0xBF)
            case 0xED: (length, second) = (3, 0x80...0x9F)
            case 0xE1...0xEF: length = 3
            case 0xF0: (length, second) = (4, 0x90...0xBF)
            case 0xF1...0xF3: length = 4
            case 0xF4: (length, second) = (4, 0x80...0x8F)
            default: return place
            }
            guard place + length <= count, second.contains(bytes[place + 1]) else { return place }
            for index in 2..<max(2, length) where bytes[place + index] & 0xC0 != 0x80 { return place }
            place += length
        }
        return nil
    }
}
