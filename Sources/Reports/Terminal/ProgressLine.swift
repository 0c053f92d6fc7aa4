import Foundation

/// One line on standard error that says how far some work has come, for work that takes over a second.
///
/// It appears only on a terminal, is rewritten a few times a second, and is gone when the work is done. Any
/// thread may report; a report costs a lock that nobody holds for long, and nothing at all where no terminal
/// listens, so that hot loops may call it (reporting by the thousand is still better).
///
/// ```swift
/// let progress = ProgressLine("reading battles.csv", total: Double(bytes), unit: .bytes)
/// defer { progress.finish() }
/// while let chunk = next() { progress.advance(by: Double(chunk.count)) }
/// ```
public final class ProgressLine: Sendable {
    /// What is counted.
    public enum Unit: Sendable, Hashable {
        /// Bytes, shown as kB, MB and GB.
        case bytes
        /// Anything else, such as `events`.
        case things(String)
    }

    private let line: ProgressFormat
    private let state: ProgressState?

    /// Begins the work.
    ///
    /// - Parameters:
    ///   - label: what is being done.
    ///   - total: how much there is to do; `nil` where that is not known.
    ///   - shown: whether to show anything, which is further for the terminal to decide.
    public convenience init(
        _ label: String, total: Double? = nil, unit: Unit = .things(""), shown: Bool = true,
        terminal: TerminalInfo = .detect(.error)
    ) {
        self.init(
            ProgressFormat(
                label: label, total: total, unit: unit, width: terminal.width ?? 80, unicode: terminal.unicode
            ),
            shown: shown && terminal.isTerminal,
            now: { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 },
            write: { try? FileHandle.standardError.write(contentsOf: Data($0.utf8)) })
    }

    init(
        _ line: ProgressFormat, shown: Bool, now: @escaping @Sendable () -> Double,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.line = line
        state = shown ? ProgressState(now: now, write: write) : nil
    }

    deinit { finish() }

    /// Reports that this much more is done.
    public func advance(by amount: Double = 1) {
        state?.advance(by: amount, line)
    }

    /// Clears the line. Reports after this show nothing.
    public func finish() {
        state?.finish()
    }
}

/// What has been done so far, behind a lock.
private final class ProgressState: @unchecked Sendable {
    private static let delay = 1.0
    private static let pause = 0.1

    private let lock = NSLock()
    private let now: @Sendable () -> Double
    private let write: @Sendable (String) -> Void
    private let start: Double
    private var done = 0.0
    private var reports = 0
    /// How many reports to let pass before the clock is read again.
    private var patience = 1
    private var lastLook: Double
    private var nextDraw: Double
    private var isDrawn = false
    private var isFinished = false

    init(now: @escaping @Sendable () -> Double, write: @escaping @Sendable (String) -> Void) {
        self.now = now
        self.write = write
        start = now()
        lastLook = start
        nextDraw = start + Self.delay
    }

    func advance(by amount: Double, _ line: ProgressFormat) {
        lock.lock()
        defer { lock.unlock() }
        done += amount
        reports += 1
        guard reports >= patience, !isFinished else { return }
        reports = 0
        let time = now()
        // The clock is read about every hundredth of a second.
        if time - lastLook < 0.005, patience < 1 << 16 { patience *= 2 }
        if time - lastLook > 0.02 { patience = max(1, patience / 4) }
        lastLook = time
        guard time >= nextDraw else { return }
        nextDraw = time + Self.pause
        isDrawn = true
        write("\r\u{1B}[2K" + line.text(done: done, seconds: time - start))
    }

    func finish() {
        lock.lock()
        defer { lock.unlock() }
        if isDrawn, !isFinished { write("\r\u{1B}[2K") }
        isFinished = true
    }
}
