import Testing

@testable import Signals

/// The Open Bandit sample, read as it is; skipped where the folder of data (`HEED_DATA`) is absent.
@Suite("Decisions: real files", .enabled(if: dataFolder != nil, "no folder of data: set HEED_DATA"))
struct DecisionRealDataTests {
    @Test(
        "Open Bandit: counts, clicks and propensities",
        arguments: [("random_men", 46, 0.029411764705882353), ("bts_men", 69, 0.000165)])
    func openBandit(_ name: String, _ clicks: Double, _ smallest: Double) throws {
        let folder = "\(dataFolder ?? "")/open_bandit_sample"
        let path = "\(folder)/\(name).csv.gz"
        let (log, report) = try DecisionLogReader().read([path])
        #expect(log.count == 10_000 && log.reward.reduce(0, +) == clicks && log.propensity.min() == smallest)
        #expect(log.actions.count == 34 && log.hasPropensities && log.isSound)
        #expect(Set(log.position.values) == [1, 2, 3])
        #expect(report.format == .openBandit && report.withoutReward == 0 && report.badLineCount == 0)

        // By way of events, and on the careful way, the same comes out.
        var events = FeedbackLog()
        let reading = try FeedbackReader().read(path, into: &events)
        #expect(reading.events == 20_000 && events.counts == [.decision: 10_000, .reward: 10_000])
        let joined = try DecisionLogReader().read([
            .text(events.events.map { $0.jsonLine() }.joined(separator: "\n"))
        ]).log
        #expect(joined.read == log.read)

        let items = try DecisionLog(contentsOf: [path], items: "\(folder)/items_men.csv")
        #expect(items.possible.columns.count == 340_000 && items.actionFeatures.count == 340_000)
        #expect(items.isSound && items.action == log.action)
    }
}
