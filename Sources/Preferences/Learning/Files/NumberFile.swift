import Foundation
import Kernels

/// Rows of numbers from a file of numpy (`.npy`) or safetensors: embeddings of items, one row for each. Read without libtorch.
///
/// From `.npy`: versions 1 to 3, one or two dimensions, f2, f4, f8, i1, i2, i4, i8 and u1, little endian, in C or Fortran order. From
/// safetensors: F16, BF16, F32, F64, I8 to I64 and U8, two dimensions. Every number has to be finite.
///
/// ```swift
/// let numbers = try NumberFile.read("items.npy")
/// print(numbers.rows, numbers.columns)
/// ```
public enum NumberFile {
    /// Reads a file.
    ///
    /// - Parameter tensor: Which of a safetensors file; needed where it has several of two dimensions.
    /// - Throws: `PairFileError`.
    public static func read(_ path: String, tensor: String? = nil) throws -> FeatureMatrix {
        try read(try FileBytes.read(path), path: path, tensor: tensor)
    }

    /// Reads the bytes of a file.
    public static func read(_ bytes: [UInt8], path: String, tensor: String? = nil) throws -> FeatureMatrix {
        if bytes.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) {
            return try NumpyBytes(bytes, path: path).matrix()
        }
        do {
            return try SafetensorsNumbers(bytes).matrix(tensor)
        } catch let error as SafetensorsNumbers.Problem {
            throw PairFileError(
                path: path, field: error.tensor, problem: error.reason,
                advice: "give a .npy or .safetensors file as numpy or safetensors write it")
        }
    }
}

/// How numbers stand in a file, little endian.
enum NumberType: String {
    case f16, bf16, f32, f64, i8, i16, i32, i64, u8

    var size: Int {
        switch self {
        case .i8, .u8: 1
        case .f16, .bf16, .i16: 2
        case .f32, .i32: 4
        case .f64, .i64: 8
        }
    }

    /// Reads `count` numbers from a place; there are enough bytes.
    func doubles(_ bytes: [UInt8], from start: Int, count: Int) -> [Double] {
        bytes.withUnsafeBytes { raw in
            func all<T>(_ type: T.Type, _ number: (T) -> Double) -> [Double] {
                (0..<count).map {
                    number(raw.loadUnaligned(fromByteOffset: start + $0 * MemoryLayout<T>.size, as: T.self))
                }
            }
            return switch self {
            case .f64: all(UInt64.self) { Double(bitPattern: UInt64(littleEndian: $0)) }
            case .f32: all(UInt32.self) { Double(Float(bitPattern: UInt32(littleEndian: $0))) }
            case .bf16: all(UInt16.self) { Double(Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16)) }
            case .f16: all(UInt16.self) { Self.half(UInt16(littleEndian: $0)) }
            case .i64: all(Int64.self) { Double(Int64(littleEndian: $0)) }
            case .i32: all(Int32.self) { Double(Int32(littleEndian: $0)) }
            case .i16: all(Int16.self) { Double(Int16(littleEndian: $0)) }
            case .i8: all(Int8.self) { Double($0) }
            case .u8: all(UInt8.self) { Double($0) }
            }
        }
    }

    /// A number of IEEE half precision; Swift has no such type on every machine.
    private static func half(_ bits: UInt16) -> Double {
        let sign = bits & 0x8000 == 0 ? 1.0 : -1.0
        let (exponent, fraction) = (Int(bits >> 10 & 0x1F), Double(bits & 0x3FF))
        switch exponent {
        case 0: return sign * scalbn(fraction, -24)
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * scalbn(1024 + fraction, exponent - 25)
        }
    }
}

/// Reads whole files.
enum FileBytes {
    static func read(_ path: String) throws -> [UInt8] {
        do { return Array(try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)) } catch {
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            throw PairFileError(
                path: path,
                problem: !exists
                    ? "there is no such file" : isFolder.boolValue ? "it is a folder" : "it cannot be read",
                advice: exists ? "give a file that you may read" : "check the path")
        }
    }
}

/// A file of numpy.
struct NumpyBytes {
    private let bytes: [UInt8]
    private let path: String

    init(_ bytes: [UInt8], path: String) {
        self.bytes = bytes
        self.path = path
    }

