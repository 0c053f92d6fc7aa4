import Testing

@testable import Signals

/// Whatever the bytes: an error, or sound events; never a crash, never a hang.
@Suite("Mutated files")
struct FormatMutationTests {
    /// Counts what comes and checks each event.
    struct Checking: FeedbackSink {
        var events = 0
        var bad = 0

        mutating func receive(_ event: FeedbackEvent, line: Int) {
            events += 1
            if line < 1 || event.flaw != nil { Issue.record("an unsound event at line \(line): \(event)") }
        }

        mutating func reject(_ line: BadLine) {
            bad += 1
            if line.line < 1 || line.column < 0 || line.reason.isEmpty {
                Issue.record("an unsound report: \(line)")
            }
        }
    }

    static let pieces: [[UInt8]] = [
        Array("\"".utf8), Array("\"\"".utf8), [0], Array("[".utf8), Array("{".utf8), Array("]".utf8),
        Array("}".utf8),
        Array(",".utf8), Array(",,,,".utf8), Array("\t".utf8), Array(";".utf8), Array("\n".utf8),
        Array("\r".utf8),
        Array("\r\n\r\n".utf8), Array("1e999".utf8), Array("-".utf8),
        Array("99999999999999999999999999".utf8),
        Array("nan".utf8), Array("0x10".utf8), Array("\\".utf8), Array("\\ud800".utf8), [0xFF], [0xC3],
        [0xED, 0xA0, 0x80],
        [0xEF, 0xBB, 0xBF], Array(":".utf8), Array(">".utf8), Array("=".utf8), Array("+".utf8),
        Array("null".utf8),
        [UInt8](repeating: UInt8(ascii: "["), count: 3000), [UInt8](repeating: UInt8(ascii: "{"), count: 300),
        [UInt8](repeating: UInt8(ascii: ","), count: 70_000), Array(#"{"a":"#.utf8), [0x1F, 0x8B],
    ]

    static func mutate(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int.random(in: 0..<4, using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            switch Int.random(in: 0..<7, using: &generator) {
            case 0 where place < bytes.count:
                bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes.removeSubrange(place...)
            case 2: bytes.insert(contentsOf: pieces.randomElement(using: &generator)!, at: place)
            case 3:
                let end = min(bytes.count, place + Int.random(in: 0..<20, using: &generator))
                bytes.removeSubrange(place..<end)
            case 4:
                let end = min(bytes.count, place + Int.random(in: 0..<60, using: &generator))
                let part = Array(bytes[place..<end])
                bytes.insert(contentsOf: part, at: Int.random(in: 0...bytes.count, using: &generator))
            case 5 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            default: bytes += pieces.randomElement(using: &generator)!
            }
        }
        return bytes
    }

    @Test("Mutations of every format", arguments: FormatSample.all)
    func mutations(_ sample: FormatSample) throws {
        var generator = SeededGenerator(seed: sample.name.utf8.reduce(17) { $0 &* 31 &+ UInt64($1) })
        let packed = try gzip(Array(sample.text.utf8))
        let clock = ContinuousClock()
        for round in 0..<200 {
            let isPacked = round % 10 == 9
            let bytes = Self.mutate(isPacked ? packed : Array(sample.text.utf8), &generator)
            var options = sample.options
            options.skipBad = round % 2 == 0
            var sink = Checking()
            let time = clock.measure {
                do {
                    let report = try FeedbackReader(options).read(.bytes(bytes, name: "mutant"), into: &sink)
                    #expect(report.events == sink.events)
                    #expect(report.badLineCount == sink.bad)
                    #expect(options.skipBad || sink.bad == 0)
                } catch let error as FeedbackReadError {
                    #expect(!error.description.isEmpty)
                } catch {
                    Issue.record("an error of another kind: \(error)")
                }
            }
            #expect(time < .seconds(20))
        }
    }

    @Test("Random bytes, and random pieces put together")
    func noise() {
        var generator = SeededGenerator(seed: 3)
        for round in 0..<1500 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0..<80, using: &generator) {
                if round % 2 == 0 {
                    bytes.append(UInt8.random(in: 0...255, using: &generator))
                } else {
                    bytes += Self.pieces[Int.random(in: 0..<30, using: &generator)]
                }
            }
            var sink = Checking()
            _ = try? FeedbackReader(ReadOptions(skipBad: true)).read(
                .bytes(bytes, name: "noise"), into: &sink)
            for format in [FeedbackFormat.prefLib, .events, .comparisons] {
                _ = try? FeedbackReader(ReadOptions(format: format, skipBad: true)).read(
                    .bytes(bytes, name: "noise"), into: &sink)
            }
            _ = try? FeedbackEvent(jsonLine: String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test("Sizes that invite quadratic work are answered soon", arguments: 0..<8)
    func sizes(_ which: Int) {
        let text: String
        switch which {
        case 0:
            let columns = (0..<4000).map { "rank_x\($0),seen_x\($0)" }.joined(separator: ",")
            text = columns + "\n" + (0..<8000).map(String.init).joined(separator: ",") + "\n"
        case 1: text = "season,position,driver\n" + (1...20_000).map { "1,\($0),d\($0)\n" }.joined()
        case 2: text = "case,alt,choice\n" + (1...20_000).map { "1,a\($0),\($0 == 9 ? 1 : 0)\n" }.joined()
        case 3:
            let names = (0..<20_000).map { "s\($0)" }.joined(separator: "+")
            text = "system1,rank1,system2,rank2\n\(names),1,\(names),1\n"
        case 4: text = "left,right,winner,weight\na,b,a,\(String(repeating: "9", count: 1_000_000))\n"
        case 5: text = "race,choice1,choice2\n" + (1...4000).map { "m,c\($0),d\($0)\n" }.joined()
        case 6: text = "{" + (0..<20_000).map { "\"k\($0)\":{\"a\":[\($0)]}" }.joined(separator: ",") + "}"
        default:
            let columns = (0..<4000).map { "left.f\($0),right.f\($0)" }.joined(separator: ",")
            text = "left,right,winner,\(columns)\na,b,a\(String(repeating: ",1", count: 8000))\n"
        }
        var sink = Checking()
        let time = ContinuousClock().measure {
            _ = try? FeedbackReader(ReadOptions(skipBad: true)).read(.text(text), into: &sink)
        }
        #expect(time < .seconds(20))
    }
}
