import Foundation
import Testing

/// The command that serves, as a process.
@Suite struct ServeCommandTests {
    /// A server and what it printed until it listened and was done with keys.
    private final class Serving {
        let process = Process()
        let out = Pipe()
        let log = Pipe()
        private(set) var lines: [String] = []

        init(_ arguments: [String], in folder: Scratch, lines count: Int) throws {
            process.executableURL = URL(fileURLWithPath: try HeedProcess.path.get())
            process.arguments = ["serve", "--port", "0"] + arguments
            process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
            process.standardOutput = out
            process.standardError = log
            try process.run()
            var text = ""
            while lines.count < count {
                let more = out.fileHandleForReading.availableData
                if more.isEmpty { break }
                text += String(decoding: more, as: UTF8.self)
                lines = text.split(separator: "\n").map(String.init)
            }
        }

        /// Asks it to stop; what it logged.
        func stop() -> (code: Int32, log: String) {
            process.terminate()
            let text = String(decoding: log.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return (process.terminationStatus, text)
        }
    }

    @Test func theKeyIsShownOnceAndTheServerStopsWhenAsked() throws {
        let folder = try Scratch()
        let first = try Serving(["--db", "heed.db", "--log-level", "trace"], in: folder, lines: 2)
        #expect(first.lines.first?.hasPrefix("heed serves at http://127.0.0.1:") == true)
        let key = try #require(first.lines.last?.components(separatedBy: "hk_").last)
        #expect(first.lines.last?.hasPrefix("The admin key, shown this once: hk_") == true)
        let stopped = first.stop()
        #expect(stopped.code == 0)
        #expect(!stopped.log.contains(key))
        let again = try Serving(["--db", "heed.db"], in: folder, lines: 1)
        #expect(again.lines.count == 1)
        #expect(again.stop().code == 0)
        let another = try Serving(["--db", "heed.db", "--new-admin-key"], in: folder, lines: 2)
        #expect(another.lines.last?.contains("hk_") == true && another.lines.last?.contains(key) == false)
        #expect(another.stop().code == 0)
    }

    @Test func whatCannotBeServedIsSaid() throws {
        let folder = try Scratch()
        for (arguments, code) in [
            ([], Int32(64)), (["--db", "a.db", "--store", "b.db"], 64),
            (["--db", "a.db", "--tls-key", "k"], 64),
            (["--db", "a.db", "--host", "192.0.2.1"], 69),
            (["--db", "a.db", "--tls-key", "none.pem", "--tls-certificate", "none.pem"], 69),
            (["--store", "mysql://localhost/heed"], 64),
        ] {
            let run = try HeedProcess.run(["serve", "--port", "0"] + arguments, in: folder)
            #expect(run.code == code, "\(arguments): \(run.error)")
            #expect(run.out.isEmpty)
            if code == 69, arguments.contains("--tls-key") {
                #expect(run.error.contains("none.pem: there is no such file"))
            }
        }
        // None of these used up the key.
        let serving = try Serving(["--db", "a.db"], in: folder, lines: 2)
        #expect(serving.lines.last?.contains("hk_") == true)
        #expect(serving.stop().code == 0)
    }
}
