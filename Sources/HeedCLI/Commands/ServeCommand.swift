import ArgumentParser
import CoreMetrics
import Foundation
import Heed
import HeedAPI
import HeedServer
import Logging
import NIOCore
import Serving

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Collect, learn, decide and prove in one running service.",
        discussion: """
            Examples:
              heed serve --db heed.db
              heed serve --db heed.db --host 0.0.0.0 --tls-certificate cert.pem --tls-key key.pem
              heed serve --store postgres://heed@localhost/heed --port 8080

            The first start prints an admin key, this once. docs/server.md tells how to run it for good,
            docs/api.md what it answers.
            """)

    @Option(name: .long, help: ArgumentHelp("The SQLite file to keep everything in.", valueName: "file"))
    var db: String?

    @Option(name: .long, help: ArgumentHelp("A PostgreSQL database instead, postgres://…", valueName: "url"))
    var store: String?

    @Option(name: .long, help: ArgumentHelp("The address to listen on.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(name: .long, help: ArgumentHelp("The port to listen on; 0 for any.", valueName: "number"))
    var port = 8080

    @Option(name: .long, help: ArgumentHelp("The certificate, in PEM.", valueName: "file"))
    var tlsCertificate: String?

    @Option(name: .long, help: ArgumentHelp("The certificate's private key, in PEM.", valueName: "file"))
    var tlsKey: String?

    @Flag(
        name: .long,
        help: "A proxy stands before the server and sets X-Forwarded-For; clients cannot reach it directly.")
    var behindProxy = false

    @Flag(name: .long, help: "Make one more admin key and print it: where the first one is lost.")
    var newAdminKey = false

    @Option(
        name: .long,
        help: ArgumentHelp("What to log: debug, info, notice, warning, error.", valueName: "level"))
    var logLevel = Logger.Level.info

    func validate() throws {
        if (db == nil) == (store == nil) {
            throw ValidationError("Say where to keep the data: one of --db and --store.")
        }
        if (tlsCertificate == nil) != (tlsKey == nil) {
            throw ValidationError("--tls-certificate and --tls-key go together.")
        }
        if let store, StoreLocation(store).path != nil {
            throw ValidationError("--store is postgres://…; a file is named with --db.")
        }
        if !(0...65_535).contains(port) { throw ValidationError("--port is 0 to 65535.") }
    }

    func run() async throws {
        // A client that goes away is no reason to stop.
        signal(SIGPIPE, SIG_IGN)
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(registry)
        let service = try HeedService(store: try location.open(), logger: logger("heed"))
        let server = HeedServer(
            service: service, options: options, logger: logger("heed.http"), registry: registry)
        let failure = Locked<(any Error)?>(nil)
        do {
            try await server.run { running in
                do {
                    try await greet(service, port: running.port)
                } catch {
                    failure.withLock { $0 = error }
                    await running.stop()
                }
            }
        } catch let error as StoreError {
            throw error
        } catch let error as IOError {
            let why = String(cString: strerror(error.errnoCode))
            throw Failure("cannot serve at \(host):\(port): \(why)", code: Failure.unavailable)
        } catch {
            throw Failure("cannot serve at \(host):\(port): \(error)", code: Failure.unavailable)
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// Says where it listens, and prints the admin key where there is a new one: made only now, so that a
    /// start that fails does not use up the only time it is shown.
    private func greet(_ service: HeedService, port: Int) async throws {
        let scheme = tlsCertificate == nil ? "http" : "https"
        let name = host.contains(":") ? "[\(host)]" : host
        var text = "heed serves at \(scheme)://\(name):\(port)/"
        var key = try await service.firstKey()
        if key == nil, newAdminKey {
            key = try await service.keys.create(
                KeyRequest(name: "made at a start", roles: [.admin]), now: service.now)
        }
        if let key { text += "\nThe admin key, shown this once: \(key.secret)" }
        try Console.out(text)
    }

    private var location: StoreLocation { StoreLocation(store ?? db ?? "") }

    private func logger(_ label: String) -> Logger {
        var logger = Logger(label: label)
        logger.logLevel = logLevel
        return logger
    }

    private var options: ServerOptions {
        var options = ServerOptions()
        options.host = host
        options.port = port
        options.version = heedVersion
        options.trustsProxy = behindProxy
        if let tlsCertificate, let tlsKey { options.tls = TLSFiles(certificate: tlsCertificate, key: tlsKey) }
        return options
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
