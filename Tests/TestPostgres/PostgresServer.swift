import Foundation
import Postgres

/// A PostgreSQL server of the tests' own: on loopback, with a fresh cluster in a temporary folder, gone with the process.
///
/// PostgreSQL refuses to run as root, so that root starts it as another user.
package final class PostgresServer: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
        package init(description: String) { self.description = description }
    }

    /// The one that all tests share.
    package static func shared() throws -> PostgresServer { try started.get() }
    private static let started = Result { try PostgresServer() }

    /// One of the caller's own, for a test that ends it as others would not like.
    package static func own() throws -> PostgresServer { try PostgresServer() }

    /// Whether tests can run: a machine without PostgreSQL skips them, unless it is told that it must not.
    package static var isWanted: Bool {
        programs != nil || ProcessInfo.processInfo.environment["HEED_REQUIRE_POSTGRES"] == "1"
    }

    package let port: Int
    private let programs: String
    private let folder: String
    private var data: String { folder + "/data" }
    package static let password = "p/s:w@rd % é"

    private init() throws {
        guard let programs = Self.programs else {
            throw Failure(
                description: "PostgreSQL's initdb and pg_ctl are not installed; run scripts/deps --tests")
        }
        self.programs = programs
        // Sockets have short names, the temporary folder of macOS a long one.
        folder = "/tmp/heed-pg-\(UInt64.random(in: 0...UInt64.max))"
        let port = try Self.freePort()
        self.port = port
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let secret = folder + "/password"
        try Data(Self.password.utf8).write(to: URL(fileURLWithPath: secret))
        if Self.isRoot { try Self.run(["/bin/chown", "-R", Self.user, folder]) }
        try Self.watch(programs, folder)
        try Self.asUser(
            programs + "/initdb",
            [
                "-D", data, "-U", "heed", "-A", "scram-sha-256", "--pwfile", secret, "-E", "UTF8",
                "--no-locale",
                "--no-sync",
            ])
        let settings = """
            port = \(port)
            listen_addresses = '127.0.0.1'
            unix_socket_directories = '\(folder)'
            fsync = on
            shared_buffers = 64MB
            max_connections = 60
            """
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: data + "/postgresql.conf"))
        try file.seekToEnd()
        try file.write(contentsOf: Data(settings.utf8))
        try file.close()
        try control(["start"])
    }

    /// Ends the server as a crash does, and starts it again.
    package func crash() throws { try control(["restart", "-m", "immediate"]) }

    /// Makes a database.
    ///
    /// - Returns: its URL.
    package func database() throws -> String {
        let name = "t\(UInt64.random(in: 0...UInt64.max))"
        let connection = try PostgresConnection(PostgresAddress(url("postgres")))
        try connection.execute("CREATE DATABASE \(name)")
        return url(name)
    }

    /// The URL of a database.
    package func url(_ database: String, password: String = PostgresServer.password, port: Int? = nil)
        -> String
    {
        let secret = password.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return "postgres://heed:\(secret)@127.0.0.1:\(port ?? self.port)/\(database)"
    }

    private func control(_ arguments: [String]) throws {
        try Self.asUser(programs + "/pg_ctl", ["-D", data, "-w", "-s", "-l", folder + "/log"] + arguments)
    }

    /// Stops the server and removes the folder once this process is no more, however it ends: it holds the one end of a
    /// pipe, whose other end then runs dry.
    private static func watch(_ programs: String, _ folder: String) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Failure(description: "no pipe can be made") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let script = """
            trap '' INT TERM HUP; cat >/dev/null; folder=$1; shift
            "$@" -D "$folder/data" -s -m immediate stop; rm -rf "$folder"
            """
        let stop = prefix + [programs + "/pg_ctl"]
        _ = try spawn(["/bin/sh", "-c", script, "watch", folder] + stop, input: ends[0], output: "/dev/null")
        close(ends[0])
    }

    private static func asUser(_ program: String, _ arguments: [String]) throws {
        try run(prefix + [program] + arguments)
    }

    private static func run(_ command: [String]) throws {
        // Into a file: a server would keep a pipe open for as long as it runs.
        let output = NSTemporaryDirectory() + "/heed-pg-output-\(UInt64.random(in: 0...UInt64.max))"
        defer { try? FileManager.default.removeItem(atPath: output) }
        let child = try spawn(command, input: nil, output: output)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else {
            let said = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
            throw Failure(description: "\(command.joined(separator: " ")) failed: \(said)")
        }
    }

    /// Starts a program. Not with Foundation's `Process`, which waits for all that a program leaves behind as well.
    ///
    /// It gets none of this process's open files: a server that held the end of a pipe which another test made at that
    /// moment would let that test wait for as long as the server runs.
    private static func spawn(_ command: [String], input: Int32?, output: String) throws -> pid_t {
        #if canImport(Glibc)
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #else
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        #if canImport(Glibc)
            for descriptor in 3..<descriptors { posix_spawn_file_actions_addclose(&actions, descriptor) }
        #else
            posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_CLOEXEC_DEFAULT))
        #endif
        let settings = ["PATH=/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL=C"]
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = settings.map { strdup($0) } + [nil]
        defer { for text in arguments + environment { free(text) } }
        var child: pid_t = 0
        let result = posix_spawn(&child, command[0], &actions, &attributes, &arguments, &environment)
        guard result == 0 else {
            throw Failure(
                description: "\(command[0]) cannot be started: \(String(cString: strerror(result)))")
        }
        return child
    }

    #if canImport(Glibc)
        /// One more than the highest descriptor that this process may have.
        private static let descriptors: Int32 = {
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            return Int32(max(3, min(limit.rlim_cur, 65536)))
        }()
    #endif

    private static let isRoot = getuid() == 0
    private static let user = getpwnam("postgres") != nil ? "postgres" : "nobody"
    /// What runs a program as another user.
    private static let prefix: [String] = {
        guard isRoot else { return [] }
        for tool in ["/sbin/runuser", "/usr/sbin/runuser"]
        where FileManager.default.isExecutableFile(atPath: tool) {
            return [tool, "-u", user, "--"]
        }
        return ["/usr/bin/setpriv", "--reuid", user, "--regid", "nogroup", "--clear-groups", "--"]
    }()

    /// The folder of initdb and pg_ctl, the newest where there are several.
    private static let programs: String? = {
        var folders = ["/opt/homebrew/opt/postgresql@15/bin", "/usr/local/opt/postgresql@15/bin"]
        for root in ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
            folders += names.filter { root.hasSuffix("postgresql") || $0.hasPrefix("postgresql") }
                .sorted { $0.compare($1, options: .numeric) == .orderedDescending }.map {
                    "\(root)/\($0)/bin"
                }
        }
        folders += (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return folders.first { folder in
            ["initdb", "pg_ctl", "postgres"].allSatisfy {
                FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)")
            }
        }
    }()

    /// A port of loopback that nobody listens at.
    package static func freePort() throws -> Int {
        #if canImport(Glibc)
            let type = Int32(SOCK_STREAM.rawValue)
        #else
            let type = SOCK_STREAM
        #endif
        let descriptor = socket(AF_INET, type, 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw Failure(description: "no free port on 127.0.0.1") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
