import Foundation
import HeedAPI
import Kernels
import Signals
import Testing

@testable import Serving

@Suite("The feed of a space")
struct FeedTests {
    private func vote(_ number: Int, judge: String) -> FeedbackEvent {
        FeedbackEvent(
            .comparison(Comparison(left: "a", right: "b\(number)", outcome: .left)), id: "v\(number)",
            judge: judge,
            groups: ["via": "page"], features: ["seconds": 3, "other": 1])
    }

    @Test("Only the latest votes are kept, and how many were left out is known")
    func bounded() throws {
        let store = MemoryStore()
        let feed = SpaceFeed("s", store: store, limit: 100)
        for round in 0..<10 {
            _ = try store.append([
                Submission(space: "s", events: (0..<50).map { vote(50 * round + $0, judge: "j\($0 % 2)") })
            ])
            let votes = try feed.follow().votes
            #expect(votes.all.count <= 120)
            #expect(votes.all.count + votes.leftOut == 50 * (round + 1))
        }
        let votes = try feed.follow().votes
        let last = votes.all.comparison(votes.all.comparisons.count - 1)
        #expect(
            last.feedback.items == ["a", "b499"] && last.groups.isEmpty && last.features == ["seconds": 3])
    }

    @Test("What is set aside and removed leaves exactly the other votes")
    func removing() throws {
        let store = MemoryStore()
        let feed = SpaceFeed("s", store: store, limit: 1_000)
        _ = try store.append([Submission(space: "s", events: (0..<40).map { vote($0, judge: "j\($0 % 4)") })])
        let all = try feed.follow()
        let aside = feed.setAside(["j1"])
        #expect(aside.votes.counted.count == 30 && aside.votes.setAside == 10)
        #expect(aside.generation > all.generation)
        _ = try store.append([Submission(space: "s", events: [vote(41, judge: "j1"), vote(42, judge: "j2")])])
        let more = try feed.follow()
        #expect(more.generation == aside.generation)
        #expect(more.votes.counted.count == 31 && more.votes.recent.map(\.judge) == ["j2"])
        var gone: [StoredEvent] = []
        try store.events("s", EventFilter(), limit: nil) { if $0.event.id == "v42" { gone.append($0) } }
        _ = try feed.remove(gone)
        let left = try feed.follow()
        #expect(left.votes.all.count == 41 && left.votes.counted.count == 30)
        let back = feed.setAside([])
        #expect(back.votes.counted.count == 41 && back.votes.setAside == 0)
        _ = try store.prune("s", before: 0)
        _ = try store.remove("s", ids: ["v0", "v1"])
        #expect(try feed.follow().votes.all.count == 39)
        try store.drop("s")
        #expect(try feed.follow().votes.all.count == 0)
    }

    @Test("A reward whose decision is known no longer is counted by what the store says of it")
    func lateRewards() throws {
        let store = MemoryStore()
        let latest = 20
        let feed = SpaceFeed("s", store: store, limit: 10, latest: latest)
        let count = latest + 10
        let decisions = (0..<count).map { number in
            FeedbackEvent(
                .decision(Decision(id: "d\(number)", action: "a", policy: "p1")), time: Double(number))
        }
        _ = try store.append([Submission(space: "s", events: decisions)])
        func reward(_ value: Double) throws {
            let event = FeedbackEvent(.reward(Reward(value: value)), decision: "d3")
            _ = try store.append([Submission(space: "s", events: [event])])
        }
        try reward(1)
        _ = try feed.follow()
        try reward(2)
        let view = try #require(try feed.follow().decisions.view)
        #expect(view.decisions == count && view.rewarded == 1)
        #expect(view.versions == [.init(version: "p1", count: 1, reward: Estimate(3))])
        #expect(view.series.first?.reward.value == 3)
        #expect(view.actions == [.init(action: "a", count: latest, reward: nil)])
    }

    @Test("Means take numbers back exactly, merge, and survive numbers at the edge")
    func means() throws {
        var random = CounterRandom(seed: 3)
        let values = (0..<200).map { _ in 1e6 + random.normal() }
        var whole = RunningMean(), half = RunningMean(), other = RunningMean()
        for (number, value) in values.enumerated() {
            whole.add(value)
            if number < 100 { half.add(value) } else { other.add(value) }
        }
        whole.add(7)
        whole.remove(7)
        half.merge(other)
        for mean in [whole, half] {
            let estimate = try #require(mean.estimate)
            #expect(abs(estimate.value - Statistics.mean(values)) < 1e-6)
            let spread =
                (Statistics.variance(values) / 200).squareRoot() * Special.studentQuantile(0.975, df: 199)
            #expect(abs((estimate.high ?? 0) - estimate.value - spread) < 1e-4)
        }
        var extreme = RunningMean()
        for value in [1e308, -1e308, 1e308] { extreme.add(value) }
        if let estimate = extreme.estimate { #expect(estimate.value.isFinite && estimate.low == nil) }
        #expect(RunningMean().estimate == nil)
        var series = TimeSeries()
        for number in 0..<5_000 { series.add(1, at: 1.7e9 + 977 * Double(number)) }
        for odd in [-1, .nan, .infinity, 1e300] { series.add(1, at: odd) }
        #expect(series.points.count <= 60 && series.points.reduce(0) { $0 + $1.count } == 5_000)
    }
}
