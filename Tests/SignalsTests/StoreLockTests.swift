#if os(Linux)
    import Foundation
    import Testing

    @testable import Signals

    @Suite struct StoreLockTests {
        /// The locks that are held on a file, by anyone.
        private func locks(on path: String) throws -> Int {
            let number = try #require(
                FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? NSNumber)
            return try String(contentsOfFile: "/proc/locks", encoding: .utf8)
                .split(separator: "\n").count { $0.contains(":\(number) ") }
        }

        @Test func openingAStoreAgainTakesNoLockFromTheOneThatIsOpen() throws {
            let folder = try StoreFolder()
            let path = folder.file()
            let store = try FeedbackStore(path: path)
            try store.append([FeedbackEvent(.thumb(Thumb("tea", up: true)), id: "1")])
            let held = try locks(on: path)
            #expect(held > 0)
            let again = try FeedbackStore(path: path, create: false)
            #expect(try again.ledger().kept == 1)
            #expect(try locks(on: path) > 0)
            try again.close()
            #expect(try locks(on: path) > 0)
            let draft = try StoreDraft(for: folder.file("copy.db"))
            try FeedbackStore.copy(from: path, to: draft)
            #expect(try locks(on: path) > 0)
            try store.close()
            #expect(try locks(on: path) == 0)
            // What takes its place is looked at again.
            try FileManager.default.removeItem(atPath: path)
            try Data("a text".utf8).write(to: URL(fileURLWithPath: path))
            #expect(throws: StoreError.self) { try FeedbackStore(path: path, create: false) }
        }
    }
#endif
