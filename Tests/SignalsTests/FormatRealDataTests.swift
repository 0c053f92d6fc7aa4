import Testing

@testable import Signals

/// The public data sets, read as they are; skipped where the folder of data (`HEED_DATA`) is absent. The counts were
/// made independently of the readers.
@Suite("Real files", .enabled(if: dataFolder != nil, "no folder of data: set HEED_DATA"))
struct FormatRealDataTests {
    struct Expected: Sendable, CustomStringConvertible {
        var path: String
        var format: FeedbackFormat
        var events: Int
        var kind: Feedback.Kind
        var items: Int
        var judges = 0
        var prompts = 0
        var keeping: [String: Set<String>] = [:]
        var bad = 0

        var description: String { path + (keeping.isEmpty ? "" : " \(keeping)") }
    }

    static let files: [Expected] = [
        Expected(
            path: "alpaca_eval/annotations.csv.gz", format: .alpacaEval, events: 74_053, kind: .comparison,
            items: 72,
            judges: 6, prompts: 805),
        Expected(
            path: "hh_rlhf_harmless_test/pairs.jsonl.gz", format: .chosenRejected, events: 1532,
            kind: .comparison,
            items: 3040, prompts: 1531, bad: 4),
        Expected(
            path: "wmt15_human/comparisons.csv.gz", format: .rankedPairs, events: 100_483, kind: .comparison,
            items: 28,
            judges: 73, prompts: 5869),
        Expected(
            path: "football_international/results.csv.gz", format: .scores, events: 35_079, kind: .comparison,
            items: 304),
        Expected(
            path: "tennis_atp/matches.csv.gz", format: .results, events: 98_448, kind: .comparison,
            items: 3317),
        Expected(
            path: "discrete_choice/mode_canada.csv", format: .choiceRows, events: 4324, kind: .choice,
            items: 4,
            prompts: 4324),
        Expected(
            path: "f1_results/results.csv", format: .positions, events: 157, kind: .ranking, items: 53,
            prompts: 157),
        Expected(
            path: "minneapolis_rcv_2013/ballots.csv", format: .ballots, events: 1095, kind: .ranking,
            items: 36,
            prompts: 10),
        Expected(
            path: "minneapolis_rcv_2013/ballots.csv", format: .ballots, events: 185, kind: .ranking, items: 5,
            prompts: 1,
            keeping: ["race": ["boe"]]),
        Expected(
            path: "preflib_small/rankings.csv", format: .orders, events: 5401, kind: .ranking, items: 36),
        Expected(
            path: "preflib_small/rankings.csv", format: .orders, events: 4926, kind: .ranking, items: 10,
            keeping: ["dataset": ["sushi_soc"]]),
        Expected(
            path: "starwars_rankings/rankings.csv", format: .rankColumns, events: 834, kind: .ranking,
            items: 6, judges: 834),
        Expected(
            path: "wmt13_fren_5way/rankings.csv.gz", format: .judgedRankings, events: 10_196, kind: .ranking,
            items: 13,
            judges: 218, prompts: 2278),
        Expected(
            path: "coat/train.csv", format: .ratings, events: 4512, kind: .rating, items: 300, judges: 188),
        Expected(
            path: "movielens_100k/ratings.csv.gz", format: .ratings, events: 100_000, kind: .rating,
            items: 1682, judges: 943),
        Expected(
            path: "crowd_snow2008/rte.csv", format: .labels, events: 8000, kind: .label, items: 0, judges: 164
        ),
        Expected(
            path: "crowd_snow2008/valence.csv", format: .labels, events: 1000, kind: .label, items: 0,
            judges: 38),
        Expected(
            path: "crowd_truth_infer/bluebirds.csv", format: .labels, events: 4212, kind: .label, items: 0,
            judges: 39),
        Expected(
            path: "crowd_truth_infer/dog.csv", format: .labels, events: 8070, kind: .label, items: 0,
            judges: 109),
    ]

    private static func path(_ name: String) -> String { "\(dataFolder ?? "")/\(name)" }

    @Test("Counts are exact", arguments: files)
    func counts(_ expected: Expected) throws {
        var log = FeedbackLog()
        let options = ReadOptions(keeping: expected.keeping, skipBad: true)
        let report = try FeedbackReader(options).read(Self.path(expected.path), into: &log)
        #expect(report.format == expected.format)
        #expect(report.events == expected.events)
        #expect(report.badLineCount == expected.bad)
        #expect(log.counts == [expected.kind: expected.events])
        #expect(log.items.count == expected.items)
        #expect(log.judges.count == expected.judges)
        #expect(log.prompts.count == expected.prompts)
    }

    @Test("Values are read as they were meant")
    func values() throws {
        let football = try FeedbackLog(contentsOf: Self.path("football_international/results.csv.gz"))
        #expect(football.comparisons.outcome.count { $0 == .tie } == 8158)
        #expect((0..<football.comparisons.count).count { football.comparisons.first[$0] == nil } == 9215)

        let alpaca = try FeedbackLog(contentsOf: Self.path("alpaca_eval/annotations.csv.gz"))
        #expect(alpaca.comparisons.outcome.count { $0 == .skip } == 34)
        #expect(alpaca.comparisons.outcome.count { $0 == .tie } == 281)

        let ballots = try FeedbackLog(contentsOf: Self.path("minneapolis_rcv_2013/ballots.csv"))
        #expect(
            (0..<ballots.rankings.count).reduce(0) { $0 + ballots.rankings.context.weight[$1] } == 114_593)

        let races = try FeedbackLog(contentsOf: Self.path("f1_results/results.csv"))
        #expect(races.rankings.items.count == 3241)

        let ratings = try FeedbackLog(contentsOf: Self.path("movielens_100k/ratings.csv.gz"))
        #expect(abs(ratings.ratings.score.reduce(0, +) / 100_000 - 3.530) < 0.0005)
    }

    @Test("AlpacaEval's official win rates come out")
    func winRates() throws {
        let options = ReadOptions(keeping: ["judge": ["weighted_alpaca_eval_gpt4_turbo"]])
        let log = try FeedbackLog(contentsOf: Self.path("alpaca_eval/annotations.csv.gz"), options: options)
        var total = 0.0
        var count = 0.0
        for event in log.events {
            guard case .comparison(let c) = event.feedback, c.right == "FuseChat-Gemma-2-9B-Instruct" else {
                continue
            }
            guard c.outcome != .skip else { continue }
            total += c.probability.map { 1 - $0 } ?? (c.outcome == .right ? 1 : c.outcome == .tie ? 0.5 : 0)
            count += 1
        }
        #expect(abs(100 * total / count - 70.497) < 0.001)
    }

    @Test(
        "Files that hold no feedback say what they are",
        arguments: [
            ("mnist_10k/images-idx3-ubyte.gz", "binary"),
            ("lightgbm_rank/rank.test.libsvm", "LIBSVM"), ("movielens_100k/users.csv", "gender"),
            ("tiny_shakespeare/input.txt.gz", "no columns can be seen"),
            ("letor_mq2007_subset/docs.csv.gz", "docid"),
            ("alpaca_eval/outputs.jsonl.gz", "prompt_id"),
        ])
    func others(_ path: String, _ part: String) throws {
        var log = FeedbackLog()
        #expect { try FeedbackReader().read(Self.path(path), into: &log) } throws: { "\($0)".contains(part) }
    }
}
