import Foundation
import Heed
import Testing

/// The library as another package uses it: the example of the README, with `import Heed` alone.
@Suite struct LibraryTests {
    @Test func theExampleOfTheReadme() throws {
        let folder = try Scratch()
        let lines = [
            "tea,coffee,left,ann", "coffee,water,left,bob", "water,tea,right,ann", "coffee,tea,tie,bob",
        ]
        try folder.write((["left,right,winner,judge"] + lines).joined(separator: "\n") + "\n", "battles.csv")

        let log = try FeedbackLog(contentsOf: folder.path("battles.csv"))
        #expect(try !Audit().run(on: log).summary.isEmpty)

        var options = BoardOptions()
        options.intervals.cluster = .judge
        let fit = try AutomaticModel(options).fit(log)
        #expect(fit.items.map(\.item) == ["tea", "coffee", "water"])
        #expect(try fit.probability("tea", over: "coffee").win > 0.5)

        var scheduler = try ComparisonScheduler(log: log)
        let pairs = try scheduler.ask(count: 3)
        #expect(pairs.count == 3)
        try scheduler.tell(left: "tea", right: "coffee", outcome: .left)
    }
}
