import Foundation
import Testing

/// One run of the built `heed`, as a user or a script sees it.
struct HeedRun {
    /// What it wrote to standard output.
    var out: Data
    /// What it wrote to standard error.
    var error: String
    /// Its exit code; 128 and the signal where it was killed by one.
    var code: Int32

    /// Standard output as text.
    var text: String { String(decoding: out, as: UTF8.self) }

    /// Standard output as a JSON object.
    func json() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: out) as? [String: Any])
    }
}

/// Starts the command that was built beside the tests.
enum HeedProcess {
    struct NotBuilt: Error, CustomStringConvertible {
        var looked: [String]
        var description: String {
            "there is no heed beside the tests; looked in \(looked.joined(separator: ", "))"
        }
    }

    struct TimedOut: Error, CustomStringConvertible {
        var arguments: [String]
        var description: String { "heed \(arguments.joined(separator: " ")) did not end in time" }
    }

    /// Where the command is: in the first folder above the test bundle that holds it.
    static let path: Result<String, NotBuilt> = {
        var looked: [String] = []
        for start in [imagePath(), ProcessInfo.processInfo.arguments.first, Bundle.main.executablePath] {
            guard let start else { continue }
            var folder = URL(fileURLWithPath: start).resolvingSymlinksInPath().deletingLastPathComponent()
            for _ in 0..<5 {
                let file = folder.appendingPathComponent("heed").path
                var isFolder: ObjCBool = false
                if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), !isFolder.boolValue,
                    FileManager.default.isExecutableFile(atPath: file)
                {
                    return .success(file)
                }
                looked.append(folder.path)
                folder.deleteLastPathComponent()
            }
        }
        return .failure(NotBuilt(looked: looked))
    }()

    /// The file that this code was loaded from: the test bundle, whatever process runs it.
    private static func imagePath() -> String? {
        #if canImport(Darwin)
            var info = Dl_info()
            guard dladdr(#dsohandle, &info) != 0, let name = info.dli_fname else { return nil }
            return String(cString: name)
        #else
            return try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        #endif
    }

    /// Runs `heed` to its end.
    ///
    /// - Parameters:
    ///   - input: what standard input holds; nothing by default.
    ///   - folder: the working folder.
    ///   - seconds: after this the process is killed and the test fails.
    static func run(
        _ arguments: [String], input: String = "", in folder: Scratch, environment: [String: String] = [:],
        seconds: Double = 60
    ) throws -> HeedRun {
        try start(
            try path.get(), arguments, input: input, in: folder, environment: environment, seconds: seconds)
    }

    /// Runs a line of `sh` in which `$HEED` is the command.
    static func shell(_ line: String, in folder: Scratch, seconds: Double = 60) throws -> HeedRun {
        try start(
            "/bin/sh", ["-c", line], input: "", in: folder, environment: ["HEED": try path.get()],
            seconds: seconds)
    }

    private static func start(
        _ program: String, _ arguments: [String], input: String, in folder: Scratch,
        environment: [String: String],
        seconds: Double
    ) throws -> HeedRun {
        // Files instead of pipes: nothing to drain, so nothing to deadlock on.
        let unique = UUID().uuidString
        let names = ["in", "out", "error"].map { folder.path(".\(unique).\($0)") }
        try Data(input.utf8).write(to: URL(fileURLWithPath: names[0]))
        for name in names.dropFirst() { try Data().write(to: URL(fileURLWithPath: name)) }
        defer { for name in names { try? FileManager.default.removeItem(atPath: name) } }

        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        var variables = ProcessInfo.processInfo.environment
        for name in ["COLUMNS", "NO_COLOR", "FORCE_COLOR", "HEED_THREADS"] { variables[name] = nil }
        process.environment = variables.merging(environment) { $1 }
        let standardInput = try #require(FileHandle(forReadingAtPath: names[0]))
        let standardOutput = try #require(FileHandle(forWritingAtPath: names[1]))
        let standardError = try #require(FileHandle(forWritingAtPath: names[2]))
        process.standardInput = standardInput
        process.standardOutput = standardOutput
        process.standardError = standardError
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        if ended.wait(timeout: .now() + seconds) == .timedOut {
            kill(process.processIdentifier, SIGKILL)
            ended.wait()
            throw TimedOut(arguments: arguments)
        }
        for handle in [standardInput, standardOutput, standardError] { try? handle.close() }
        return HeedRun(
            out: try Data(contentsOf: URL(fileURLWithPath: names[1])),
            error: String(decoding: try Data(contentsOf: URL(fileURLWithPath: names[2])), as: UTF8.self),
            code: process.terminationReason == .uncaughtSignal
                ? 128 + process.terminationStatus : process.terminationStatus)
    }
}

/// A folder of a test's own, gone when the test ends.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory.appendingPathComponent("heed-cli-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func path(_ name: String) -> String { path + "/" + name }

    func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    }

    func write(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    }

    func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path(name))), as: UTF8.self)
    }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    /// Runs `heed` here.
    func heed(
        _ arguments: String..., input: String = "", environment: [String: String] = [:], seconds: Double = 60
    ) throws -> HeedRun {
        try HeedProcess.run(arguments, input: input, in: self, environment: environment, seconds: seconds)
    }

    /// Runs `heed` here.
    func heed(
        _ arguments: [String], input: String = "", environment: [String: String] = [:], seconds: Double = 60
    ) throws -> HeedRun {
        try HeedProcess.run(arguments, input: input, in: self, environment: environment, seconds: seconds)
    }
}
