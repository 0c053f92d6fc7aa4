import Foundation
import Testing

@testable import Reports

/// What was written, and a clock that the test moves.
private final class Screen: @unchecked Sendable {
    private let lock = NSLock()
    private var written: [String] = []
    private var seconds = 0.0

    var lines: [String] { lock.withLock { written } }

    var time: Double {
        get { lock.withLock { seconds } }
        set { lock.withLock { seconds = newValue } }
    }

    func write(_ text: String) { lock.withLock { written.append(text) } }

    func line(_ format: ProgressFormat, shown: Bool = true) -> ProgressLine {
        ProgressLine(format, shown: shown, now: { self.time }, write: { self.write($0) })
    }
}

@Suite struct ProgressTests {
    private let format = ProgressFormat(label: "reading", total: 1000, unit: .things("events"), width: 80)

    @Test func workUnderASecondShowsNothing() {
        let screen = Screen(), progress = screen.line(format)
        for _ in 0..<9 {
            screen.time += 0.1
            progress.advance(by: 100)
        }
        progress.finish()
        #expect(screen.lines.isEmpty)
    }

    @Test func longerWorkShowsALineThatGoesAway() {
        let screen = Screen(), progress = screen.line(format)
        for _ in 0..<50 {
            screen.time += 0.05
            progress.advance(by: 10)
        }
        progress.finish()
        progress.advance(by: 10)
        progress.finish()
        let lines = screen.lines
        #expect((10...17).contains(lines.count), "a few times a second: \(lines.count)")
        #expect(lines.first?.contains("reading  20% ━━━━") ?? false)
        #expect(lines.first?.contains("200 events/s") ?? false)
        #expect(lines.first?.contains("4 s left") ?? false)
        #expect(lines.last == "\r\u{1B}[2K")
    }

    @Test func aLineThatIsLetGoOfIsCleared() {
        let screen = Screen()
        do {
            let progress = screen.line(format)
            screen.time = 2
            progress.advance(by: 5)
        }
        #expect(screen.lines.last == "\r\u{1B}[2K")
    }

    @Test func nothingIsWrittenWhereNoTerminalListens() {
        let screen = Screen(), progress = screen.line(format, shown: false)
        screen.time = 5
        progress.advance(by: 100)
        progress.finish()
        #expect(screen.lines.isEmpty)
    }

    @Test func theClockIsSeldomReadInHotLoops() {
        let screen = Screen()
        let reads = Screen()
        let progress = ProgressLine(
            format, shown: true,
            now: {
                reads.write("")
                return screen.time
            }, write: { screen.write($0) })
        for _ in 0..<100_000 { progress.advance() }
        #expect(reads.lines.count < 50)
    }

    @Test func manyThreadsMayReport() async {
        let screen = Screen(), progress = screen.line(format)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { for _ in 0..<100 { progress.advance() } } }
        }
        screen.time = 2
        for _ in 0..<5000 where screen.lines.isEmpty { progress.advance(by: 0) }
        #expect(screen.lines.first?.contains(" 80%") ?? false)
    }

    @Test func linesFitTheTerminal() {
        for width in 1...120 {
            for total in [nil, 5e9] {
                let format = ProgressFormat(
                    label: "reading 日本語 a-file-with-a-long-name.csv.gz", total: total, unit: .bytes,
                    width: width)
                #expect(DisplayWidth.of(format.text(done: 1.2e9, seconds: 3)) < max(2, width))
            }
        }
        let bytes = ProgressFormat(label: "r", total: nil, unit: .bytes, width: 80).text(
            done: 1.2e9, seconds: 3)
        #expect(bytes == "r  1.2 GB · 400 MB/s")
        #expect(NumberText.duration(3725) == "62 min" && NumberText.duration(7500) == "2 h 5 min")
    }
}
