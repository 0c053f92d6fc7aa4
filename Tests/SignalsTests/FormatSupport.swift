import Foundation

@testable import Signals

/// Reads a text and keeps everything that came of it.
struct Reading: FeedbackSink {
    var lines: [String] = []
    var numbers: [Int] = []
    var rejected: [BadLine] = []
    var report: ReadReport?

    mutating func receive(_ event: FeedbackEvent, line: Int) {
        lines.append(event.jsonLine())
        numbers.append(line)
    }

    mutating func reject(_ line: BadLine) { rejected.append(line) }

    init(_ text: String, _ options: ReadOptions = ReadOptions()) throws {
        try self.init(Array(text.utf8), options)
    }

    init(_ bytes: [UInt8], _ options: ReadOptions = ReadOptions()) throws {
        report = try FeedbackReader(options).read(.bytes(bytes, name: "text"), into: &self)
    }
}

/// Packs bytes with gzip.
func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
    let output = ByteOutput(compressed: true)
    try output.write(bytes)
    return try output.finish()
}

/// The folder of public data sets that some tests read; `nil` where it is absent.
let dataFolder: String? = {
    var folders: [String] = []
    if let named = ProcessInfo.processInfo.environment["HEED_DATA"] { folders.append(named) }
    let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    folders.append(repository.deletingLastPathComponent().appending(path: "shared/data").path())
    return folders.first { FileManager.default.fileExists(atPath: $0) }
}()

/// A folder of its own for a test's files.
func temporaryFolder() throws -> String {
    let path = NSTemporaryDirectory() + "/heed-formats-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
}

/// A small generator with a seed, so that every run sees the same cases.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
