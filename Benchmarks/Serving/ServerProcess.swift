import Foundation

/// A `heed serve` that this program started.
final class ServerProcess {
    let port: Int
    /// The admin key, where this was the first start on its store.
    let key: String?
    private let process: Process

    /// Starts a server and waits until it is ready.
    ///
    /// - Parameters:
    ///   - heed: the command.
    ///   - store: what follows `serve`: `--db FILE` or `--store URL`, and more.
    init(heed: String, arguments: [String]) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: heed)
        process.arguments =
            ["serve", "--host", "127.0.0.1", "--port", "0", "--log-level", "error"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.standardError
        try process.run()
        var text = ""
        var found: Int?
        while found == nil {
            let piece = output.fileHandleForReading.availableData
            guard !piece.isEmpty else {
                throw ConnectionError(description: "the server ended at once: \(text)")
            }
            text += String(decoding: piece, as: UTF8.self)
            if let match = text.firstMatch(of: /http:\/\/127\.0\.0\.1:([0-9]+)/), text.hasSuffix("\n") {
                found = Int(match.1)
            }
        }
        port = found!
        key = text.firstMatch(of: /hk_[0-9a-z]+\.[0-9A-Za-z_-]+/).map { String($0.0) }
        let deadline = Date().addingTimeInterval(20)
        while true {
            if let answer = try? HTTPConnection(port: port, timeout: 5).ask("GET", "/readyz"),
                answer.status == 200
            {
                break
            }
            guard Date() < deadline else {
                throw ConnectionError(description: "the server is not ready after 20 s")
            }
            usleep(5_000)
        }
    }

    var pid: Int32 { process.processIdentifier }

    /// Kills it in the middle of whatever it does.
    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Asks it to end; how many seconds that took.
    func stop() -> Double {
        let start = Date()
        process.terminate()
        process.waitUntilExit()
        return Date().timeIntervalSince(start)
    }

    /// Its memory in bytes, where the system tells.
    var memory: Int {
        let text = (try? String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * 4096
    }
}
