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

    /// Runs commands at the same time and waits for all.
    static func all(_ commands: [[String]], timeout: Double?) -> [Result] {
        let started = commands.map { Running($0) }
        let deadline = timeout.map { Date().addingTimeInterval($0) }
        return started.map { $0.finish(before: deadline) }
    }

    /// The last number in a text.
    static func lastNumber(_ text: String) -> Double? {
        for word in text.split(whereSeparator: \.isWhitespace).reversed() {
            if let value = Double(word), value.isFinite { return value }
        }
        return nil
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
            } catch {
                failure = "cannot be started: \(error.localizedDescription)"
                return
            }
            nonisolated(unsafe) let (outEnd, errEnd) = (out.fileHandleForReading, err.fileHandleForReading)
            DispatchQueue.global().async(group: readers) { [self] in
                let data = (try? outEnd.readToEnd()) ?? Data()
                output.withLock { $0 = data }
            }
            DispatchQueue.global().async(group: readers) { [self] in
                let data = (try? errEnd.readToEnd()) ?? Data()
                errors.withLock { $0 = data }
            }
        }

        func finish(before deadline: Date?) -> Result {
            if let failure { return Result(value: .nan, problem: failure) }
            if let deadline {
                if ended.wait(timeout: .now() + max(0, deadline.timeIntervalSinceNow)) == .timedOut {
                    process.terminate()
                    if ended.wait(timeout: .now() + 2) == .timedOut {
                        kill(process.processIdentifier, SIGKILL)
                    }
                    return Result(value: .nan, problem: "took longer than the --timeout")
                }
            } else {
                ended.wait()
            }
            readers.wait()
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
            return Result(value: value, problem: nil)
        }
    }
}
