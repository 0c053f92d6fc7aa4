import Foundation
import Kernels
import Testing

@testable import Preferences

@Suite("Numbers from files")
struct NumberFileTests {
    /// Written by numpy 2 of [[1.5, -2.25, 3], [4, 5, 6.125]]: single precision, then double in Fortran order, then half in version 2.
    static let single =
        "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAMA/AAAQwAAAQEAAAIBAAACgQAAAxEA="
    static let fortran =
        "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAD4PwAAAAAAABBAAAAAAAAAAsAAAAAAAAAUQAAAAAAAAAhAAAAAAACAGEA="
    static let half =
        "k05VTVBZAgB0AAAAeydkZXNjcic6ICc8ZjInLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAPoDAAEIARABFIEY="
    /// Written by the safetensors library: "x" in single precision and "bias", three whole numbers.
    static let safetensors =
        "eAAAAAAAAAB7ImJpYXMiOnsiZHR5cGUiOiJJNjQiLCJzaGFwZSI6WzNdLCJkYXRhX29mZnNldHMiOlswLDI0XX0sIngiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsM10sImRhdGFfb2Zmc2V0cyI6WzI0LDQ4XX19ICAgICAAAAAAAAAAAAEAAAAAAAAAAgAAAAAAAAAAAMA/AAAQwAAAQEAAAIBAAACgQAAAxEA="
    static let numbers = [1.5, -2.25, 3, 4, 5, 6.125]

    static func bytes(_ text: String) -> [UInt8] { Array(Data(base64Encoded: text)!) }

    /// A file of numpy.
    static func numpy(_ type: String, _ shape: String, order: String = "False", _ data: [UInt8]) -> [UInt8] {
        var header = Array("{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }".utf8)
        header += [UInt8](repeating: 0x20, count: 63 - (header.count + 10) % 64) + [0x0A]
        return [
            0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, UInt8(header.count % 256), UInt8(header.count / 256),
        ] + header
            + data
    }

    @Test("Files of numpy and safetensors are read", arguments: [single, fortran, half, safetensors])
    func reads(_ text: String) throws {
        let matrix = try NumberFile.read(Self.bytes(text), path: "x")
        #expect(matrix.rows == 2 && matrix.columns == 3)
        #expect(matrix.dense == Self.numbers)
    }

    @Test("Every type")
    func types() throws {
        func check(_ type: String, _ data: [UInt8], _ expected: [Double]) throws {
            #expect(
                try NumberFile.read(Self.numpy(type, "(\(expected.count),)", data), path: "x").dense
                    == expected)
        }
        try check("<i8", [1, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 255, count: 8), [1, -1])
        try check("<i4", [254, 255, 255, 255], [-2])
        try check("<i2", [0, 128], [-32768])
        try check("|i1", [128, 127], [-128, 127])
        try check("|u1", [255], [255])
        try check("<f2", [0, 0x3C, 1, 0, 0xFF, 0x7B, 0, 0x80, 0, 0xC0], [1, 0x1p-24, 65504, 0, -2])
        #expect(NumberType.bf16.doubles([0x80, 0x3F, 0x20, 0xC1], from: 0, count: 2) == [1, -10])
    }

    @Test("What cannot be read is refused in words")
    func refused() {
        let one = [UInt8](repeating: 0, count: 8)
        func problem(_ bytes: [UInt8], tensor: String? = nil) -> String {
            do {
                let matrix = try NumberFile.read(bytes, path: "x", tensor: tensor)
                return "read \(matrix.rows) × \(matrix.columns)"
            } catch { return "\(error)" }
        }
        #expect(problem(Self.numpy(">f8", "(1, 1)", one)).contains("big endian"))
        #expect(problem(Self.numpy("<c8", "(1, 1)", one)).contains("type"))
        #expect(problem(Self.numpy("|O", "(1, 1)", one)).contains("type"))
        #expect(problem(Self.numpy("<f8", "(1, 1, 1)", one)).contains("two dimensions"))
        #expect(problem(Self.numpy("<f8", "()", one)).contains("two dimensions"))
        #expect(problem(Self.numpy("<f8", "(2, 1)", one)).contains("cut off"))
        #expect(problem(Self.numpy("<f8", "(0, 3)", [])).contains("empty"))
        #expect(problem(Self.numpy("<f8", "(9223372036854775807, 2)", one)).contains("cut off"))
        #expect(problem(Self.numpy("<f8", "(-1, 2)", one)).contains("shape"))
        #expect(problem(Self.numpy("<f8", "(1, 1)", [0, 0, 0, 0, 0, 0, 0xF8, 0x7F])).contains("not finite"))
        #expect(problem(Array(Self.bytes(Self.single).prefix(9))).contains("header"))
        #expect(problem([]).contains("no safetensors"))
        #expect(problem(Self.bytes(Self.safetensors), tensor: "y").contains("no such tensor"))
        #expect(problem(Self.bytes(Self.safetensors), tensor: "bias").contains("shape is [3]"))
        #expect(problem(Array(Self.bytes(Self.safetensors).dropLast())).contains("cut off"))
    }

    @Test("Numbers by row or by id describe the items of pairs")
    func items() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).npy")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(Self.bytes(Self.single)).write(to: URL(fileURLWithPath: path))
        let byRow = try ItemTable.read(path)
        let pairs = Array(#"{"left":1,"right":0,"winner":1}"#.utf8)
        #expect(
            try PairFile().read(pairs, name: "p", items: byRow).numbers?.dense == [
                4, 5, 6.125, 1.5, -2.25, 3,
            ])
        let byName = try ItemTable.read(path, ids: ["x", "y"])
        #expect(byName["y"] == 1)
        #expect(throws: PairFileError.self) { try ItemTable.read(path, ids: ["x"]) }
        #expect(throws: PairFileError.self) { try ItemTable.read(path, ids: ["x", "x"]) }
    }

    @Test("What is written is read back, bit for bit")
    func writes() throws {
        let arrays: [String: ModelState.Numbers] = [
            "w\"ö\n": .init([.nan, -0.0, .infinity, 5e-324, 0.1], shape: [5, 1]), "a": .init([]),
            "scalar": .init([3], shape: []),
        ]
        let bytes = SafetensorsNumbers.bytes(arrays)
        #expect((bytes.count - 6 * 8) % 8 == 0)
        let read = try SafetensorsNumbers(bytes)
        #expect(read.entries.count == 3)
        for entry in read.entries {
            let (a, b) = (try read.numbers(entry), try #require(arrays[entry.name]))
            #expect(a.shape == b.shape)
            #expect(a.values.map(\.bitPattern) == b.values.map(\.bitPattern))
        }
        #expect(SafetensorsNumbers.bytes(arrays) == bytes)
    }

    @Test(
        "Whatever is done to a file, reading ends in numbers or in an error",
        arguments: [single, fortran, half, safetensors])
    func fuzz(_ text: String) {
        let seed = Self.bytes(text)
        var random = CounterRandom(seed: 5)
        for _ in 0..<2500 {
            var bytes = seed
            for _ in 0...random.below(3) where !bytes.isEmpty {
                let place = random.below(min(bytes.count, 140))
                switch random.below(4) {
                case 0, 1:
                    bytes[place] =
                        random.below(2) == 0 ? UInt8(random.below(256)) : UInt8(48 + random.below(10))
                case 2: bytes.remove(at: place)
                default: bytes.removeLast(random.below(bytes.count))
                }
            }
            do { _ = try NumberFile.read(bytes, path: "x") } catch {
                #expect(error is PairFileError)
            }
        }
    }
}