    private func failed(
        _ problem: String, _ advice: String = "write it with numpy.save", field: String? = nil
    )
        -> PairFileError
    {
        PairFileError(path: path, field: field, problem: problem, advice: advice)
    }

    func matrix() throws -> FeatureMatrix {
        guard bytes.count >= 10 else { throw failed("the file ends within its header") }
        let version = bytes[6]
        guard (1...3).contains(version) else { throw failed("version \(version) of the format is not known") }
        let start = version == 1 ? 10 : 12
        guard bytes.count >= start else { throw failed("the file ends within its header") }
        var length = Int(bytes[8]) | Int(bytes[9]) << 8
        if version > 1 { length |= Int(bytes[10]) << 16 | Int(bytes[11]) << 24 }
        guard length <= 1 << 20, start + length <= bytes.count else {
            throw failed("the header should have \(length) bytes, but the file ends before")
        }
        let header = String(decoding: bytes[start..<start + length], as: UTF8.self)
        let type = try type(header)
        let shape = try shape(header)
        guard let order = value("fortran_order", header), order.hasPrefix("True") || order.hasPrefix("False")
        else {
            throw failed("the header does not say fortran_order", field: "fortran_order")
        }
        guard shape.count == 1 || shape.count == 2 else {
            throw failed(
                "the array has the shape \(shape)", "save two dimensions: a row for each item", field: "shape"
            )
        }
        let (rows, columns) = (shape[0], shape.count == 2 ? shape[1] : 1)
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        let (size, tooLarge) = count.multipliedReportingOverflow(by: type.size)
        guard rows > 0, columns > 0 else {
            throw failed("the array is empty", "save at least one row", field: "shape")
        }
        guard !overflow, !tooLarge, size == bytes.count - start - length else {
            throw failed(
                "an array of \(rows) × \(columns) does not take the \(bytes.count - start - length) bytes that follow "
                    + "the header", "save it again; the file is cut off or damaged", field: "shape")
        }
        var values = type.doubles(bytes, from: start + length, count: count)
        if order.hasPrefix("True"), shape.count == 2 {
            let source = values
            for row in 0..<rows {
                for column in 0..<columns { values[row * columns + column] = source[column * rows + row] }
            }
        }
        if let place = values.firstIndex(where: { !$0.isFinite }) {
            throw PairFileError(
                path: path, field: "row \(place / columns), column \(place % columns)",
                value: String(values[place]),
                problem: "the number is not finite", advice: "replace or leave out such rows")
        }
        return try FeatureMatrix(rows: rows, columns: columns, values: values)
    }

    /// What stands behind a key of the header.
    private func value(_ key: String, _ header: String) -> Substring? {
        guard let range = header.range(of: "'\(key)'") ?? header.range(of: "\"\(key)\"") else { return nil }
        let rest = header[range.upperBound...].drop { $0 == " " }
        return rest.first == ":" ? rest.dropFirst().drop { $0 == " " } : nil
    }

    private func type(_ header: String) throws -> NumberType {
        guard let text = value("descr", header), let quote = text.first, quote == "'" || quote == "\"" else {
            throw failed("the array holds no plain numbers", "save numbers of one type", field: "descr")
        }
        let name = String(text.dropFirst().prefix { $0 != quote })
        switch name {
        case "<f8": return .f64
        case "<f4": return .f32
        case "<f2": return .f16
        case "<i8": return .i64
        case "<i4": return .i32
        case "<i2": return .i16
        case "|i1", "<i1": return .i8
        case "|u1", "<u1": return .u8
        default:
            throw PairFileError(
                path: path, field: "descr", value: name,
                problem: name.hasPrefix(">")
                    ? "the numbers are big endian" : "numbers of this type cannot be read",
                advice: "save array.astype('<f4')")
        }
    }

    private func shape(_ header: String) throws -> [Int] {
        guard let text = value("shape", header), text.first == "(", let end = text.firstIndex(of: ")") else {
            throw failed("the header does not say the shape", field: "shape")
        }
        let parts = text[text.index(after: text.startIndex)..<end].split(separator: ",").map { part in
            part.filter { $0 != " " && $0 != "L" }
        }
        return try parts.filter { !$0.isEmpty }.map { part in
            guard let size = Int(part), size >= 0 else {
                throw failed("the shape \(text[...end]) is none", field: "shape")
            }
            return size
        }
    }
}
