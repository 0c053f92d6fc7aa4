import Kernels

/// Arrays of numbers by name in the bytes of a safetensors file, without libtorch: all are written as F64, so that no bit is lost.
///
/// The bytes are eight for the length of the header, the header as JSON (type, shape and place of each tensor), then the data
/// without holes.
struct SafetensorsNumbers {
    /// What is wrong with a file.
    struct Problem: Error {
        var tensor: String?
        var reason: String
    }

    /// A tensor's description.
    struct Entry {
        var name: String
        var type: String
        var shape: [Int]
        var range: Range<Int>

        var number: NumberType? {
            switch type {
            case "F64": .f64
            case "F32": .f32
            case "F16": .f16
            case "BF16": .bf16
            case "I64": .i64
            case "I32": .i32
            case "I16": .i16
            case "I8": .i8
            case "U8": .u8
            default: nil
            }
        }
    }

    let entries: [Entry]
    private let bytes: [UInt8]
    private let start: Int

    /// Reads the header and checks it.
    init(_ bytes: [UInt8]) throws {
        guard bytes.count >= 8 else {
            throw Problem(reason: "it is no safetensors file: it has \(bytes.count) bytes")
        }
        let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= 100_000_000, length <= UInt64(bytes.count - 8) else {
            throw Problem(
                reason: "it is no safetensors file, or it is cut off: its header has \(length) bytes")
        }
        start = 8 + Int(length)
        self.bytes = bytes
        let end = start
        let fields = try bytes.withUnsafeBufferPointer { all -> [JSONField] in
            let header = UnsafeBufferPointer(rebasing: all[8..<end])
            guard UTF8Bytes.firstInvalid(header) == nil else {
                throw Problem(reason: "its header is no UTF-8")
            }
            var scanner = JSONScanner(header, 0..<header.count)
            do {
                guard case .object(let fields) = try scanner.value() else {
                    throw Problem(reason: "its header is no JSON object")
                }
                scanner.skipSpace()
                guard scanner.isAtEnd else { throw Problem(reason: "something follows its header's JSON") }
                return fields
            } catch let problem as JSONProblem {
                throw Problem(reason: "its header is damaged at byte \(problem.place + 8): \(problem.reason)")
            }
        }
        var found: [Entry] = []
        for field in fields where field.name != "__metadata__" {
            found.append(try Self.entry(field, size: bytes.count - start))
        }
        found.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
        var last = 0
        for entry in found {
            guard entry.range.lowerBound == last else {
                throw Problem(
                    tensor: entry.name, reason: "its data do not follow those before without a hole")
            }
            last = entry.range.upperBound
        }
        guard last == bytes.count - start else {
            throw Problem(reason: "its data have \(bytes.count - start) bytes, its tensors \(last)")
        }
        entries = found
    }

    private static func entry(_ field: JSONField, size: Int) throws -> Entry {
        func whole(_ number: Double) -> Int? { number >= 0 && number < 9e15 ? Int(exactly: number) : nil }
        func failed(_ reason: String) -> Problem { Problem(tensor: field.name, reason: reason) }
        guard case .text(let type) = field.value["dtype"],
            case .numbers(let offsets) = field.value["data_offsets"],
            offsets.count == 2, let lower = whole(offsets[0]), let upper = whole(offsets[1]), lower <= upper,
            upper <= size
        else { throw failed("the tensor's type or place is missing or damaged, or the file is cut off") }
        var shape: [Int] = []
        switch field.value["shape"] {
        case .numbers(let sizes):
            guard sizes.count <= 64 else { throw failed("the tensor has more than 64 dimensions") }
            for size in sizes {
                guard let size = whole(size) else { throw failed("the tensor's shape is damaged") }
                shape.append(size)
            }
        case .list(let list) where list.isEmpty: break
        default: throw failed("the tensor's shape is missing")
        }
        let entry = Entry(name: field.name, type: type, shape: shape, range: lower..<upper)
        if let number = entry.number {
            var (count, overflows) = (number.size, false)
            for size in shape where !overflows {
                (count, overflows) = count.multipliedReportingOverflow(by: size)
            }
            guard !overflows, count == upper - lower else {
                throw failed("the tensor's shape \(shape) does not fit its \(upper - lower) bytes")
            }
        }
        return entry
    }

    /// The numbers of a tensor.
    func numbers(_ entry: Entry) throws -> ModelState.Numbers {
        guard let type = entry.number else {
            throw Problem(tensor: entry.name, reason: "numbers of the type \(entry.type) cannot be read")
        }
        let count = entry.range.count / type.size
        return ModelState.Numbers(
            type.doubles(bytes, from: start + entry.range.lowerBound, count: count), shape: entry.shape)
    }

    /// A tensor of two dimensions as rows: the one with a name, or the only one.
    func matrix(_ name: String?) throws -> FeatureMatrix {
        let fitting = entries.filter { name == nil ? $0.shape.count == 2 : $0.name == name }
        guard let entry = fitting.first, fitting.count == 1 else {
            throw Problem(
                tensor: name,
                reason: (name != nil
                    ? "there is no such tensor"
                    : "it has \(fitting.count) tensors of two dimensions; say which")
                    + " (it has: \(entries.prefix(12).map(\.name).joined(separator: ", ")))")
        }
        guard entry.shape.count == 2, entry.shape[0] > 0, entry.shape[1] > 0 else {
            throw Problem(
                tensor: entry.name, reason: "its shape is \(entry.shape); a row for each item is needed")
        }
        let numbers = try numbers(entry)
        if let place = numbers.values.firstIndex(where: { !$0.isFinite }) {
            throw Problem(
                tensor: entry.name,
                reason:
                    "number \(place % entry.shape[1]) of row \(place / entry.shape[1]) is \(numbers.values[place]), "
                    + "not finite")
        }
        return try FeatureMatrix(rows: entry.shape[0], columns: entry.shape[1], values: numbers.values)
    }

    /// The bytes of a file with these arrays, in the order of their names: equal arrays give equal bytes.
    static func bytes(_ arrays: [String: ModelState.Numbers]) -> [UInt8] {
        let names = arrays.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var fields = ["\"__metadata__\":{\"format\":\"heed\"}"]
        var end = 0
        for name in names {
            let numbers = arrays[name]!
            let size = numbers.values.count * 8
            fields.append(
                "\(quoted(name)):{\"dtype\":\"F64\",\"shape\":[\(numbers.shape.map(String.init).joined(separator: ","))],"
                    + "\"data_offsets\":[\(end),\(end + size)]}")
            end += size
        }
        var header = Array("{\(fields.joined(separator: ","))}".utf8)
        header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + header.count + end)
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes += header
        for name in names {
            for value in arrays[name]!.values {
                withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
            }
        }
        return bytes
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case "\0"..<" ":
                result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
