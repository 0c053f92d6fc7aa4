import Foundation
import Signals
import Testing

@testable import Serving

@Suite struct StoreConformanceTests {
    @Test func theStoreInMemory() throws {
        try StoreConformance.check { MemoryStore() }
    }

    @Test func theStoreInAFile() throws {
        let folder = try TemporaryFolder()
        var count = 0
        try StoreConformance.check {
            count += 1
            return try SQLiteServiceStore(path: folder.file("\(count).db"))
        }
    }
}

/// A folder of its own for a test, removed with the value.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "heed-serving-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String = "heed.db") -> String { path + "/" + name }
}
