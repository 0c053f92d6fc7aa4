import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct JournalTests {
    @Test func outcomesCountOnceInAnyOrder() {
        var journal = Journal(seed: 3)
        var random = CounterRandom(seed: 5)
        var open: Set<Int> = []
        for step in 0..<5000 {
            if random.bernoulli(0.5) || open.isEmpty {
                let (id, _) = journal.begin()
                let isNew = open.insert(id).inserted
                #expect(isNew)
            } else {
                let id = random.bernoulli(0.8) ? open.randomElement(using: &random)! : random.below(step + 1)
                let closed = journal.close(id)
                #expect(closed == (open.remove(id) != nil))
            }
            if step % 500 == 0 { #expect(journal.waiting == open.count) }
        }
        #expect(journal.decided == journal.learned + journal.waiting)
    }

    @Test func forgottenDecisionsAreRefused() {
        var journal = Journal()
        for _ in 0..<300 { _ = journal.begin() }
        #expect(journal.isWaiting(0) && journal.isWaiting(299) && !journal.isWaiting(300))
        journal.forget(before: 130)
        #expect(!journal.isWaiting(129) && journal.isWaiting(130) && !journal.isWaiting(-1))
        #expect(journal.waiting == 170)
        let closed = [journal.close(129), journal.close(130)]
        #expect(closed == [false, true])
        #expect(journal.refused == 1)
    }

    @Test func answeredDecisionsTakeNoRoom() throws {
        var journal = Journal()
        for _ in 0..<100_000 {
            let id = journal.begin().id
            let closed = journal.close(id)
            #expect(closed)
        }
        #expect(try JSONEncoder().encode(journal).count < 3000)
    }

    @Test func randomnessBelongsToTheDecision() {
        var a = Journal(seed: 9), b = Journal(seed: 9)
        for _ in 0..<10 { _ = b.begin() }
        for _ in 0..<10 { _ = a.begin() }
        #expect(a.upcoming == b.upcoming)
        let upcoming = a.upcoming
        let next = [a.begin().random, a.begin().random]
        #expect(next[0] == upcoming && next[1] != upcoming)
    }
}

@Suite struct PolicyFileTests {
    @Test func otherFilesAreRefused() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("p.json").path
        let policy = EpsilonGreedy(arms: 2)
        try policy.save(to: path)
        #expect(try PolicyFile.id(at: path) == "epsilon-greedy")
        #expect(try EpsilonGreedy.load(from: path) == policy)
        let good = try Data(contentsOf: URL(fileURLWithPath: path))
        let text = String(decoding: good, as: UTF8.self)
        for broken in [
            Data(), Data("[]".utf8), good.dropLast(3),
            Data(text.replacingOccurrences(of: "epsilon-greedy", with: "ucb1").utf8),
            Data(text.replacingOccurrences(of: "\"version\":1", with: "\"version\":2").utf8),
            Data(text.replacingOccurrences(of: "counts", with: "count").utf8),
        ] {
            try Data(broken).write(to: URL(fileURLWithPath: path))
            #expect(throws: BanditError.self) { try EpsilonGreedy.load(from: path) }
        }
        #expect(throws: BanditError.self) {
            try EpsilonGreedy.load(from: folder.appendingPathComponent("none").path)
        }
        #expect(throws: BanditError.self) {
            try policy.save(to: folder.appendingPathComponent("no/such/p").path)
        }
    }
}

@Suite struct FeatureVectorTests {
    @Test func sparseAndDenseAgree() {
        let sparse = FeatureVector(indices: [4, 1], values: [2, -1])
        let dense = FeatureVector(sparse.dense(6))
        #expect(dense.values == [0, -1, 0, 0, 2, 0])
        let weights: [Double] = [9, 1, 2, 3, 4, 5, 6, 7]
        weights.withUnsafeBufferPointer {
            #expect(sparse.dot($0) == 7)
            #expect(dense.dot($0, offset: 2) == sparse.dot($0, offset: 2))
        }
        #expect(sparse.dimension == 5 && dense.dimension == 6)
    }

    @Test func damagedVectorsAreRefused() throws {
        let decoder = JSONDecoder()
        let sound = try decoder.decode(
            FeatureVector.self, from: Data(#"{"indices":[3,1],"values":[2,5]}"#.utf8))
        #expect(sound == FeatureVector(indices: [3, 1], values: [2, 5]))
        for text in [#"{"indices":[-1],"values":[2]}"#, #"{"indices":[1,2],"values":[2]}"#] {
            #expect(throws: DecodingError.self) {
                try decoder.decode(FeatureVector.self, from: Data(text.utf8))
            }
        }
    }

    @Test func negativeIndicesTrap() async {
        await #expect(processExitsWith: .failure) { _ = FeatureVector(indices: [2, -1], values: [1, 1]) }
    }
}

@Suite struct BadRewardTests {
    @Test func notANumberTraps() async {
        await #expect(processExitsWith: .failure) {
            var policy = UCB1(arms: 2)
            policy.learn(policy.choose(BanditContext()), .nan)
        }
        await #expect(processExitsWith: .failure) {
            var policy = LinUCB(arms: 2, features: 1)
            policy.learn(policy.choose(BanditContext(features: [1])), .infinity)
        }
        await #expect(processExitsWith: .failure) {
            var p = [0.0, 0]
            Arms.putOnBest(BanditContext().choices(of: 2), &p) { _ in .nan }
        }
    }
}
