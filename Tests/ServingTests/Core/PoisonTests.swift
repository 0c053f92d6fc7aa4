import Foundation
import Signals
import Testing

@testable import Serving

@Suite struct PoisonTests {
    /// A store that fails at one event, as it would at anything that SQLite does not take.
    private func store(_ folder: TemporaryFolder) throws -> SQLiteServiceStore {
        let store = try SQLiteServiceStore(path: folder.file())
        try store.feedback.write { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER fault BEFORE INSERT ON event WHEN NEW.id = CAST('poison' AS BLOB)
                    BEGIN SELECT RAISE(ABORT, 'no'); END
                    """)
        }
        return store
    }

    /// Keeps others from writing until it is told to let them.
    private func hold(_ store: SQLiteServiceStore) -> DispatchSemaphore {
        let isHeld = DispatchSemaphore(value: 0)
        let release = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            try? store.feedback.write { _ in
                isHeld.signal()
                release.wait()
            }
        }
        isHeld.wait()
        return release
    }

    @Test func whatCannotBeStoredTakesNothingElseWithIt() async throws {
        let folder = try TemporaryFolder()
        let store = try store(folder)
        let queue = CommitQueue(limit: 1000, group: 100) { try store.append($0) }
        let release = hold(store)
        let ids = (0..<9).map { $0 == 5 ? "poison" : "e\($0)" }
        let outcomes = await withTaskGroup(of: (String, Result<AppendResult, any Error>).self) { group in
            for id in ids {
                group.addTask {
                    let event = StoreConformance.thumb(id)
                    do {
                        return (id, .success(try await queue.submit(Submission(space: "s", events: [event]))))
                    } catch {
                        return (id, .failure(error))
                    }
                }
            }
            let deadline = Date(timeIntervalSinceNow: 20)
            while queue.count < ids.count, Date() < deadline { await Task.yield() }
            release.signal()
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for id in ids {
            switch outcomes[id] {
            case .success(let result): #expect(result.outcomes == [.kept] && id != "poison")
            case .failure: #expect(id == "poison")
            case nil: Issue.record("no answer for \(id)")
            }
        }
        await queue.close()
        #expect(queue.count == 0)
        #expect(try Set(store.ids()) == Set(ids).subtracting(["poison"]))
        #expect(try store.ledger("s") == StoreConformance.ledger(kept: 8))
        #expect(try store.verify() == [])
    }
}
