import Signals
import Testing

/// Records that end exactly where a block of the reader ends.
@Suite struct FormatBoundaryTests {
    @Test(arguments: [64, 256, 1024, 4096])
    func linesThatFillBlocksExactlyAreAllRead(_ width: Int) throws {
        // Every line is a power of two long, so that each block boundary is a line's end.
        let head = #"{"kind":"comparison","left":"a","right":"b","outcome":"left""#
        let filler = #","judge":""#
        let rest = width - head.utf8.count - filler.utf8.count - 3
        let line =
            rest >= 0
            ? head + filler + String(repeating: "j", count: rest) + "\"}\n"
            : head + "}" + String(repeating: " ", count: width - head.utf8.count - 2) + "\n"
        #expect(line.utf8.count == width)
        let count = (1 << 20) / width * 3
        var log = FeedbackLog()
        let text = String(repeating: line, count: count)
        let report = try FeedbackReader().read(.text(text), into: &log)
        #expect(report.events == count && log.count == count)
    }
}
