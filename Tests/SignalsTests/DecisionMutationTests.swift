import Testing

@testable import Signals

/// Whatever the bytes: an error, or a sound log; never a crash, never a hang.
@Suite("Decisions: mutated files")
struct DecisionMutationTests {
    static let samples: [(String, ReadOptions)] =
        FormatSample.all.filter { [.vowpalWabbit, .openBandit, .decisions].contains($0.format) }.map {
            ($0.text, $0.options)
        } + [
            (DecisionEventTests.lines.joined(separator: "\n"), ReadOptions()),
            (
                "1:1:0.5 | a\n1 2:3:0.25 4 'tag |user:2 a:1 b:x :3\n3:0:1 |é long-name-of-a-feature:0.25\n",
                ReadOptions()
            ),
        ]

    @Test("Mutations of every format of decisions", arguments: samples.indices)
    func mutations(_ index: Int) throws {
        let (text, sampleOptions) = Self.samples[index]
        var generator = SeededGenerator(seed: UInt64(index) + 91)
        let packed = try gzip(Array(text.utf8))
        for round in 0..<800 {
            let bytes = FormatMutationTests.mutate(
                round % 20 == 19 ? packed : Array(text.utf8), &generator)
            var options = sampleOptions
            options.skipBad = round % 2 == 0
            if round % 5 == 4 {
                options.format = [.vowpalWabbit, .openBandit, .decisions, .events][round % 4]
            }
            do {
                let (log, report) = try DecisionLogReader(options).read([.bytes(bytes, name: "mutant")])
                #expect(log.isSound)
                #expect(report.rows == log.count && (options.skipBad || report.badLineCount == 0))
                #expect(report.badLines.allSatisfy { $0.line > 0 && $0.column >= 0 && !$0.reason.isEmpty })
            } catch let error as FeedbackReadError {
                #expect(!error.description.isEmpty)
            } catch {
                Issue.record("an error of another kind: \(error)")
            }
        }
    }

    @Test("Random pieces of Vowpal Wabbit text")
    func pieces() {
        let pieces = [
            "1", ":", "|", " ", "\n", "\r\n", "'", "shared", "0:1:0.5", "a", "x:2", "\t", "\r", "\u{0}", "é",
            "1e400", "-",
            ".", "a=b", "\n\n", "| a\n", "shared |s b\n", "longer-than-eight", ":0.5", "nan",
        ]
        var generator = SeededGenerator(seed: 8)
        for round in 0..<4000 {
            let text = (0..<Int.random(in: 1..<40, using: &generator)).map { _ in
                pieces.randomElement(using: &generator)!
            }.joined()
            let options = ReadOptions(format: .vowpalWabbit, skipBad: round % 4 > 0)
            guard let (log, _) = try? decisions(text, options) else { continue }
            #expect(log.isSound)
        }
    }

    @Test("Sizes that invite quadratic work are answered soon", arguments: 0..<5)
    func sizes(_ which: Int) {
        let text =
            switch which {
            case 0: "1:1:1 |" + (0..<200_000).map { "n\($0) a|" }.joined() + "\n"
            case 1: "shared | s\n0:1:1 | a\n" + String(repeating: "| b c\n", count: 200_000)
            case 2: "1:1:1 | " + String(repeating: ":1 ", count: 300_000) + "\n"
            case 3: (0..<200_000).map { "\($0) " }.joined() + "1:1:1 | a\n"
            default: "1:1:1 | a\n" + String(repeating: "1:1:1 | a:x:\n", count: 200_000)
            }
        let time = ContinuousClock().measure {
            _ = try? decisions(text, ReadOptions(skipBad: true))
            var sink = FormatMutationTests.Checking()
            _ = try? FeedbackReader(ReadOptions(skipBad: true)).read(.text(text), into: &sink)
        }
        #expect(time < .seconds(20))
    }
}
