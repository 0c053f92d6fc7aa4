import Foundation
import Heed
import Synchronization

/// Commands that run at once, each of which prints a number.
enum CommandRun {
    /// What a command came to.
    struct Result: Sendable {
        /// The last number that it printed; not a number where it failed.
        var value: Double
        /// Why it failed.
        var problem: String?
    }

    /// The processes that run now.
    private static let running = Mutex<Set<Int32>>([])

    /// Ends what a command has started, too: a command leads a process group of its own.
    private static func end(_ process: Int32, _ signal: Int32) {
        if getpgid(process) == process { kill(-process, signal) } else { kill(process, signal) }
    }

    /// Ends all commands where heed itself is interrupted.
    static func endOnInterrupt() -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                for process in running.withLock({ $0 }) { end(process, SIGKILL) }
                exit(128 + number)
            }
            source.resume()
            return source
        }
    }

    /// Runs commands at the same time and waits for all.
    static func all(_ commands: [[String]], timeout: Double?) -> [Result] {
        let started = commands.map { Running($0) }
        let deadline = timeout.map { Date().addingTimeInterval($0) }
        return started.map { $0.finish(before: deadline) }
    }

    /// The last number in a text, which may be "nan" or infinite.
    static func lastNumber(_ text: String) -> Double? {
        for word in text.split(whereSeparator: \.isWhitespace).reversed() {
            if let value = Double(word) { return value }
        }
        return nil
    }

    /// The last part of what a pipe gives, read to its end.
    private static func tail(_ pipe: FileHandle) -> Data {
        let limit = 1 << 16
        var kept = Data()
        while let more = try? pipe.read(upToCount: limit), !more.isEmpty {
            kept.append(more)
            if kept.count > 2 * limit { kept = Data(kept.suffix(limit)) }
        }
        return Data(kept.suffix(limit))
    }

    private final class Running: Sendable {
        private nonisolated(unsafe) let process = Process()
        private let ended = DispatchSemaphore(value: 0)
        private let output = Mutex(Data())
        private let errors = Mutex(Data())
        private let readers = DispatchGroup()
        private let failure: String?

        init(_ words: [String]) {
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = words
            process.standardInput = FileHandle.nullDevice
            let out = Pipe(), err = Pipe()
            process.standardOutput = out
            process.standardError = err
            let ended = ended
            process.terminationHandler = { _ in ended.signal() }
            do {
                try process.run()
                failure = nil
                CommandRun.running.withLock { _ = $0.insert(process.processIdentifier) }
            } catch {
                failure = "cannot be started: \(error.localizedDescription)"
                return
            }
            nonisolated(unsafe) let (outEnd, errEnd) = (out.fileHandleForReading, err.fileHandleForReading)
            DispatchQueue.global().async(group: readers) { [self] in
                let data = CommandRun.tail(outEnd)
                output.withLock { $0 = data }
            }
            DispatchQueue.global().async(group: readers) { [self] in
                let data = CommandRun.tail(errEnd)
                errors.withLock { $0 = data }
            }
        }

        func finish(before deadline: Date?) -> Result {
            if let failure { return Result(value: .nan, problem: failure) }
            if let deadline {
                if ended.wait(timeout: .now() + max(0, deadline.timeIntervalSinceNow)) == .timedOut {
                    CommandRun.end(process.processIdentifier, SIGTERM)
                    if ended.wait(timeout: .now() + 0.5) == .timedOut {
                        CommandRun.end(process.processIdentifier, SIGKILL)
                    }
                    CommandRun.running.withLock { _ = $0.remove(process.processIdentifier) }
                    return Result(value: .nan, problem: "took longer than the --timeout")
                }
            } else {
                ended.wait()
            }
            readers.wait()
            CommandRun.running.withLock { _ = $0.remove(process.processIdentifier) }
            guard process.terminationReason == .exit, process.terminationStatus == 0 else {
                let said =
                    String(decoding: errors.withLock { $0 }, as: UTF8.self)
                    .split(separator: "\n").last.map { ": \($0)" } ?? ""
                return Result(value: .nan, problem: "exited with \(process.terminationStatus)\(said)")
            }
            guard let value = CommandRun.lastNumber(String(decoding: output.withLock { $0 }, as: UTF8.self))
            else {
                return Result(value: .nan, problem: "printed no number")
            }
            guard value.isFinite else { return Result(value: .nan, problem: "printed \(value)") }
            return Result(value: value, problem: nil)
        }
    }
}
