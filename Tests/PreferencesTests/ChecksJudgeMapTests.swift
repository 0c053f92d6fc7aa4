import Foundation
import Kernels
import Signals
import Testing

@testable import Preferences

@Suite struct ChecksJudgeMapTests {
    private func map(_ log: FeedbackLog) throws -> JudgeMapResult {
        try JudgeMap().draw(log, try BradleyTerry().fit(log))
    }

    private func group(of judge: String) -> Int? {
        judge.hasPrefix("g") ? judge.dropFirst().first?.wholeNumberValue : nil
    }

    @Test func plantedGroupsAreRecovered() throws {
        for seed in 0..<5 {
            let log = ChecksSimulation.town(groups: 3, judges: 40, answers: 60, odd: 4, seed: UInt64(seed))
            let map = try map(log)
            let known = map.points.filter { group(of: $0.judge) != nil }
            #expect(map.groups.count == 3)
            #expect(map.camps == 0)
            let agreement = PartitionAgreement.adjustedRandIndex(
                known.map { $0.group ?? 0 }, known.map { group(of: $0.judge)! })
            #expect(agreement >= 0.9)
        }
    }

    @Test func oneTasteIsOneGroup() throws {
        let single = try (0..<20).count { seed in
            let log = ChecksSimulation.town(
                groups: 1, judges: 40, answers: 40, odd: 3, seed: UInt64(100 + seed))
            return try map(log).groups.count == 1
        }
        #expect(single >= 18)
    }

    @Test func oddJudgesAreShownWhereTheyBelong() throws {
        let map = try map(ChecksSimulation.town(groups: 1, judges: 30, answers: 80, odd: 4, seed: 7))
        for point in map.points {
            if point.judge.hasPrefix("reversed") {
                #expect(point.x < -1 && point.sharpness < -0.5)
                #expect(point.agreement < 0.4)
            } else if point.judge.hasPrefix("g") {
                #expect(point.x > 1 && point.group == 1)
            } else {
                #expect(abs(point.x) < 1.5 && abs(point.sharpness) < 0.5)
            }
        }
        #expect(map.points.count { $0.group == nil } >= 5)
        #expect(map.points.map(\.answers).allSatisfy { $0 == 80 })
    }

    @Test func opposedCampsAreTwoGroups() throws {
        var log = FeedbackLog()
        var random = CounterRandom(seed: 4)
        for judge in 0..<40 {
            for _ in 0..<50 {
                let a = random.below(8), b = (a + 1 + random.below(7)) % 8
                let left = (a < b) == (judge % 2 == 0)
                try log.append(
                    FeedbackEvent(
                        .comparison(
                            Comparison(
                                left: "i\(a)", right: "i\(b)",
                                outcome: left != random.bernoulli(0.15) ? .left : .right)),
                        judge: "\(judge)"))
            }
        }
        let map = try map(log)
        #expect(map.groups.count == 2 && map.camps == 1)
        let found = map.points.map { $0.group ?? 0 }, known = map.points.map { Int($0.judge)! % 2 }
        #expect(PartitionAgreement.adjustedRandIndex(found, known) >= 0.9)
        let first = map.groups[0]
        #expect(Set([first.more[0].item, first.less[0].item]).isSubset(of: ["i0", "i1", "i6", "i7"]))
    }

    @Test func rankingsAndRatingsDrawTheSamePicture() throws {
        var random = CounterRandom(seed: 9)
        var ranked = FeedbackLog(), rated = FeedbackLog()
        for judge in 0..<40 {
            for prompt in 0..<8 {
                let noisy = (0..<6).map { item in
                    (Double(judge < 20 ? item : 5 - (item + 3) % 6) + random.normal(), "i\(item)")
                }
                try ranked.append(
                    FeedbackEvent(
                        .ranking(Ranking(tiers: noisy.sorted { $0.0 > $1.0 }.map { [$0.1] })),
                        judge: "\(judge)"))
                for (value, item) in noisy {
                    try rated.append(
                        FeedbackEvent(
                            .rating(Rating(item, value.rounded())), judge: "\(judge)", prompt: "p\(prompt)"))
                }
            }
        }
        for (log, model) in [(ranked, PlackettLuce() as any PreferenceModel), (rated, RatingScale())] {
            let map = try JudgeMap().draw(log, try model.fit(log))
            #expect(map.groups.count == 2)
            let found = map.points.map { $0.group ?? 0 }, known = map.points.map { Int($0.judge)! < 20 }
            #expect(PartitionAgreement.adjustedRandIndex(found, known) >= 0.9)
        }
    }

    @Test func neitherThreadsNorLinesNorNamesMatter() throws {
        let log = ChecksSimulation.town(groups: 2, judges: 15, answers: 40, items: 8, seed: 5)
        let map = try map(log)
        for threads in [1, 2, 8] { #expect(try Parallel.withThreads(threads) { try self.map(log) } == map) }
        let shuffled = try self.map(ChecksSimulation.disguised(log, renamed: false, seed: 6))
        // Exchanged sides may cost the last bit of a sum.
        #expect(shuffled.points.map(\.judge) == map.points.map(\.judge))
        for (a, b) in zip(map.points, shuffled.points) {
            #expect(a.group == b.group && abs(a.x - b.x) < 1e-12 && abs(a.y - b.y) < 1e-12)
            #expect(abs(a.expectedAgreement - b.expectedAgreement) < 1e-12 && a.agreement == b.agreement)
        }
        let renamed = try self.map(ChecksSimulation.disguised(log, renamed: true, seed: 6))
        let byName = Dictionary(uniqueKeysWithValues: renamed.points.map { ($0.judge, $0) })
        for point in map.points {
            let other = try #require(byName[String(point.judge.reversed()) + "*"])
            #expect(other.group == point.group)
            #expect(abs(other.x - point.x) < 1e-6 && abs(other.y - point.y) < 1e-6)
        }
    }

    @Test func smallLogsHaveAPicture() throws {
        let few = ChecksSimulation.town(groups: 1, judges: 2, answers: 3, items: 2, seed: 1)
        let map = try map(few)
        #expect(map.points.count == 2 && map.groups.count == 1 && map.evidence.isEmpty)
        let nameless = ChecksSimulation.board(items: 3, per: 2, seed: 1)
        #expect(throws: PreferenceError.self) { try self.map(nameless) }
        var apart = FeedbackLog()
        for judge in 0..<12 {
            for part in 0..<2 {
                try apart.append(
                    FeedbackEvent(
                        .comparison(Comparison(left: "a\(part)", right: "b\(part)", outcome: .left)),
                        judge: "\(judge)"))
            }
        }
        #expect(try self.map(apart).groups.count == 1)
    }

    @Test func adjustedRandIndexHasItsKnownValues() {
        #expect(PartitionAgreement.adjustedRandIndex([1, 1, 2, 2], ["b", "b", "a", "a"]) == 1)
        #expect(abs(PartitionAgreement.adjustedRandIndex([1, 1, 2, 2], [1, 2, 1, 2]) + 0.5) < 1e-12)
        #expect(abs(PartitionAgreement.adjustedRandIndex([0, 0, 1, 1], [0, 0, 1, 2]) - 4.0 / 7) < 1e-12)
        #expect(PartitionAgreement.adjustedRandIndex([1, 1, 1], [2, 2, 2]) == 1)
        #expect(PartitionAgreement.adjustedRandIndex([Int](), [Int]()) == 1)
    }
}
